from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_app.ui import words


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0 %"), (0.0004, "0 %"), (0.0006, "0.1 %"), (0.123, "12.3 %"), (0.9994, "99.9 %"), (1, "100 %")],
)
def test_percentages_read_well(share: float, text: str) -> None:
    assert words.percent(share) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0.9964, "99.64 %"), (0.4, "40.00 %"), (0.00004, "0 %"), (1, "100 %")]
)
def test_precise_percentages_count_each_of_10000_images(share: float, text: str) -> None:
    assert words.precise(share) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (89, "89 s"), (90, "2 min"), (5_000, "83 min"), (12_060, "3 h 21 min")]
)
def test_durations_read_well(seconds: float, text: str) -> None:
    assert words.duration(seconds) == text


def test_lists_and_numbers_read_well() -> None:
    assert words.counted(1, "image") == "1 image"
    assert words.counted(12_000, "image") == "12,000 images"
    assert words.named(["world"], "run") == "world"
    assert words.named(["a", "b", "c"], "run") == "3 runs"
    assert [words.times(n) for n in (1, 2, 1_200)] == ["once", "twice", "1,200 times"]
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.capitalized("no MNIST") == "No MNIST"
    assert [words.shortened(n) for n in (940, 1_240)] == ["940", "1.2k"]


@given(st.text(st.sampled_from("ab1.-_*[]()<>:/@w $~\\`!#&+\n")))
def test_plain_text_stays_what_it_is_for_the_eye(text: str) -> None:
    shown = re.sub(r"\\([^A-Za-z0-9\s])", r"\1", words.plain(text)).replace("\u2060", "")
    assert shown == " ".join(text.split())


@pytest.mark.parametrize(
    "name", ["world", "convnet-2", "a_b.c", "MNIST, scaled to 75 %", "16×16 pixels", "It is 7: no, 1."]
)
def test_plain_leaves_usual_names_alone(name: str) -> None:
    assert words.plain(name) == name
