"""Ruled and squared paper, tables, and the boxes of forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mnist_app.domain import Box
from tests.benchmarks.synthetic.scene import Scene, box_of


def ruled(scene: Scene) -> None:
    """Numbers on the lines of ruled paper."""
    scene.look = replace(scene.look, kind="ruled")
    scene.pitch, scene.start = float(scene.rng.uniform(1.3, 1.9)), (0.0, 1.03)
    scene.write_rows(scene.numbers(2, 5), scene.pitch)


def squared(scene: Scene) -> None:
    """Numbers on squared paper, two squares high or between one and two, regardless of the squares."""
    scene.look = replace(scene.look, kind="squared")
    scene.pitch, scene.start = float(scene.rng.uniform(0.5, 0.9)), (0.0, 1.03)
    scene.write_rows(scene.numbers(2, 5), scene.pitch * int(np.ceil(1.4 / scene.pitch)))


def digit_per_square(scene: Scene) -> None:
    """One digit in each square, as in sums at school."""
    scene.look = replace(scene.look, kind="squared")
    scene.pitch, scene.start = float(scene.rng.uniform(1.1, 1.45)), (0.0, 0.0)
    for k, text in enumerate(scene.numbers(2, 4, 2, 6)):
        scene.read(text)
        _in_cells(scene, text, 0.0, 2 * k * scene.pitch, scene.pitch)


def table_cells(scene: Scene) -> None:
    """A printed table with a number in every cell."""
    columns, rows = int(scene.rng.integers(2, 4)), int(scene.rng.integers(3, 6))
    width, height = float(scene.rng.uniform(3.2, 4)), float(scene.rng.uniform(1.5, 1.9))
    pen = scene.printed()
    for row in range(rows):
        texts = [scene.number(1, 3) for _ in range(columns)]
        scene.read(" ".join(texts))
        for column, text in enumerate(texts):
            left = column * width + scene.rng.uniform(0.25, 0.5)
            scene.write(text, left, row * height + (height - 1) / 2, 0.9, (0.03, 0.15))
    for row in range(rows + 1):
        scene.rule(0, row * height, columns * width, row * height, pen)
    for column in range(columns + 1):
        scene.rule(column * width, 0, column * width, rows * height, pen)
    scene.look = replace(scene.look, kind="blank")


def comb(scene: Scene) -> None:
    """Boxes of a form that share their sides."""
    _form(scene, gap=0.0)


def boxes(scene: Scene) -> None:
    """Boxes of a form, each by itself."""
    _form(scene, gap=float(scene.rng.uniform(0.12, 0.4)))


def boxes_touched(scene: Scene) -> None:
    """Digits that are as large as their boxes and touch or cross the sides."""
    _form(scene, gap=float(scene.rng.choice([0, 0.2])), size=1.05, wander=0.1)


def boxes_empty(scene: Scene) -> None:
    """Boxes of a form, some of which were left empty."""
    _form(scene, gap=float(scene.rng.choice([0, 0.25])), empty=0.3)


def frame(scene: Scene) -> None:
    """One printed frame round each number, or round one of them."""
    texts, pen = scene.numbers(1, 3, 3, 6), scene.printed()
    for k, glyphs in enumerate(scene.write_rows(texts, 2.6)):
        if k == 0 or scene.rng.random() < 0.7:
            box, (left, right) = box_of(glyphs), scene.rng.uniform(0.3, 1.0, 2).tolist()
            scene.frame(Box(box.left - left, 2.6 * k - 0.4, box.width + left + right, 1.8), pen)
    scene.look = replace(scene.look, kind="blank")


def _form(scene: Scene, gap: float, size: float = 0.7, wander: float = 0.03, empty: float = 0.0) -> None:
    """Rows of boxes one high and about as wide, a digit in each."""
    scene.look = replace(scene.look, kind="blank")
    width, length, pen = float(scene.rng.uniform(0.8, 1.05)), int(scene.rng.integers(4, 9)), scene.printed()
    for row in range(int(scene.rng.integers(1, 5))):
        top, text = row * 1.9, ""
        for k in range(length):
            scene.frame(Box(k * (width + gap), top, width, 1.0), pen)
            text += " " if scene.rng.random() < empty and text.strip() else scene.number(1, 1)
        scene.read(text)
        _in_cells(scene, text, 0.0, top, width + gap, (width, 1.0), size, wander)
    scene.shot = replace(scene.shot, digit=scene.shot.digit * 1.4)


def _in_cells(
    scene: Scene,
    text: str,
    left: float,
    top: float,
    pitch: float,
    cell: tuple[float, float] | None = None,
    size: float = 0.9,
    wander: float = 0.05,
) -> None:
    """A character in the middle of each cell, or about there."""
    width, height = cell or (pitch, pitch)
    for k, character in enumerate(text):
        if character != " ":
            first = len(scene.strokes)
            box = box_of(scene.write(character, 0, 0, size))
            middle = np.array([box.left + box.width / 2, box.top + box.height / 2])
            shift = np.array([left + k * pitch + width / 2, top + height / 2]) - middle
            shift += scene.rng.normal(0, wander, 2)
            for stroke in scene.strokes[first:]:
                stroke.points[:] += shift.astype(np.float32)


KINDS: dict[str, Callable[[Scene], None]] = {
    "ruled": ruled,
    "squared": squared,
    "digit-per-square": digit_per_square,
    "table-cells": table_cells,
    "comb": comb,
    "boxes": boxes,
    "boxes-touched": boxes_touched,
    "boxes-empty": boxes_empty,
    "frame": frame,
}
