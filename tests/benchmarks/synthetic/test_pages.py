from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mnist_app.ink.drawing import parse_drawing
from tests.benchmarks.synthetic.pages import Hand, Look, photograph, write_number

PenDigits = list[dict[str, Any]]
LOOK = Look((30, 40, 110), (240, 238, 228), "ruled", (160, 185, 210))


@pytest.fixture
def hand(pen_digits: PenDigits) -> Hand:
    return {digit: [parse_drawing(pen_digits[digit])] for digit in range(10)}


def test_a_number_is_one_high_and_runs_from_left_to_right(hand: Hand) -> None:
    number = write_number("47 11", hand, np.random.default_rng(0), (0.1, 0.2))
    points = np.concatenate(number.strokes)
    assert points[:, 0].min() == 0
    assert np.ptp(points[:, 1]) == pytest.approx(1, abs=0.4)
    lefts = [float(stroke[:, 0].min()) for stroke in number.strokes]
    assert max(lefts) > 2
    gaps = np.diff(np.sort(np.concatenate([stroke[:, 0] for stroke in number.strokes])))
    assert gaps.max() > 0.9  # the space


def test_a_page_is_a_photo_with_its_text(hand: Hand) -> None:
    page = photograph(["12 34", "56"], hand, np.random.default_rng(0), LOOK, side=400)
    assert page.photo.shape == (300, 400, 3)
    assert page.photo.dtype == np.uint8
    assert page.rows == ("1234", "56")


def test_the_same_seed_gives_the_same_page_and_another_another(hand: Hand) -> None:
    a, b, c = (photograph(["90"], hand, np.random.default_rng(k), side=200).photo for k in (0, 0, 1))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)
