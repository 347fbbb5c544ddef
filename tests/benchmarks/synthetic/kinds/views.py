"""Sheets on tables, in perspective, cropped, turned; light ink on dark; rows that are not straight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from tests.benchmarks.synthetic.pages import Look
from tests.benchmarks.synthetic.scene import NATURAL, Colour, Pen, Scene, Stroke, box_of

CHALK: tuple[Colour, ...] = ((236, 236, 226), (240, 225, 150), (190, 215, 235))
BOARDS: tuple[Colour, ...] = ((44, 62, 54), (38, 40, 42), (55, 75, 65))
TABLES = ("grey", "dark", "wood", "leather")


def plain(scene: Scene) -> None:
    """Rows of numbers, sometimes two in a row, for comparison."""
    scene.write_rows(_pairs(scene))


def _pairs(scene: Scene) -> list[str]:
    return [
        f"{number} {scene.number(2, 4)}" if scene.rng.random() < 0.4 else number
        for number in scene.numbers(2, 4)
    ]


def _on_table(low: float, high: float) -> Callable[[Scene], None]:
    def sheet_on_table(scene: Scene) -> None:
        """A sheet that covers this share of the photo, askew."""
        plain(scene)
        scene.look = replace(
            scene.look, paper=scene.pick(((247, 246, 242), (238, 236, 230), (232, 226, 208)))
        )
        share, table = float(scene.rng.uniform(low, high)), scene.pick(TABLES)
        roll = float(scene.rng.uniform(-18, 18)) * (1 - share)
        margins = _of_a_sheet(scene)
        scene.shot = replace(scene.shot, share=share, table=table, roll=roll, side=1_600, margins=margins)

    return sheet_on_table


def perspective(scene: Scene) -> None:
    """A sheet on a table from a low seat."""
    plain(scene)
    tilt = float(scene.rng.uniform(30, 50)), float(scene.rng.uniform(-22, 22))
    roll, table = float(scene.rng.normal(0, 4)), scene.pick(TABLES)
    margins = _of_a_sheet(scene)
    scene.shot = replace(
        scene.shot, share=0.75, tilt=tilt, table=table, roll=roll, side=1_600, margins=margins
    )


def _of_a_sheet(scene: Scene) -> tuple[float, float, float, float]:
    """From a note to a sheet with much blank below its rows."""
    left, top, right, bottom = scene.rng.uniform(0.8, 2.5, 4).tolist()
    return left, top, right + scene.rng.uniform(0, 3), bottom + scene.rng.uniform(0, 6)


def _tight(scene: Scene, text: str) -> None:
    scene.read(text)
    scene.write(text)
    scene.look = replace(scene.look, kind="blank")
    margin = float(scene.rng.uniform(0, 0.5)) + scene.pen.width / 2
    roll, digit = float(scene.rng.normal(0, 0.5)), float(scene.rng.uniform(60, 400))
    scene.shot = replace(scene.shot, margins=(margin,) * 4, roll=roll, tilt=(0, 0), digit=digit, side=1_200)


def crop_digit(scene: Scene) -> None:
    """One digit that nearly fills the photo."""
    _tight(scene, scene.number(1, 1))


def crop_number(scene: Scene) -> None:
    """A number that nearly fills the photo."""
    _tight(scene, scene.number(2, 6))


def cut_off(scene: Scene) -> None:
    """A number whose heads or feet are beyond the photo's border, still legible."""
    _tight(scene, scene.number(3, 5))
    cut, rest = -float(scene.rng.uniform(0.08, 0.18)), float(scene.rng.uniform(0.3, 0.8))
    low, high = (cut, rest) if scene.rng.random() < 0.5 else (rest, cut)
    scene.shot = replace(scene.shot, margins=(rest, low, rest, high))


