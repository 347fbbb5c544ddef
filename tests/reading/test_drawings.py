from __future__ import annotations

import numpy as np

from mnist_app.domain import Box
from mnist_app.reading.drawings import image_of_strokes, is_number, seen
from mnist_app.reading.hypotheses import Hypothesis, PageReading, RowReading
from mnist_app.reading.layout import Stroke
from tests.helpers.predictions import without_signs


def stroke(*points: tuple[float, float], order: int = 0) -> Stroke:
    line = np.array(points, np.float32)
    return Stroke(line, Box.of_points(line), order)


def digit(left: float, sure: float = 1.0, width: float = 40, touches: int = 0) -> Hypothesis:
    prediction = without_signs(np.eye(10, dtype=np.float32)[[7]], np.array([sure], np.float32))
    return Hypothesis(Box(left, 0, width, 100), np.zeros((28, 28), np.float32), prediction, touches=touches)


def read(*digits: Hypothesis, log_probability: float = 0.0) -> PageReading:
    return PageReading.of([RowReading(digits, log_probability)])


ONE_THING = digit(0, sure=0.01, width=100)


def test_sure_digits_beside_each_other_are_a_number() -> None:
    assert is_number(read(digit(0), digit(60)), ONE_THING)
    assert not is_number(read(digit(0)), ONE_THING)


def test_digits_through_each_other_are_one_thing() -> None:
    assert not is_number(read(digit(0), digit(5)), ONE_THING)


def test_unsure_digits_that_touch_are_one_thing() -> None:
    unsure = [digit(0, sure=0.3, touches=2), digit(60, sure=0.3, touches=2)]
    assert not is_number(read(*unsure, log_probability=-2.4), ONE_THING)


def test_what_reads_well_as_one_digit_is_one_unless_sure_digits_stand_apart() -> None:
    one = digit(0, sure=0.9, width=100)
    assert is_number(read(digit(0), digit(60)), one)
    assert not is_number(read(digit(0), digit(30)), one)


def test_a_dot_makes_no_image_and_a_stroke_does() -> None:
    assert image_of_strokes([stroke((5, 5), (5, 5))]) is None
    image = image_of_strokes([stroke((5, 5), (5, 90))])
    assert image is not None
    assert image.shape == (28, 28)


def test_a_speck_beside_a_digit_is_not_seen() -> None:
    line, speck = stroke((100, 10), (100, 290)), stroke((250, 150), (250, 150), order=1)
    assert seen([line, speck]) == [line]
