from __future__ import annotations

import pytest

from mnist_app.domain import Box, Digit, LeftOut, Sign
from mnist_app.errors import NoDigitError
from mnist_app.reading.numbers import without_words
from mnist_app.reading.reader import Reader
from tests.benchmarks.synthetic.pages import Hand
from tests.helpers.readings import digit, reading, row
from tests.reading.photos import photo_of


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


def test_numbers_are_groups_with_wide_gaps_between_them(hand: Hand, reader: Reader) -> None:
    reading = reader.read_photo(photo_of(["12 345 67", "2026 08"], hand))
    assert reading.spaced == "12 345 67\n2026 08"
    assert reading.text == "1234567\n202608"


def test_a_sign_keeps_digits_together_that_its_width_parts() -> None:
    slash = Sign("/", Box(22, 0, 12, 18), 0.9)
    page = reading([*row("21"), slash, *row("11", left=36)])
    assert page.written == ("21/11",)
    assert page.lines == ("2111",)
    assert [[len(number) for number in line] for line in page.numbers] == [[4]]


def test_a_sign_between_numbers_stands_by_itself() -> None:
    plus = Sign("+", Box(50, 4, 8, 8), 0.9)
    page = without_words(reading([*row("12"), plus, *row("30", left=90)]))
    assert page.written == ("12 + 30",)
    assert page.spaced == "12 30"


def test_words_are_left_out_by_their_place_and_that_of_their_pieces() -> None:
    word = tuple(nothing(11 * k) for k in range(4))
    pieces = tuple(each.box for each in word)
    assert without_words(reading(word + row("305", left=100))).left_out == (
        LeftOut(Box(0, 0, 43, 15), "letters", pieces),
    )


def test_an_empty_reading_has_no_numbers() -> None:
    assert reading().numbers == ()
    assert reading(turned=90).turned == 90


def test_even_gaps_are_no_spaces_however_wide() -> None:
    wide = [digit(k, (k * 22, 0, 10, 20)) for k in range(5)]
    assert reading(wide).spaced == "01234"


def test_a_single_gap_of_more_than_a_digit_and_a_half_parts_two_numbers() -> None:
    assert reading([digit(1), digit(2, (45, 0, 10, 20))]).spaced == "1 2"
    assert reading([digit(1), digit(2, (35, 0, 10, 20))]).spaced == "12"