def chalkboard(scene: Scene) -> None:
    """Chalk on a board that was wiped before."""
    scene.pen = Pen(scene.pick(CHALK), scene.rng.uniform(0.07, 0.14), scene.rng.uniform(0.75, 0.95), 0.6)
    scene.look = Look((0, 0, 0), scene.pick(BOARDS), "blank", (0, 0, 0))
    plain(scene)
    for _ in range(4):
        x, y = scene.rng.uniform(0, 6), scene.rng.uniform(0, 5)
        wiped = np.array([[x, y], [x + 2, y + scene.rng.normal(0, 0.7)], [x + 3.5, y]], np.float32)
        scene.stains.append(Stroke(wiped, Pen((160, 165, 160), scene.rng.uniform(0.5, 1.2), 0.12)))


def screen(scene: Scene) -> None:
    """Writing on a dark screen, as a screenshot."""
    colour = scene.pick(((255, 255, 255), (120, 230, 140), (250, 220, 90), (120, 190, 255)))
    scene.pen = Pen(colour, scene.rng.uniform(0.06, 0.18), 1.0)
    dark = scene.pick(((0, 0, 0), (18, 18, 20), (30, 33, 45)))
    scene.look = Look((0, 0, 0), dark, "blank", dark)
    plain(scene)
    scene.shot = replace(scene.shot, flat=True, roll=0, tilt=(0, 0), blur=(0.3, 0.6))


def inverted(scene: Scene) -> None:
    """A scan in negative."""
    plain(scene)
    scene.shot = replace(scene.shot, inverted=True)


def _turned(quarters: int) -> Callable[[Scene], None]:
    def turned(scene: Scene) -> None:
        """A page on its side or its head, with digits that say so."""
        scene.write_rows([scene.number(4, 7, "2345679") for _ in range(int(scene.rng.integers(2, 5)))])
        scene.shot = replace(scene.shot, quarters=quarters)

    return turned


def upright_108(scene: Scene) -> None:
    """Only digits that look the same upside down, upright."""
    scene.write_rows([scene.number(2, 6, "108") for _ in range(int(scene.rng.integers(2, 5)))])


def slanted_rows(scene: Scene) -> None:
    """Rows that rise or fall."""
    plain(scene)
    scene.shot = replace(scene.shot, roll=float(scene.rng.choice([-1, 1]) * scene.rng.uniform(5, 12)))
    scene.look = replace(scene.look, kind="blank")


def bent_rows(scene: Scene) -> None:
    """Rows that sag, or rise and fall."""
    texts = [scene.number(6, 9) for _ in range(int(scene.rng.integers(2, 4)))]
    bend = scene.rng.choice([-1, 1]) * scene.rng.uniform(0.02, 0.045)
    for k, text in enumerate(texts):
        scene.read(text)
        first = len(scene.strokes)
        box = box_of(scene.write(text, 0, 2.1 * k))
        middle = box.left + box.width / 2
        for stroke in scene.strokes[first:]:
            stroke.points[:, 1] += bend * (stroke.points[:, 0].mean() - middle) ** 2
    scene.look = replace(scene.look, kind="blank")


def columns(scene: Scene) -> None:
    """Two to four columns of numbers, each as wide as it must be."""
    count, rows = int(scene.rng.integers(2, 5)), int(scene.rng.integers(3, 6))
    for k in range(rows):
        texts = [scene.number(1, 3) for _ in range(count)]
        scene.read(" ".join(texts))
        for column, text in enumerate(texts):
            scene.write(text, 4.2 * column + scene.rng.normal(0, 0.1), 1.8 * k, spacing=NATURAL)


KINDS: dict[str, Callable[[Scene], None]] = {
    "plain": plain,
    "sheet-far": _on_table(0.1, 0.3),
    "sheet-half": _on_table(0.3, 0.6),
    "sheet-near": _on_table(0.6, 0.9),
    "perspective": perspective,
    "crop-digit": crop_digit,
    "crop-number": crop_number,
    "cut-off": cut_off,
    "chalkboard": chalkboard,
    "screen": screen,
    "inverted": inverted,
    "turned-90": _turned(1),
    "turned-180": _turned(2),
    "turned-270": _turned(3),
    "upright-108": upright_108,
    "slanted-rows": slanted_rows,
    "bent-rows": bent_rows,
    "columns": columns,
}
