from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from mnist_app.reading.components import Component
from mnist_app.reading.hypotheses import Hypothesis, PageReading, RowReading
from mnist_app.reading.slashes import with_slashes_alike
from tests.helpers.predictions import without_signs

IMAGE = np.zeros((28, 28), np.float32)


def item(digit: int, lean: float = 0.0, height: int = 100, sign: str = "", slash: float = 0.0) -> Hypothesis:
    """A line that leans so far, read as a digit or a sign."""
    ink = np.zeros((height, 120), np.float32)
    cv2.line(ink, (60 + round(lean * height / 2), 0), (60 - round(lean * height / 2), height), 1.0, 6)
    component = Component(0, 0, ink)
    ten = np.eye(10, dtype=np.float32)[[digit]]
    prediction = without_signs(ten, np.ones(1, np.float32))
    return Hypothesis(component.box, IMAGE, prediction, (component,), sign=sign, slash=slash)


def read(*rows: list[Hypothesis]) -> list[str]:
    page = PageReading.of([RowReading(tuple(row), 0.0) for row in rows])
    found = with_slashes_alike(page, 100.0)
    return ["".join(each.sign or str(each.read_as) for each in row) for row in found.rows]


SLASH = item(1, 0.5, 106, sign="/", slash=0.8)
STEEP, UPRIGHT = item(1, 0.48, 106), item(1, 0.05)
FIVE = item(5)


def test_a_one_that_leans_like_the_pages_slashes_is_a_slash() -> None:
    assert read([FIVE, SLASH, FIVE], [FIVE, STEEP, FIVE, UPRIGHT, FIVE]) == ["5/5", "5/515"]


def test_a_writer_who_leans_keeps_the_ones() -> None:
    assert read([FIVE, item(1, 0.4), FIVE], [FIVE, item(1, 0.45), FIVE]) == ["515", "515"]


def test_a_one_with_a_flag_is_no_slash_however_it_leans() -> None:
    ink = STEEP.inks[0].ink.copy()
    cv2.line(ink, (84, 0), (50, 30), 1.0, 6)
    flagged = replace(STEEP, inks=(Component(0, 0, ink),))
    assert read([FIVE, SLASH, FIVE], [FIVE, flagged, FIVE, UPRIGHT, FIVE]) == ["5/5", "51515"]


def test_no_slash_stands_at_an_end_or_beside_another_sign() -> None:
    assert read([STEEP, FIVE, STEEP], [FIVE, SLASH, STEEP, FIVE, UPRIGHT]) == ["151", "5/151"]


def test_several_ones_that_may_be_slashes_are_evidence_for_each_other() -> None:
    maybe = item(1, 0.5, 104, slash=0.3)
    assert read([FIVE, maybe, FIVE, maybe, UPRIGHT, FIVE]) == ["5/5/15"]
    assert read([FIVE, maybe, FIVE, UPRIGHT, FIVE]) == ["51515"]
