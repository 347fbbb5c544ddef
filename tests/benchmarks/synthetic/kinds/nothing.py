"""Photos without a number: nothing is to be read with certainty."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tests.benchmarks.synthetic.kinds.marks import write_word
from tests.benchmarks.synthetic.scene import Pen, Scene, Stroke, box_of


def blank(scene: Scene) -> None:
    """An empty sheet, sometimes ruled or squared, half of the time on a table."""
    if scene.rng.random() < 0.5:
        scene.shot = replace(scene.shot, share=float(scene.rng.uniform(0.5, 0.9)), table="wood")


def letters_only(scene: Scene) -> None:
    """A page of words."""
    for k in range(int(scene.rng.integers(2, 6))):
        right = 0.0
        for _ in range(int(scene.rng.integers(1, 4))):
            right = box_of(write_word(scene, right, 2.0 * k)).right + scene.rng.uniform(0.6, 0.9)


def landscape(scene: Scene) -> None:
    """Clouds over hills, the nearer the greener, and trees."""
    rng, sky = scene.rng, scene.pick(((150, 185, 225), (205, 205, 200), (225, 180, 140)))
    scene.look = replace(scene.look, paper=sky, kind="blank")
    for _ in range(int(rng.integers(0, 5))):
        x, y = rng.uniform(-3, 11), rng.uniform(-2, 0.5)
        _blob(scene, x, y, 1.5, Pen((240, 240, 242), float(rng.uniform(0.3, 0.8)), 0.6))
    along = np.linspace(-6, 15, 160)
    for near in (0.0, 0.35, 0.7, 1.0):
        waves = sum(
            rng.uniform(0.1, 0.5) / k * np.sin(k * along * 0.6 + rng.uniform(0, 6)) for k in (1, 2, 3, 5)
        )
        ridge = 1.5 + 3.2 * near + waves + np.cumsum(rng.normal(0, 0.01, len(along)))
        light = float(rng.uniform(0.6, 1.2))
        r, g, b = ((1 - near) * 0.8 * s + near * light * c for s, c in zip(sky, (75, 105, 55), strict=True))
        pen = Pen((int(r), int(g), int(b)), 0.5, 1.0)
        for drop in np.arange(0.25, 9, 0.4):
            scene.stains.append(Stroke(np.column_stack([along, ridge + drop]).astype(np.float32), pen))
        for place in rng.integers(0, len(along), int(rng.integers(3 + int(12 * near)))).tolist():
            _tree(scene, float(along[place]), float(ridge[place]) + 0.2, 0.3 + near)


def _tree(scene: Scene, x: float, foot: float, size: float) -> None:
    size *= scene.rng.uniform(0.5, 1.5)
    lean = scene.rng.normal(0, 0.05)
    trunk = np.array([[x, foot], [x + lean, foot - size]], np.float32)
    scene.stains.append(Stroke(trunk, Pen((60, 48, 36), round(0.1 * size, 2), 1.0)))
    if scene.rng.random() < 0.8:
        shade = scene.pick(((40, 70, 35), (60, 90, 45), (95, 105, 40)))
        _blob(scene, x + lean, foot - size, 0.5 * size, Pen(shade, round(0.3 * size, 2), 0.9))


def _blob(scene: Scene, x: float, y: float, size: float, pen: Pen) -> None:
    """A crown or a cloud: points of a broad brush about a place."""
    for dx, dy in scene.rng.normal(0, 0.4 * size, (8, 2)):
        points = np.array([[x + dx, y + 0.6 * dy], [x + dx + 0.1 * size, y + 0.6 * dy]], np.float32)
        scene.stains.append(Stroke(points, pen))


KINDS: dict[str, Callable[[Scene], None]] = {
    "blank": blank,
    "letters-only": letters_only,
    "landscape": landscape,
}
