from __future__ import annotations

import io
import time
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mnist_app.domain import Box, Drawing
from mnist_app.errors import NoDigitError
from mnist_app.ink.drawing import parse_drawing
from mnist_app.reading.reader import Reader
from tests.benchmarks.synthetic.pages import Hand, Look, photograph, write_number

PenDigits = list[dict[str, Any]]
INK, PAPER, LINES = (30, 40, 110), (240, 238, 228), (160, 185, 210)
LOOKS = {
    "blank": Look(INK, PAPER, "blank", LINES),
    "ruled": Look(INK, PAPER, "ruled", LINES),
    "squared": Look((70, 70, 75), PAPER, "squared", LINES),
    "blackboard": Look((235, 235, 225), (45, 62, 54), "blank", LINES),
}
TEXT = (
    "Dear friend thank you for the letter everyone here misses you and hopes that you will soon return " * 3
).split()


@pytest.fixture(scope="module")
def hand(pen_digits: PenDigits) -> Hand:
    """One person's digits."""
    return {digit: [parse_drawing(pen_digits[digit])] for digit in range(10)}


def photo_of(rows: list[str], hand: Hand, look: str = "blank", seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return photograph(rows, hand, rng, LOOKS[look], side=1_000, spacing=(0.15, 0.5)).photo


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("seed", [3, 4])
def test_whole_pages_are_read_row_by_row(hand: Hand, reader: Reader, look: str, seed: int) -> None:
    rows = ["20261121", "0483", "975106"]
    assert list(reader.read_photo(photo_of(rows, hand, look, seed)).lines) == rows


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turned_pages_are_read_and_said_to_be_turned(hand: Hand, reader: Reader, turns: int) -> None:
    photo = photo_of(["23575", "40931"], hand)
    upright = reader.read_photo(photo)
    turned = reader.read_photo(np.ascontiguousarray(np.rot90(photo, -turns)))
    assert upright.turned == 0
    assert turned.turned == 90 * turns
    assert turned.lines == upright.lines == ("23575", "40931")
    height, width = photo.shape[:2]
    for before, after in zip(upright.digits, turned.digits, strict=True):
        moved = before.box.turned(360 - 90 * turns, width, height)
        assert (after.box.left, after.box.top) == pytest.approx((moved.left, moved.top), abs=8)


def test_numbers_are_groups_with_wide_gaps_between_them(hand: Hand, reader: Reader) -> None:
    reading = reader.read_photo(photo_of(["12 345 67", "2026 08"], hand))
    assert reading.spaced == "12 345 67\n2026 08"
    assert reading.text == "1234567\n202608"


def text_page(words: list[str], size: int) -> np.ndarray:
    """A screenshot of printed text."""
    page = Image.new("L", (1_000, 700), 250)
    font, x, y = ImageFont.load_default(size), 30, 30
    for word in words:
        width = int(font.getlength(word + " "))
        if x + width > 980:
            x, y = 30, y + int(size * 1.6)
        ImageDraw.Draw(page).text((x, y), word, font=font, fill=20)
        x += width
    return np.asarray(page)


@pytest.mark.parametrize("size", [24, 44])
def test_a_page_of_letters_is_refused_in_a_sentence_and_soon(reader: Reader, size: int) -> None:
    started = time.process_time()
    with pytest.raises(NoDigitError, match=r"does not look like digits|none of it is a digit"):
        reader.read_photo(text_page(TEXT[: 1200 // size], size))
    assert time.process_time() - started < 15


BAD = {
    "black": np.zeros((400, 400, 3), np.uint8),
    "white": np.full((400, 400, 3), 255, np.uint8),
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "a slope of light": np.tile(np.linspace(60, 240, 500).astype(np.uint8)[None, :, None], (400, 1, 3)),
    "grain": np.random.default_rng(0).normal(180, 6, (500, 500, 3)).clip(0, 255).astype(np.uint8),
    "wide and empty": np.full((40, 20_000, 3), 230, np.uint8),
}


@pytest.mark.parametrize("name", BAD)
def test_a_photo_without_writing_gets_a_sentence(reader: Reader, name: str) -> None:
    started = time.process_time()
    with pytest.raises(NoDigitError) as caught:
        reader.read_photo(BAD[name])
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 160
    assert time.process_time() - started < 5


def test_a_strip_20000_pixels_wide_is_read(hand: Hand, reader: Reader) -> None:
    number = write_number("83", hand, np.random.default_rng(0))
    strip = np.full((1_200, 20_000), 240, np.uint8)
    paths = [np.rint(stroke * 800 + [9_000, 200]).astype(np.int32) for stroke in number.strokes]
    cv2.polylines(strip, paths, False, 30, 60, cv2.LINE_AA)
    assert reader.read_photo(strip).text == "83"


def test_one_thing_that_is_no_digit_is_shown_as_none(reader: Reader) -> None:
    photo = np.full((400, 400), 240, np.uint8)
    for x in (120, 200, 280):
        cv2.line(photo, (x, 80), (x - 20, 320), 30, 10)
        cv2.line(photo, (80, x), (320, x - 20), 30, 10)
    reading = reader.read_photo(photo)
    assert reading.text == "?"
    assert reading.digits[0].certainty == "not a digit"


def test_ink_that_may_be_dark_or_light_is_read_either_way(hand: Hand, reader: Reader) -> None:
    photo = photo_of(["31415"], hand)
    split = photo.copy()
    split[: photo.shape[0] // 3] = 30  # a dark board above the sheet
    assert "31415" in reader.read_photo(split).lines


def test_a_grayscale_file_a_path_and_an_array_give_the_same(hand: Hand, reader: Reader) -> None:
    photo = photo_of(["604"], hand)
    content = io.BytesIO()
    Image.fromarray(photo).save(content, "PNG")
    assert reader.read_photo(content.getvalue()).lines == reader.read_photo(photo).lines == ("604",)


def drawn(text: str, hand: Hand, spacing: tuple[float, float] = (0.15, 0.5)) -> Drawing:
    number = write_number(text, hand, np.random.default_rng(1), spacing)
    width = float(np.concatenate(number.strokes)[:, 0].max())
    return Drawing(tuple((stroke * 280 / width).astype(np.float32) for stroke in number.strokes))


@pytest.mark.parametrize("text", ["10", "4711", "900051", "36925814"])
def test_a_number_on_the_canvas_is_read_as_one(hand: Hand, reader: Reader, text: str) -> None:
    assert reader.read_drawing(drawn(text, hand)).text == text


def test_touching_strokes_of_two_digits_are_told_apart(hand: Hand, reader: Reader) -> None:
    assert reader.read_drawing(drawn("2752", hand, (-0.05, -0.03))).text == "2752"


def test_a_single_digit_stays_one_whatever_its_strokes(pen_digits: PenDigits, reader: Reader) -> None:
    assert [reader.read_drawing(drawing).text for drawing in pen_digits] == list("0123456789")


def test_either_can_be_forced(hand: Hand, pen_digits: PenDigits, reader: Reader) -> None:
    assert len(reader.read_drawing(drawn("4711", hand), number=False).digits) == 1
    assert reader.read_drawing(drawn("4711", hand), number=True).text == "4711"
    assert reader.read_drawing(pen_digits[7], number=True).text == "7"


def test_boxes_of_a_drawings_digits_are_where_their_strokes_are(hand: Hand, reader: Reader) -> None:
    boxes = [digit.box for digit in reader.read_drawing(drawn("10", hand)).digits]
    assert boxes[0].right < boxes[1].left
    assert boxes[1].right == pytest.approx(280, abs=1)


def test_a_box_that_nobody_moved_keeps_its_digit(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(photo_of(["2357", "408"], hand))
    boxes = [digit.box for digit in sheet.reading.digits]
    again = reader.read_boxes(sheet, boxes[::-1], [None] * len(boxes))
    assert all(a is b for a, b in zip(again.digits, sheet.reading.digits, strict=True))


def test_a_new_box_is_read_and_a_missing_one_is_gone(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(photo_of(["2357"], hand))
    digits = sheet.reading.digits
    larger = Box(
        digits[1].box.left - 3, digits[1].box.top - 3, digits[1].box.width + 6, digits[1].box.height + 6
    )
    boxes = [digits[0].box, larger, digits[3].box]
    reading = reader.read_boxes(sheet, boxes, [None] * 3)
    assert reading.text == "237"
    assert reading.digits[1].box == larger


def test_a_label_counts_and_is_said_to_be_a_correction(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(photo_of(["2357"], hand))
    boxes = [digit.box for digit in sheet.reading.digits]
    reading = reader.read_boxes(sheet, boxes, [None, 8, 5, None])
    assert reading.text == "2857"
    assert reading.digits[1].certainty == "corrected"
    assert not reading.digits[2].is_doubtful  # to confirm it is a word as well


def test_a_box_on_blank_paper_or_beside_the_photo_is_left_out(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(photo_of(["2357"], hand))
    boxes = [Box(-500, -500, 50, 50), Box(5e5, 5, 10, 10), Box(2, 2, 0.1, 0.1), sheet.reading.digits[0].box]
    assert reader.read_boxes(sheet, boxes, [None] * 4).text == "2"


def test_boxes_of_a_turned_page_are_read_as_it_was_turned(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(np.ascontiguousarray(np.rot90(photo_of(["2357", "604"], hand), -1)))
    moved = [
        Box(d.box.left - 2, d.box.top - 2, d.box.width + 4, d.box.height + 4) for d in sheet.reading.digits
    ]
    assert reader.read_boxes(sheet, moved, [None] * len(moved)).lines == ("2357", "604")


def test_strokes_across_each_other_are_no_number(reader: Reader) -> None:
    cross = {"strokes": [[[80, 60], [220, 240]], [[220, 60], [80, 240]]]}
    assert reader.read_drawing(cross).text == "?"


def test_a_number_with_one_unfinished_digit_stays_a_number(hand: Hand, reader: Reader) -> None:
    begun = [[300, 120], [380, 220], [300, 200], [380, 130], [330, 230], [340, 110]]
    drawing = Drawing((*drawn("235", hand).strokes, np.array(begun, np.float32)))
    assert reader.read_drawing(drawing).lines[0] == "235"
