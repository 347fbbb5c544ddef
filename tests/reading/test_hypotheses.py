from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from mnist_app.domain import Box
from mnist_app.reading.hypotheses import Hypothesis, PageReading, RowReading
from tests.helpers.predictions import without_signs

IMAGE = np.zeros((28, 28), np.float32)


def hypothesis(digit: int, sure: float = 1.0, sign: str = "", height: float = 20) -> Hypothesis:
    ten = np.eye(10, dtype=np.float32)[[digit]]
    return Hypothesis(
        Box(0, 0, 10, height), IMAGE, without_signs(ten, np.array([sure], np.float32)), sign=sign
    )


def page(*digits: Hypothesis, left_out: int = 0) -> PageReading:
    return PageReading.of([RowReading(digits, 0.0, left_out)])


def sevens(count: int, sure: float = 1.0) -> Sequence[Hypothesis]:
    return [hypothesis(7, sure) for _ in range(count)]


def test_an_empty_page_has_no_digits_and_no_probability() -> None:
    assert PageReading.of([]) == PageReading((), -math.inf)
    assert PageReading.of([RowReading((), -3.0, 1)]) == PageReading((), -math.inf, 1)


def test_a_page_is_as_probable_as_its_digits_in_the_mean() -> None:
    rows = [RowReading((hypothesis(7), hypothesis(4)), -2.0), RowReading((hypothesis(2), hypothesis(3)), 0.0)]
    assert PageReading.of(rows).log_probability == pytest.approx(-0.5)


def test_signs_are_on_a_page_and_no_digits() -> None:
    read = page(hypothesis(3), hypothesis(0, sign="."), hypothesis(4))
    assert [len(row) for row in read.rows] == [3]
    assert [[digit.read_as for digit in row] for row in read.digits] == [[3, 4]]


def test_sure_digits_are_evidence_unsure_ones_and_scribbles_speak_against_it() -> None:
    assert page(*sevens(4)).evidence > page(*sevens(3)).evidence
    assert page(*sevens(3)).evidence > page(*sevens(4, sure=0.5)).evidence
    assert page(*sevens(3)).evidence > page(*sevens(3), left_out=1).evidence


def test_lines_that_read_as_ones_are_no_evidence() -> None:
    ones = [hypothesis(1) for _ in range(20)]
    assert page(*sevens(4)).evidence > page(*sevens(4), *ones).evidence
    assert not page(*ones).is_plain


def test_a_page_of_sure_digits_needs_no_other_look() -> None:
    assert page(*sevens(4), hypothesis(1)).is_plain
    assert not page(*sevens(4, sure=0.6)).is_plain
    assert not page(*sevens(4), left_out=1).is_plain


def test_many_small_signs_are_a_broken_line() -> None:
    point = hypothesis(0, sign=".")
    assert page(hypothesis(3), point, *sevens(2)).evidence == page(*sevens(3)).evidence
    broken = page(*sevens(3), point, point, point)
    assert broken.evidence < page(*sevens(3)).evidence
    assert not broken.is_plain


def test_a_page_is_lines_if_nothing_but_ones_was_read() -> None:
    assert page(hypothesis(1), hypothesis(1)).is_lines
    assert not page(hypothesis(1), hypothesis(7)).is_lines


def test_a_page_of_which_most_was_read_is_fair() -> None:
    assert page(*sevens(4), hypothesis(7, sure=0.5)).is_fair
    assert not page(*sevens(1), *sevens(3, sure=0.5)).is_fair


def test_what_touches_the_border_may_be_cut_off_and_is_doubtful() -> None:
    read = page(hypothesis(7))
    assert read.with_doubt_along_border((20, 50)).rows[0][0].is_doubtful
    inside = PageReading.of([RowReading((replace(hypothesis(7), box=Box(5, 5, 10, 20)),), 0.0)])
    assert not inside.with_doubt_along_border((30, 50)).rows[0][0].is_doubtful


def test_ones_alone_may_be_a_number_if_they_are_alike_and_nobody_can_be_sure() -> None:
    eleven = page(hypothesis(1), hypothesis(1))
    assert eleven.evidence > 0 > page(hypothesis(1), hypothesis(1, height=60)).evidence
    (row,) = eleven.with_doubt_along_border((100, 100)).rows
    assert all(digit.is_doubtful for digit in row)
