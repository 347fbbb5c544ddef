from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import LeftOut
from mnist_app.reading.reader import Reader
from tests.benchmarks.synthetic.pages import Hand
from tests.reading.photos import photo_of


def on_table(sheet: np.ndarray, share: float, table: int) -> np.ndarray:
    """The sheet in the middle of a table, so many times as wide as the photo."""
    width = sheet.shape[1]
    margin = round(width * (1 / share - 1) / 2)
    return np.pad(sheet, ((margin, margin), (margin, margin), (0, 0)), constant_values=table)


@pytest.mark.parametrize(("share", "table"), [(0.4, 60), (0.6, 150), (0.8, 30)])
def test_a_sheet_is_read_wherever_it_lies(hand: Hand, reader: Reader, share: float, table: int) -> None:
    assert reader.read_photo(on_table(photo_of(["20571", "9638"], hand), share, table)).lines == (
        "20571",
        "9638",
    )


@pytest.mark.parametrize("margin", [0.05, 0.3, 0.5])
def test_a_number_that_fills_the_photo_has_no_ruled_lines(hand: Hand, reader: Reader, margin: float) -> None:
    reading = reader.read_photo(photo_of(["161461"], hand))
    boxes = [digit.box for digit in reading.digits]
    room = margin * max(box.height for box in boxes)
    top, bottom = min(box.top for box in boxes) - room, max(box.bottom for box in boxes) + room
    left, right = min(box.left for box in boxes) - room, max(box.right for box in boxes) + room
    crop = photo_of(["161461"], hand)[max(0, int(top)) : int(bottom), max(0, int(left)) : int(right)]
    assert reader.read_photo(crop).lines == ("161461",)


def test_a_box_of_what_was_read_is_in_the_photos_own_pixels(hand: Hand, reader: Reader) -> None:
    photo = on_table(photo_of(["20571"], hand), 0.5, 90)
    dark = np.asarray(photo).min(axis=2)
    for digit in reader.read_photo(photo).digits:
        box = digit.box
        inside = dark[int(box.top) : int(box.bottom), int(box.left) : int(box.right)]
        assert inside.min() < 100
        assert inside.max() > 180


def test_what_is_left_out_has_a_place_on_the_photo(hand: Hand, reader: Reader) -> None:
    photo = photo_of(["20571"], hand).copy()
    boxes = [digit.box for digit in reader.read_photo(photo).digits]
    under = round(max(box.bottom for box in boxes)) + 25
    start, end = round(min(box.left for box in boxes)), round(max(box.right for box in boxes))
    photo[under : under + 5, start:end] = 40
    reading = reader.read_photo(photo)
    assert reading.lines == ("20571",)
    (line,) = [each for each in reading.left_out if isinstance(each, LeftOut) and each.reason == "line"]
    assert line.box.top == pytest.approx(under, abs=15)
    assert line.box.width == pytest.approx(end - start, abs=12)


def test_ones_alone_are_read_and_doubtful(hand: Hand, reader: Reader) -> None:
    reading = reader.read_photo(photo_of(["11"], hand))
    assert reading.lines == ("11",)
    assert len(reading.doubtful) == 2


def test_each_way_to_see_a_photo_is_told_before_it_is_read(hand: Hand, reader: Reader) -> None:
    told: list[int] = []
    reader.open_sheet(photo_of(["20571"], hand), told.append)
    assert told == [1]  # read well enough at once
