"""Pens that make it hard: pale, broken, thin, broad, doubled; and digits of different sizes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tests.benchmarks.synthetic.scene import BLACK, BLUE, LEAD, RED, Pen, Scene, box_of


def any_pen(rng: np.random.Generator) -> Pen:
    """A ballpoint, a pencil, a felt tip, or a red pen."""
    kind = str(rng.choice(["ballpoint", "blue", "pencil", "felt", "red"], p=[0.3, 0.3, 0.15, 0.15, 0.1]))
    colours = {"ballpoint": BLACK, "blue": BLUE, "pencil": LEAD, "felt": BLACK + BLUE, "red": RED}[kind]
    colour = colours[int(rng.integers(len(colours)))]
    if kind == "pencil":
        return Pen(colour, float(rng.uniform(0.05, 0.09)), float(rng.uniform(0.6, 0.85)), 0.5)
    if kind == "felt":
        return Pen(colour, float(rng.uniform(0.11, 0.18)))
    return Pen(colour, float(rng.uniform(0.045, 0.085)), float(rng.uniform(0.8, 0.97)))


def broken_pencil(scene: Scene) -> None:
    """A pale pencil whose strokes fall to pieces."""
    rng = scene.rng
    pen = Pen(scene.pick(LEAD), rng.uniform(0.04, 0.07), rng.uniform(0.4, 0.7), 0.75, rng.uniform(0.06, 0.15))
    scene.pen = pen
    scene.write_rows(scene.numbers())


def thin_far(scene: Scene) -> None:
    """A thin pen from so far that a stroke is a pixel wide."""
    scene.pen = replace(
        scene.pen, colour=scene.pick(BLACK + BLUE), width=scene.rng.uniform(0.03, 0.05), grain=0
    )
    scene.write_rows(scene.numbers(3, 6))
    margins = (*scene.rng.uniform(3, 9, 4).tolist(),)
    scene.shot = replace(scene.shot, digit=scene.rng.uniform(22, 36), margins=margins)


def broad_felt(scene: Scene) -> None:
    """A marker a quarter as broad as the digits are high."""
    scene.pen = Pen(scene.pick(BLACK + BLUE), scene.rng.uniform(0.19, 0.26))
    scene.write_rows(scene.numbers(1, 3, 2, 5), 2.2, (0.3, 0.6))


def doubled(scene: Scene) -> None:
    """Strokes gone over twice or more, or shaded."""
    scene.pen = replace(scene.pen, width=scene.rng.uniform(0.03, 0.06), gaps=0)
    for glyphs in scene.write_rows(scene.numbers(2, 3), spacing=(0.15, 0.45)):
        for glyph in glyphs:
            for _ in range(int(scene.rng.integers(1, 5))):
                shift = scene.rng.normal(0, 0.05, 2)
                scene.draw((stroke + shift).astype(np.float32) for stroke in glyph.strokes)


def small_beside_large(scene: Scene) -> None:
    """Numbers half as high beside others, on the same line."""
    for k in range(int(scene.rng.integers(2, 4))):
        large, small = scene.number(2, 4), scene.number(2, 4)
        swapped = scene.rng.random() < 0.3
        size = float(scene.rng.uniform(0.45, 0.6))
        sizes = (size, 1.0) if swapped else (1.0, size)
        first, second = (small, large) if swapped else (large, small)
        scene.read(f"{first} {second}")
        box = box_of(scene.write(first, 0, 2.0 * k + 1 - sizes[0], sizes[0]))
        scene.write(second, box.right + scene.rng.uniform(0.5, 0.9), 2.0 * k + 1 - sizes[1], sizes[1])


def exponents(scene: Scene) -> None:
    """Powers: the exponent, half as high, is read as the number's last digits."""
    for k in range(int(scene.rng.integers(2, 4))):
        base, exponent = scene.number(1, 3), scene.number(1, 1, "23456789")
        scene.read(base + exponent)
        box = box_of(scene.write(base, 0, 2.1 * k))
        top = 2.1 * k - scene.rng.uniform(0.2, 0.35)
        scene.write(
            exponent, box.right + scene.rng.uniform(0.08, 0.2), top, float(scene.rng.uniform(0.45, 0.6))
        )


KINDS: dict[str, Callable[[Scene], None]] = {
    "broken-pencil": broken_pencil,
    "thin-far": thin_far,
    "broad-felt": broad_felt,
    "doubled-strokes": doubled,
    "small-beside-large": small_beside_large,
    "exponents": exponents,
}
