from __future__ import annotations

from dataclasses import replace

import pytest

from mnist_app.domain import CERTAIN, Box, Digit, Verdict
from tests.helpers.readings import digit


def test_four_quarter_turns_bring_a_box_back() -> None:
    box = Box(10, 20, 30, 5)
    assert box.turned(90, 200, 100) == Box(20, 160, 5, 30)
    assert box.turned(90, 200, 100).turned(270, 100, 200) == box
    assert box.turned(180, 200, 100).turned(180, 200, 100) == box
    assert box.turned(360, 200, 100) == box


@pytest.mark.parametrize(
    ("read", "doubtful"),
    [
        (digit(3), False),
        (digit(3, confidence=CERTAIN - 0.01), True),
        (replace(digit(3), digit_probability=CERTAIN - 0.01), True),
        (digit(3, candidates=(3, 8)), True),
        (digit(3, is_digit=False), True),
        (digit(3, confidence=0.4, candidates=(3, 8)).corrected(8), False),
    ],
    ids=["certain", "probably", "probably a digit", "3 or 8", "not a digit", "corrected"],
)
def test_what_is_not_certain_is_doubtful_until_it_is_corrected(read: Digit, doubtful: bool) -> None:
    assert read.is_doubtful is doubtful


def test_a_sign_is_named_and_is_no_digit() -> None:
    plus = replace(digit(4), verdict=Verdict.SIGN, sign="+")
    assert (plus.text, plus.certainty, plus.is_digit, plus.is_doubtful) == ("+", "a sign", False, True)
    assert (plus.corrected(4).text, plus.corrected(4).certainty) == ("4", "corrected")


def test_an_unsure_digit_with_a_favourite_is_named() -> None:
    unsure = replace(digit(5, candidates=(5, 6, 8, 3)), verdict=Verdict.UNSURE)
    assert replace(unsure, digit_probability=0.4).certainty == "not sure"
    assert replace(unsure, digit_probability=0.4, candidates=(5,)).certainty == "not sure: perhaps 5"
    assert replace(unsure, digit_probability=0.6).certainty == "not sure: perhaps 5"
    assert replace(unsure, digit_probability=0.97).certainty == "perhaps 5"
