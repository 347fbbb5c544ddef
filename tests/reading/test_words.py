from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Box, FloatArray, Predictions
from mnist_app.reading.components import Component
from mnist_app.reading.hypotheses import Hypothesis, PageReading, RowReading
from mnist_app.reading.layout import Part, Row
from mnist_app.reading.words import without_sure_words, without_words
from tests.helpers.predictions import without_signs

IMAGE = np.zeros((28, 28), np.float32)
HEIGHT = 20.0


def item(left: float, gain: float, digit: int = 7) -> Hypothesis:
    ten = np.eye(10, dtype=np.float32)[[digit]]
    prediction = without_signs(ten, np.ones(1, np.float32))
    return Hypothesis(Box(left, 0, 10, HEIGHT), IMAGE, prediction, gain=gain)


def page(*rows: list[Hypothesis]) -> PageReading:
    return PageReading.of([RowReading(tuple(row), 0.0) for row in rows])


WORD = [item(0, -4.0), item(12, -2.0)]
NUMBER = [item(60, -0.1), item(72, -0.2)]


def test_among_words_a_group_that_reads_badly_is_a_word_and_one_that_reads_well_a_number() -> None:
    found, words = without_words(page([*WORD, *NUMBER]), HEIGHT, is_text=True)
    assert [[each.box.left for each in row] for row in found.rows] == [[60, 72]]
    assert words == (Box(0, 0, 22, HEIGHT),)


def test_among_numbers_what_reads_badly_is_kept_and_doubtful() -> None:
    found, words = without_words(page([*WORD, *NUMBER]), HEIGHT, is_text=False)
    assert not words
    assert [each.is_doubtful for each in found.rows[0]] == [True, True, False, False]


def test_one_digit_among_words_is_doubtful_and_what_may_be_an_o_is_none() -> None:
    found, _ = without_words(page(WORD, [item(0, -0.1)], [item(0, -0.1, digit=0)]), HEIGHT, is_text=True)
    assert [[(each.read_as, each.is_doubtful) for each in row] for row in found.rows] == [[(7, True)]]


def test_among_very_many_words_a_number_is_chance() -> None:
    found, _ = without_words(page(*[WORD] * 30, NUMBER), HEIGHT, is_text=True)
    assert found.rows == ()


class Judge:
    """Stands in for a classifier: as sure as an image is dark."""

    def predict(self, images: FloatArray) -> Predictions:
        sure = np.array([image.max() for image in images], np.float32)
        return without_signs(np.eye(10, dtype=np.float32)[[7] * len(images)], sure)


def components(*widths: int) -> Row[Component]:
    """Blots beside each other; `canonical` makes each fully dark."""
    lefts = np.cumsum([0, *(width + 3 for width in widths[:-1])])
    inks = [
        Component(int(left), 0, np.ones((20, width), np.float32))
        for left, width in zip(lefts, widths, strict=True)
    ]
    return Row(tuple(Part(ink, 0.0) for ink in inks), HEIGHT)


@pytest.mark.parametrize(("widths", "is_word"), [((10, 12, 9), True), ((45, 12), False), ((10,), False)])
def test_only_several_narrow_components_that_are_no_digits_are_a_word_at_sight(
    widths: tuple[int, ...], is_word: bool
) -> None:
    class Never(Judge):
        def predict(self, images: FloatArray) -> Predictions:
            return without_signs(
                np.eye(10, dtype=np.float32)[[7] * len(images)], np.zeros(len(images), np.float32)
            )

    rows, words = without_sure_words([components(*widths)], Never())  # type: ignore[arg-type]
    assert (len(words), len(rows)) == ((1, 0) if is_word else (0, 1))
    rows, words = without_sure_words([components(*widths)], Judge())  # type: ignore[arg-type]
    assert (len(words), len(rows)) == (0, 1)
