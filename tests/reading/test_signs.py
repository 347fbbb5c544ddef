from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from mnist_app.domain import SIGNS, Box, Predictions
from mnist_app.reading.signs import Line, sign_of

HEIGHT = 100.0


@dataclass(frozen=True)
class Ink:
    box: Box
    lean: float = 0.0
    is_one_line: bool = True


ROW = [Ink(Box(x, 0, 60, HEIGHT)) for x in (0, 100, 200, 300)]
LINE = Line.of(ROW, HEIGHT)


def told(box: Box, lean: float = 0.0, is_one_line: bool = True, digit: float = 0.0, **signs: float) -> str:
    """What a box beside the row is, if the model is as sure as this of a digit and of signs."""
    names = {"slash": "/", "minus": "-", "plus": "+", "comma": ",", "point": "."}
    probabilities = np.zeros((1, len(SIGNS)), np.float32)
    for name, probability in signs.items():
        probabilities[0, SIGNS.index(names[name])] = probability
    ten = np.full((1, 10), 0.1, np.float32)
    prediction = Predictions(ten, np.array([digit], np.float32), probabilities)
    sign, probability = sign_of([Ink(box, lean, is_one_line)], box, prediction, LINE)
    return sign if probability > 0.5 else ""


def test_a_row_lies_where_its_digits_are_however_it_rises() -> None:
    rising = Line.of([Ink(Box(x, 500 - 0.2 * x, 60, HEIGHT)) for x in range(0, 800, 100)], HEIGHT)
    for x in (0, 300, 700):
        assert rising.below_middle(x + 30, 550 - 0.2 * x) == pytest.approx(0, abs=0.01)


def test_a_row_that_bends_lies_where_the_digits_beside_are() -> None:
    def top(x: float) -> float:
        return 0.0005 * (x - 400) ** 2

    bent = Line.of([Ink(Box(x, top(x), 60, HEIGHT)) for x in range(0, 900, 100)], HEIGHT)
    for x in (0, 200, 400, 800):
        assert bent.below_middle(x + 30, top(x) + 50) == pytest.approx(0, abs=0.2)
    assert bent.below_middle(430, 50) - bent.below_middle(30, 50) > 0.5


@pytest.mark.parametrize(
    ("box", "sign"),
    [
        (Box(170, 88, 12, 12), "."),  # on the base line
        (Box(170, 90, 12, 30), ","),  # below it
        (Box(170, 40, 12, 12), ""),  # in the middle it is dirt
        (Box(170, -10, 12, 12), ""),  # and above an apostrophe
    ],
)
def test_a_point_and_a_comma_are_told_by_their_place(box: Box, sign: str) -> None:
    assert told(box, point=0.4, comma=0.4) == sign


@pytest.mark.parametrize(("top", "sign"), [(45, "-"), (100, ""), (-20, "")])
def test_a_minus_is_at_middle_height(top: float, sign: str) -> None:
    assert told(Box(150, top, 50, 8), minus=0.95) == sign


def test_a_slash_leans_more_and_is_taller_than_the_rows_ones() -> None:
    assert told(Box(170, -10, 45, 120), lean=0.4, digit=0.75, slash=0.2) == "/"
    assert told(Box(170, 0, 20, 100), lean=0.0, digit=0.95, slash=0.04) == ""


def test_a_slash_is_one_line_and_with_a_one_that_touches_it_none() -> None:
    box = Box(170, -10, 45, 120)
    assert told(box, lean=0.4, digit=0.75, slash=0.2) == "/"
    assert told(box, lean=0.4, is_one_line=False, digit=0.75, slash=0.2) == ""


def test_a_leaning_one_among_leaning_digits_is_no_slash() -> None:
    leaning = Line.of([Ink(ink.box, 0.4) for ink in ROW], HEIGHT)
    one = Ink(Box(170, 0, 45, 100), 0.4)
    ten, signs = np.full((1, 10), 0.1, np.float32), np.zeros((1, len(SIGNS)), np.float32)
    signs[0, SIGNS.index("/")] = 0.1
    prediction = Predictions(ten, np.array([0.85], np.float32), signs)
    assert sign_of([one], one.box, prediction, leaning)[1] < 0.3
