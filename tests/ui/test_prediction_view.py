from __future__ import annotations

import dataclasses
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app import read_drawing
from mnist_app.domain import Digit, Verdict
from mnist_app.ui.words import percent
from tests.ui.pages import html

PenDigits = list[dict[str, Any]]


def shown(digit: Digit, **changes: Any) -> str:
    """Return the answer's HTML for a digit."""

    def page(digit) -> None:  # type: ignore[no-untyped-def]  # it runs without this module's names
        from mnist_app.ui import prediction_view

        prediction_view.show_digit(digit)

    app = AppTest.from_function(page, args=(dataclasses.replace(digit, **changes),)).run()
    assert not app.exception
    return html(app)


def test_doubt_is_shown_as_the_digits_that_it_may_be(pen_digits: PenDigits) -> None:
    digit = read_drawing(pen_digits[4]).digits[0]
    assert "Read as 4 or 9." in shown(digit, candidates=(4, 9))
    assert "Read as 4, 9 or 1." in shown(digit, candidates=(4, 9, 1))
    unsure = shown(digit, verdict=Verdict.UNSURE, candidates=(4, 9, 1, 7), digit_probability=0.4)
    assert "Not sure." in unsure
    assert '<div class="digit">?</div>' in unsure


def test_a_clear_favourite_is_named_and_never_called_not_sure(pen_digits: PenDigits) -> None:
    digit = read_drawing(pen_digits[4]).digits[0]
    doubtful = {"verdict": Verdict.UNSURE, "candidates": (4, 9, 1, 7)}
    favourite = shown(digit, **doubtful, digit_probability=0.6)
    assert "not sure: perhaps 4" in favourite
    assert '<div class="digit">4?</div>' in favourite
    assert ">perhaps 4<" in shown(digit, **doubtful, digit_probability=0.97)


def test_the_bars_add_up_to_one_with_what_may_be_no_digit(pen_digits: PenDigits) -> None:
    digit = read_drawing(pen_digits[4]).digits[0]
    widths = re.findall(r"width: ([\d.]+)%", shown(digit, digit_probability=0.4))
    assert len(widths) == 11
    assert float(widths[4]) == pytest.approx(40, abs=0.5)
    assert float(widths[10]) == pytest.approx(60)
    assert sum(map(float, widths)) == pytest.approx(100, abs=0.5)


def test_a_sign_is_shown_as_itself(pen_digits: PenDigits) -> None:
    digit = read_drawing(pen_digits[4]).digits[0]
    for sign, numeral in (("+", "+"), ("%", "%")):
        answer = shown(digit, verdict=Verdict.SIGN, sign=sign)
        assert f'<div class="digit">{numeral}</div>' in answer
        assert f"This is a sign: {sign}." in answer
    assert '<div class="digit">?</div>' in shown(digit, verdict=Verdict.NOT_A_DIGIT)


def test_a_drawing_that_may_be_no_digit_says_so(pen_digits: PenDigits) -> None:
    digit = read_drawing(pen_digits[0]).digits[0]
    share = float(digit.probabilities[0])
    assert f"certain, {percent(0.97 * share)}<" in shown(digit, digit_probability=0.97)
    assert f"Read as 0, probably, {percent(0.9 * share)}." in shown(digit, digit_probability=0.9)


def test_a_certain_digit_does_not_say_so_twice(pen_digits: PenDigits) -> None:
    digit = read_drawing(pen_digits[0]).digits[0]
    sure = np.eye(10, dtype=np.float32)[0]
    answer = shown(digit, probabilities=sure, digit_probability=1.0)
    assert ">certain<" in answer
    assert '"Read as 0, certain."' in answer
    assert "<td>100 %</td>" in answer
    assert ">certain, 99.8 %<" in shown(digit, probabilities=sure, digit_probability=0.998)
