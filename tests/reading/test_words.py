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


def item(left: float, gain: float, digit: int = 7, top: float = 0) -> Hypothesis:
    ten = np.eye(10, dtype=np.float32)[[digit]]
    prediction = without_signs(ten, np.ones(1, np.float32))
    return Hypothesis(Box(left, top, 10, HEIGHT), IMAGE, prediction, gain=gain)


def page(*rows: list[Hypothesis]) -> PageReading:
    return PageReading.of([RowReading(tuple(row), 0.0) for row in rows])


WORD = [item(0, -4.0), item(12, -2.0)]
NUMBER = [item(60, -0.1), item(72, -0.2)]


def test_among_words_a_group_that_reads_badly_is_a_word_and_one_that_reads_well_a_number() -> None:
    found, words = without_words(page([*WORD, *NUMBER]), HEIGHT, is_text=True)
    assert [[each.box.left for each in row] for row in found.rows] == [[60, 72]]
    assert words == (tuple(each.box for each in WORD),)


def test_beside_a_number_that_reads_well_what_is_none_is_a_word() -> None:
    found, words = without_words(page([*WORD, *NUMBER]), HEIGHT, is_text=False)
    assert len(words) == 1
    assert [each.box.left for each in found.rows[0]] == [60, 72]


def test_where_no_number_reads_well_what_reads_badly_is_kept_and_doubtful() -> None:
    poor = [item(60, -0.6), item(72, -0.5)]
    found, words = without_words(page([*WORD, *poor]), HEIGHT, is_text=False)
    assert not words
    assert [each.is_doubtful for each in found.rows[0]] == [True, True, False, False]


def test_one_digit_among_words_is_doubtful_and_what_may_be_an_o_is_none() -> None:
    found, _ = without_words(page(WORD, [item(0, -0.1)], [item(0, -0.1, digit=0)]), HEIGHT, is_text=True)
    assert [[(each.read_as, each.is_doubtful) for each in row] for row in found.rows] == [[(7, True)]]


def test_among_very_many_words_a_number_is_chance() -> None:
    found, _ = without_words(page(*[WORD] * 30, NUMBER), HEIGHT, is_text=True)
    assert found.rows == ()


def test_a_group_with_one_thing_that_is_surely_no_digit_is_a_word() -> None:
    eggs = [item(0, -4.0), item(12, -0.1), item(24, -0.1), item(36, -0.1), item(48, -0.1)]
    found, words = without_words(page(eggs, NUMBER), HEIGHT, is_text=True)
    assert (len(found.rows), len(words)) == (1, 1)


def test_in_a_column_of_numbers_one_digit_is_a_number_also_a_one() -> None:
    column = [
        [item(100, -0.1, digit=1, top=40 * k), *([item(112, -0.1, top=40 * k)] * (k > 0))] for k in (0, 1, 2)
    ]
    words = [(Box(0, 40 * k, 60, HEIGHT),) for k in range(3)]
    found, _ = without_words(page(*column), HEIGHT, is_text=True, told=words)
    assert [[each.is_doubtful for each in row] for row in found.rows] == [[False], [False] * 2, [False] * 2]
    found, _ = without_words(page(*column[:2]), HEIGHT, is_text=True, told=words)
    assert len(found.rows) == 1


def test_in_a_column_of_numbers_what_reads_badly_is_doubtful_and_stays() -> None:
    numbers = [[item(100, -0.1, top=40 * k), item(112, -0.1, top=40 * k)] for k in (1, 2, 3)]
    bad = [item(100, -4.0), item(112, -0.1)]
    found, words = without_words(page(bad, *numbers), HEIGHT, is_text=True, told=[(Box(0, 0, 60, HEIGHT),)])
    assert [[each.is_doubtful for each in row] for row in found.rows] == [[True] * 2, *[[False] * 2] * 3]
    assert not words


def test_what_reads_neither_well_nor_badly_is_what_its_column_is() -> None:
    def kept(gain: float) -> int:
        above = [[item(0, gain, top=40 * k), item(12, gain, top=40 * k)] for k in (1, 2)]
        middle = [item(0, -1.1), item(12, -1.1)]
        numbers = [[item(100, -0.1, top=200 + 40 * k), item(112, -0.1, top=200 + 40 * k)] for k in range(3)]
        found, _ = without_words(page(middle, *above, *numbers), HEIGHT, is_text=True)
        return sum(row[0].box.left == 0 for row in found.rows)

    assert kept(-0.1) == 3
    assert kept(-2.8) == 0


def test_words_that_were_told_before_count_among_the_words() -> None:
    told = [(Box(300, 40.0 * k, 60, HEIGHT),) for k in range(40)]
    assert without_words(page(NUMBER), HEIGHT, is_text=True)[0].rows
    assert not without_words(page(NUMBER), HEIGHT, is_text=True, told=told)[0].rows


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
