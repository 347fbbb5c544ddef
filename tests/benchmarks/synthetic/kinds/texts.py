"""Numbers with signs: decimals, dates, times, sums, percents, lists, brackets; and zeros with a slash."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tests.benchmarks.synthetic.scene import NATURAL, Scene, box_of


def _each(one: Callable[[Scene], str], spacing: tuple[float, float] = NATURAL) -> Callable[[Scene], None]:
    def rows(scene: Scene) -> None:
        """Two to four rows, each with one of these."""
        scene.write_rows([one(scene) for _ in range(int(scene.rng.integers(2, 5)))], 2.0, spacing)

    return rows


def _decimal(sign: str) -> Callable[[Scene], str]:
    return lambda scene: f"{scene.number(1, 3)}{sign}{scene.number(1, 3)}"


def negative(scene: Scene) -> None:
    """Numbers below zero, and some above."""
    texts = [f"-{number}" for number in scene.numbers(2, 4, 1, 4)]
    scene.write_rows(
        [text if k == 0 or scene.rng.random() < 0.7 else text[1:] for k, text in enumerate(texts)]
    )


def _date(sign: str) -> Callable[[Scene], str]:
    def date(scene: Scene) -> str:
        day, month, year = (int(scene.rng.integers(*span)) for span in ((1, 29), (1, 13), (1950, 2030)))
        zeros = "02d" if scene.rng.random() < 0.6 else "d"
        return f"{day:{zeros}}{sign}{month:{zeros}}{sign}{year}"

    return date


def _time(scene: Scene) -> str:
    return f"{int(scene.rng.integers(24))}:{int(scene.rng.integers(60)):02d}"


def _sum(scene: Scene) -> str:
    a, b = (int(n) for n in scene.rng.integers(1, 100, 2))
    return f"{a}+{b}={a + b}" if scene.rng.random() < 0.6 else f"{a + b}-{b}={a}"


def _product(scene: Scene) -> str:
    a, b = (int(n) for n in scene.rng.integers(2, 20, 2))
    return f"{a}×{b}={a * b}"


def receipt(scene: Scene) -> None:
    """Prices on a slip that lies on a table, a line, and their sum."""
    cents = [int(scene.rng.integers(50, 3_000)) for _ in range(int(scene.rng.integers(2, 5)))]
    texts = [f"{each // 100}.{each % 100:02d}" for each in [*cents, sum(cents)]]
    rows = [
        scene.write(text, scene.rng.normal(0, 0.15), 1.8 * k, spacing=(0.08, 0.4))
        for k, text in enumerate(texts[:-1])
    ]
    below, right = 1.8 * len(rows), max(box_of(row).right for row in rows)
    scene.draw([np.array([[-0.3, below - 0.3], [right + 0.3, below - 0.3 + scene.rng.normal(0, 0.05)]])])
    scene.write(texts[-1], scene.rng.normal(0, 0.15), below + 0.2, spacing=(0.08, 0.4))
    for text in texts:
        scene.read(text)
    scene.look = replace(scene.look, kind="blank", paper=(247, 246, 242))
    table = scene.pick(("wood", "grey"))
    scene.shot = replace(
        scene.shot, share=float(scene.rng.uniform(0.25, 0.6)), table=table, roll=float(scene.rng.normal(0, 8))
    )


def list_numbers(scene: Scene) -> None:
    """A list, its items numbered with a bracket or a point."""
    sign = scene.pick((")", "."))
    texts = [f"{k}{sign} {number}" for k, number in enumerate(scene.numbers(3, 5, 2, 4), 1)]
    scene.write_rows(texts)


def slashed_zeros(scene: Scene) -> None:
    """Numbers whose zeros have a slash."""
    for glyphs in scene.write_rows([scene.number(1, 3) + "0" + scene.number(0, 2, "0123") for _ in range(3)]):
        for glyph in glyphs:
            if glyph.character == "0":
                box, far = glyph.box, scene.rng.uniform(0.0, 0.15, 2)
                ends = [[box.right + far[0], box.top - far[1]], [box.left - far[0], box.bottom + far[1]]]
                scene.draw([np.array(ends, np.float32)])


KINDS: dict[str, Callable[[Scene], None]] = {
    "decimal-point": _each(_decimal("."), (0.08, 0.4)),
    "decimal-comma": _each(_decimal(","), (0.08, 0.4)),
    "negative": negative,
    "date-slashes": _each(_date("/"), (0.05, 0.25)),
    "date-dots": _each(_date("."), (0.08, 0.35)),
    "times": _each(_time, (0.08, 0.3)),
    "sums": _each(_sum, (0.1, 0.4)),
    "products": _each(_product, (0.1, 0.4)),
    "percents": _each(lambda scene: f"{scene.number(1, 2)}%", (0.08, 0.35)),
    "receipt": receipt,
    "list-numbers": list_numbers,
    "brackets": _each(lambda scene: f"({scene.number(1, 4)})", (0.08, 0.3)),
    "slashed-zeros": slashed_zeros,
}
