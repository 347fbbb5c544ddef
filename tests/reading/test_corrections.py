from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnist_app.domain import Box, LeftOut, Reading, Sign
from mnist_app.reading.corrections import in_order
from mnist_app.reading.reader import Reader
from tests.benchmarks.synthetic.pages import Hand
from tests.helpers.readings import digit, row
from tests.reading.photos import photo_of


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
    (rejected,) = reading.boxes_left_out
    assert (rejected.box, rejected.reason) == (digits[2].box, "not a digit")


def test_a_word_is_no_longer_left_out_when_its_pieces_are_digits(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(photo_of(["2357"], hand))
    boxes = [digit.box for digit in sheet.reading.digits]
    word = LeftOut(Box.around(boxes), "letters", tuple(boxes))
    sheet = replace(sheet, reading=Reading((), left_out=(word,)))
    assert reader.read_boxes(sheet, [], []).left_out == (word,)
    assert reader.read_boxes(sheet, boxes, [None] * 4).left_out == ()


@pytest.mark.parametrize(
    ("labels", "written"),
    [
        ([None, None, None], "2/5"),
        ([None, "3", None], "235"),  # a sign is a digit
        ([None, ",", None], "2,5"),  # or another sign
        (["-", None, None], "-/5"),  # a digit is a sign
        ([None, None], "2/"),
        ([None, "-"], "2-"),
    ],
)
def test_a_sign_is_corrected_like_a_digit(
    hand: Hand, reader: Reader, labels: list[str | None], written: str
) -> None:
    sheet = reader.open_sheet(photo_of(["235"], hand))
    two, three, five = sheet.reading.digits
    sheet = replace(sheet, reading=Reading((((two, Sign("/", three.box, 0.9), five),),)))
    boxes = [two.box, three.box, five.box][: len(labels)]
    reading = reader.read_boxes(sheet, boxes, labels)
    assert reading.written == (written,)
    assert [each.box for each in reading.boxes_left_out] == [five.box][: 3 - len(labels)]


def test_a_sign_that_nobody_has_a_box_for_is_left_out(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(photo_of(["235"], hand))
    two, three, five = sheet.reading.digits
    sheet = replace(sheet, reading=Reading((((two, Sign("/", three.box, 0.9), five),),)))
    reading = reader.read_boxes(sheet, [two.box, five.box], [None] * 2)
    assert reading.written == ("25",)
    assert [each.box for each in reading.boxes_left_out] == [three.box]


def test_ink_that_makes_no_picture_is_what_a_person_says(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(photo_of(["235"], hand))
    place = sheet.reading.digits[1].box.moved(np.linalg.inv(sheet.page.to_photo))
    blot = sheet.page.ink.copy()
    blot[round(place.top) : round(place.bottom), round(place.left) : round(place.right)] = 1
    sheet = replace(sheet, page=replace(sheet.page, ink=blot))
    boxes = [digit.box for digit in sheet.reading.digits]
    boxes[1] = Box(boxes[1].left + 1, boxes[1].top + 1, boxes[1].width - 2, boxes[1].height - 2)
    assert reader.read_boxes(sheet, boxes, [None, ".", None]).written == ("2.5",)
    assert reader.read_boxes(sheet, boxes, [None, "8", None]).written == ("285",)
    assert reader.read_boxes(sheet, boxes, [None] * 3).written == ("2?5",)


def test_a_label_counts_and_is_said_to_be_a_correction(hand: Hand, reader: Reader) -> None:
    sheet = reader.open_sheet(photo_of(["2357"], hand))
    boxes = [digit.box for digit in sheet.reading.digits]
    reading = reader.read_boxes(sheet, boxes, [None, "8", "5", None])
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
