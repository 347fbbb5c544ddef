from __future__ import annotations

import pytest

from mnist_app.domain import Box, Digit, Reading
from mnist_app.errors import NoDigitError
from mnist_app.reading.corrections import in_order
from mnist_app.reading.numbers import without_words
from tests.helpers.readings import digit, reading, row


def nothing(left: float) -> Digit:
    """Something that is no digit."""
    return digit(0, (left, 0, 10, 15), is_digit=False)


def test_groups_without_a_digit_are_left_out() -> None:
    word = tuple(nothing(11 * k) for k in range(4))
    page = reading(word + row("305", left=100), word)
    assert without_words(page).lines == ("305",)


def test_what_is_no_digit_within_a_number_stays_a_question_mark() -> None:
    page = reading([*row("30"), nothing(22), *row("5", left=33)])
    assert without_words(page).lines == ("30?5",)


def test_a_page_with_nothing_but_words_is_refused() -> None:
    with pytest.raises(NoDigitError, match="none of it is a digit"):
        without_words(reading([nothing(11 * k) for k in range(4)]))


def test_digits_anywhere_are_put_into_rows() -> None:
    above, below = row("123", top=0), row("45", left=4, top=40)
    mixed = [above[2], below[1], above[0], below[0], above[1]]
    assert in_order(mixed, 0).lines == ("123", "45")
    assert in_order([], 90) == Reading((), 90)


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_rows_follow_the_turn_of_the_page(turned: int) -> None:
    upright = [*row("123"), *row("45", top=40)]
    digits = [
        digit(d.digit, (b.left, b.top, b.width, b.height))
        for d in upright
        for b in [d.box.turned(360 - turned, 500, 400)]
    ]
    assert in_order(digits[::-1], turned).lines == ("123", "45")


def test_four_quarter_turns_bring_a_box_back() -> None:
    box = Box(10, 20, 30, 5)
    assert box.turned(90, 200, 100) == Box(20, 160, 5, 30)
    assert box.turned(90, 200, 100).turned(270, 100, 200) == box
    assert box.turned(180, 200, 100).turned(180, 200, 100) == box
    assert box.turned(360, 200, 100) == box
