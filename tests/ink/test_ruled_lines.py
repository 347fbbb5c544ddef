from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnist_app.domain import Photo
from mnist_app.ink.photo import ink_from_photo
from mnist_app.ink.ruled_lines import without_lines
from mnist_app.ink.stroke_width import stroke_width
from mnist_app.reading.reader import Reader


def ruled(kind: str, slope: float = 0.0, side: int = 700) -> np.ndarray:
    """Paper with a 5 written over its lines; `slope` is the lines' rise over their run."""
    paper = np.full((side, side), 235, np.uint8)
    shift = slope * side / 2
    for y in range(20, side, 55):
        cv2.line(paper, (0, round(y + shift)), (side, round(y - shift)), 150, 2, cv2.LINE_AA)
        if kind == "squared":
            cv2.line(paper, (round(y - shift), 0), (round(y + shift), side), 150, 2, cv2.LINE_AA)
    return paper


@pytest.mark.parametrize("kind", ["ruled", "squared"])
@pytest.mark.parametrize("slope", [0.0, 0.03, -0.1])
def test_lines_of_the_paper_go_and_strokes_stay(kind: str, slope: float) -> None:
    stroke = np.zeros((700, 700), np.uint8)
    cv2.ellipse(stroke, (350, 350), (90, 160), 20, 0, 300, 255, 9, cv2.LINE_AA)
    paper = ruled(kind, slope)
    paper[stroke > 127] = 40
    ink = ink_from_photo(Photo(np.dstack([paper] * 3), 1.0)).ink
    near = cv2.dilate(stroke, np.ones((9, 9))) > 0
    assert (ink[~near] > 0.5).mean() < 0.002
    assert (ink[stroke > 200] > 0.3).mean() > 0.97


def test_rows_of_letters_are_no_lines() -> None:
    ink = np.zeros((600, 900), np.float32)
    for y in range(50, 560, 60):
        for x in range(40, 860, 20):  # bars above each other, as letters have: half of each line is ink
            ink[y : y + 3, x : x + 10] = 1
            ink[y + 20 : y + 23, x : x + 10] = 1
            ink[y : y + 23, x : x + 3] = 1
    assert np.array_equal(without_lines(ink, stroke_width(ink)), ink)


def test_a_long_bar_of_a_single_digit_is_no_line(reader: Reader) -> None:
    seven = np.full((300, 300), 255, np.uint8)
    cv2.polylines(seven, [np.array([[20, 40], [280, 40], [130, 280]])], False, 0, 8, cv2.LINE_AA)
    assert reader.read_photo(seven).text == "7"
