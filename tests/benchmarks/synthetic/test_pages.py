from __future__ import annotations

import re
import string
from typing import Any

import numpy as np
import pytest

from mnist_app.ink.drawing import parse_drawing
from tests.benchmarks.synthetic.camera import photograph_scene
from tests.benchmarks.synthetic.kinds import KINDS, page_of, scene_of
from tests.benchmarks.synthetic.kinds import nothing as without_numbers
from tests.benchmarks.synthetic.pages import Hand, Look, photograph, write_number
from tests.benchmarks.synthetic.writers import Writer

PenDigits = list[dict[str, Any]]
FORMS = {
    "crop-digit": r"\d",
    "upright-108": r"[108]+",
    "decimal-point": r"\d+\.\d+",
    "receipt": r"\d+\.\d+",
    "decimal-comma": r"\d+,\d+",
    "negative": r"-?\d+",
    "date-slashes": r"\d\d?/\d\d?/\d{4}",
    "date-dots": r"\d\d?\.\d\d?\.\d{4}",
    "times": r"\d\d?:\d\d",
    "sums": r"\d+\+\d+=\d+|\d+-\d+=\d+",
    "products": r"\d+×\d+=\d+",
    "percents": r"\d+%",
    "list-numbers": r"\d[).]\d+",
    "brackets": r"\(\d+\)",
    "slashed-zeros": r"\d*0\d*",
}
LOOK = Look((30, 40, 110), (240, 238, 228), "ruled", (160, 185, 210))


@pytest.fixture
def hand(pen_digits: PenDigits) -> Hand:
    return {digit: [parse_drawing(pen_digits[digit])] for digit in range(10)}


@pytest.fixture
def writer(hand: Hand) -> Writer:
    """One person's digits, which have to do for letters, too."""
    letters = {letter: hand[k % 10] for k, letter in enumerate(string.ascii_letters)}
    return Writer("any", {str(digit): drawings for digit, drawings in hand.items()}, letters, {})


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
    assert page.rows == page.written == ("1234", "56")


def test_the_same_seed_gives_the_same_page_and_another_another(hand: Hand) -> None:
    a, b, c = (photograph(["90"], hand, np.random.default_rng(k), side=200).photo for k in (0, 0, 1))
    assert np.array_equal(a, b)
    assert not np.array_equal(a, c)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_makes_a_photo_and_its_rows(kind: str, writer: Writer) -> None:
    scene = scene_of(kind, 0, [writer])
    assert bool(scene.rows) == (kind not in without_numbers.KINDS)
    for row in scene.rows:
        assert re.fullmatch(FORMS.get(kind, r"\d+"), row.replace(" ", ""))
    scene.shot.side = 160
    photo = photograph_scene(scene)
    assert photo.dtype == np.uint8
    assert max(photo.shape) <= 160
    assert photo.std() > 1


def test_a_page_of_a_kind_has_its_text_with_and_without_signs(writer: Writer) -> None:
    page = page_of("brackets", 0, [writer])
    assert all(re.fullmatch(FORMS["brackets"], row) for row in page.written)
    assert page.rows == tuple(row.strip("()") for row in page.written)


def test_a_page_is_the_same_whatever_was_made_before(writer: Writer) -> None:
    first = page_of("crop-number", 1, [writer])
    page_of("crop-number", 0, [writer])
    again, other = page_of("crop-number", 1, [writer]), page_of("crop-number", 2, [writer])
    assert np.array_equal(first.photo, again.photo)
    assert first.rows == again.rows != other.rows


def test_a_sheet_on_a_table_covers_its_share_of_the_photo(writer: Writer) -> None:
    scene = scene_of("sheet-half", 0, [writer])
    scene.shot.table, scene.shot.side = "dark", 300
    light = photograph_scene(scene).max(axis=2) > 90
    assert scene.shot.share is not None
    assert light.mean() == pytest.approx(scene.shot.share, abs=0.1)
