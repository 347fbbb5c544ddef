from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from mnist_app.domain import SIGNS, Box, FloatArray, Predictions
from mnist_app.reading.hypotheses import RowReading
from mnist_app.reading.lattice import read_row
from mnist_app.reading.layout import Part, Row, Stroke
from tests.helpers.predictions import without_signs


@dataclass(frozen=True)
class Ink:
    """Something in a row, and how sure the model is that it is a digit by itself."""

    box: Box
    sure: float = 1.0
    lean: float = 0.0
    is_one_line: bool = True


COLON = np.float32(0.5)  # the first pixel of two points


class Judge:
    """Stands in for a classifier: an image's first pixel says how sure it is."""

    def predict(self, images: FloatArray) -> Predictions:
        probabilities = np.zeros((len(images), 10), np.float32)
        probabilities[:, 7] = 1
        return without_signs(probabilities, images[:, 0, 0])


def image_of(inks: Sequence[Ink]) -> FloatArray | None:
    """A single ink is as sure as it says, two joined are a digit if neither is one, three never are."""
    sure = inks[0].sure if len(inks) == 1 else float(len(inks) == 2 and all(ink.sure < 0.5 for ink in inks))
    return np.full((28, 28), sure, np.float32)


def read(*parts: Part[Any]) -> RowReading:
    return read_row(Row(parts, 100.0), image_of, Judge())  # type: ignore[arg-type]


def at(left: float, sure: float = 1.0, width: float = 50, height: float = 100, cut: float = 0) -> Part[Ink]:
    return Part(Ink(Box(left, 0, width, height), sure), cut)


def test_sure_parts_are_digits_by_themselves() -> None:
    row = read(at(0), at(60), at(120))
    assert [h.box.left for h in row.digits] == [0, 60, 120]
    assert row.log_probability == pytest.approx(0)


def test_parts_that_are_no_digits_alone_are_joined() -> None:
    row = read(at(0), at(60, sure=0.01), at(110, sure=0.01), at(170))
    assert [(h.box.left, h.box.width) for h in row.digits] == [(0, 50), (60, 100), (170, 50)]


def test_nothing_wider_than_a_digit_is_joined() -> None:
    row = read(at(0, sure=0.2), at(140, sure=0.2))
    assert len(row.digits) == 2


def test_small_dirt_is_left_out_and_a_large_scribble_is_told() -> None:
    dirt = read(at(0), at(60, sure=0.0, width=5, height=10), at(80))
    assert len(dirt.digits) == 2
    assert not dirt.left_out
    scribble = read(at(0), at(60, sure=0.0, width=90, height=70), at(300))
    assert len(scribble.digits) == 2
    assert scribble.left_out


def test_parts_of_one_component_are_one_piece_of_dirt() -> None:
    cut = [at(x, sure=0.0, width=20, height=70, cut=0.5) for x in (120, 140)]
    tick = read(at(0), at(100, sure=0.0, width=20, height=70), *cut, at(300))
    assert len(tick.dirt) == 1
    assert tick.left_out == 1


def test_two_points_over_each_other_are_a_colon_and_not_one_of_them_a_point() -> None:
    class Colons(Judge):
        def predict(self, images: FloatArray) -> Predictions:
            found = super().predict(images)
            is_colon = images[:, 0, 0] == COLON
            found.sign_probabilities[is_colon, SIGNS.index(":")] = 0.9
            return replace(found, digit_probability=np.where(is_colon, 0, found.digit_probability))

    def image(inks: Sequence[Ink]) -> FloatArray:
        are_points = [ink.box.height == 10 for ink in inks]
        sure = COLON if are_points == [True, True] else float(are_points == [False])
        return np.full((28, 28), sure, np.float32)

    points = [Part(Ink(Box(60, top, 10, 10)), 0.0) for top in (30, 80)]
    row = read_row(Row((at(0), *points, at(80)), 100.0), image, Colons())  # type: ignore[arg-type]
    assert [item.sign for item in row.items] == ["", ":", ""]


def test_a_cut_costs_more_the_more_ink_it_crosses() -> None:
    thin, thick = read(at(0), at(50, cut=0.5)), read(at(0), at(50, cut=2.0))
    assert thin.log_probability == pytest.approx(-1.5)
    assert thick.log_probability == pytest.approx(-3.0)


def test_strokes_drawn_one_after_the_other_are_rather_one_digit() -> None:
    def strokes(orders: tuple[int, int]) -> float:
        points = np.zeros((2, 2), np.float32)
        parts = [Part(Stroke(points, Box(60.0 * k, 0, 50, 100), o), 0.0) for k, o in enumerate(orders)]
        joint = read_row(
            Row(tuple(parts), 100.0),
            lambda inks: np.full((28, 28), float(len(inks) == 2), np.float32),
            Judge(),  # type: ignore[arg-type]
        )
        return joint.log_probability

    assert strokes((0, 1)) > strokes((0, 3))


def test_what_is_cut_off_a_digit_is_no_dirt() -> None:
    row = read(at(0, sure=0.9), at(50, sure=0.0, width=20, height=40, cut=0.5))
    joined = read(at(0, sure=0.3), at(50, sure=0.3, width=20, height=40, cut=0.5))
    assert row.log_probability < -3
    assert len(joined.digits) == 1
