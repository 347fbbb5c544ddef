"""Correcting a photo in place, in real Chromium, by mouse, touch and keys."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from mnist_app.ink.drawing import parse_drawing
from tests.benchmarks import corrections
from tests.benchmarks.corrections import PHONE, by_keys, by_mouse, by_touch, corrected, expect_text
from tests.benchmarks.synthetic.pages import photograph
from tests.benchmarks.synthetic.test_pages import LOOK
from tests.browser.app import expect_finished, expect_fits, expect_true, go_to
from tests.browser.conftest import Visit
from tests.conftest import load_pen_digits

SIXTY, ROWS = corrections.page_of_sixty()
DOUBTFUL = ["8212484", "0368791", "8052263"]  # written so small that half of it is doubtful


def doubtful_page() -> bytes:
    drawings = load_pen_digits()
    hand = {digit: [parse_drawing(drawings[digit])] for digit in range(10)}
    rng = np.random.default_rng(2)
    rng.integers(0, 10, 21)
    content = io.BytesIO()
    photo = photograph(DOUBTFUL, hand, rng, LOOK, side=160, spacing=(0.15, 0.5)).photo
    Image.fromarray(photo).save(content, "PNG")
    return content.getvalue()


def show(page: Page, content: bytes = SIXTY) -> None:
    """Bring a photo to the Photo page, and wait until it is read."""
    go_to(page, "Photo")
    file = {"name": "page.png", "mimeType": "image/png", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    page.locator(".digit").first.wait_for()
    expect_finished(page)


def page_with_a_word() -> bytes:
    page = np.array(Image.open(io.BytesIO(SIXTY)).convert("RGB"))
    below = np.full((300, *page.shape[1:]), np.median(page, axis=(0, 1)), np.uint8)
    page = np.vstack([page, below])
    place = (60, page.shape[0] - 150)
    cv2.putText(page, "Raum", place, cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 4.5, (30, 40, 110), 3, cv2.LINE_AA)
    content = io.BytesIO()
    Image.fromarray(page).save(content, "PNG")
    return content.getvalue()


# Strokes of signs beside digits of 110 pixels.
SIGN_STROKES: dict[str, list[list[tuple[float, float]]]] = {
    "/": [[(45, -8), (0, 118)]],
    ".": [[(5, 106), (7, 108)]],
    "+": [[(0, 55), (50, 55)], [(25, 30), (25, 80)]],
}


def page_with_signs(*rows: str) -> bytes:
    page, drawings = np.full((60 + 150 * len(rows), 640, 3), 245, np.uint8), load_pen_digits()
    for k, row in enumerate(rows):
        x = 60.0
        for character in row:
            strokes: list[np.ndarray] = [np.array(each, float) for each in SIGN_STROKES.get(character, [])]
            if not strokes:
                strokes = [np.array(each, float) for each in drawings[int(character)]["strokes"]]
                points = np.concatenate(strokes)
                strokes = [(each - points.min(axis=0)) * 110 / np.ptp(points[:, 1]) for each in strokes]
            for each in strokes:
                line = np.rint((each + np.array([x, 50 + 150 * k])) * 16).astype(np.int32)
                cv2.polylines(page, [line], False, (40, 40, 60), 7, cv2.LINE_AA, 4)
            x += np.concatenate(strokes)[:, 0].max() + 25
    content = io.BytesIO()
    Image.fromarray(page).save(content, "PNG")
    return content.getvalue()


def text_of(page: Page) -> list[str]:
    """Return the rows of the text, without spaces and marks."""
    return [re.sub(r"\s", "", row) for row in page.locator(".lines p").all_text_contents()]


def expect_rows(page: Page, *rows: str) -> None:
    """Wait until the server has answered, and the text has these rows."""
    expect_text(page, rows)


def digit(page: Page, number: int) -> Locator:
    """Return the frame of a digit, counted from 1 in reading order."""
    return page.get_by_role("button", name=re.compile(f"^Digit {number} of "))


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the mouse, in pixels of the window."""
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def box_of(locator: Locator) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom in pixels of the window."""
    box = locator.bounding_box()
    assert box is not None
    return box["x"], box["y"], box["x"] + box["width"], box["y"] + box["height"]


def swipe_up(page: Page, x: float, y: float) -> None:
    """Move a finger from there 150 pixels up, through the browser's own touch events."""
    client = page.context.new_cdp_session(page)
    for kind, up in [("touchStart", 0), *(("touchMove", 15 * k) for k in range(1, 11))]:
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y - up}]})
        page.wait_for_timeout(16)
    client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


@pytest.mark.parametrize(
    ("correct", "options"), [(by_mouse, {}), (by_touch, PHONE), (by_keys, {})], ids=["mouse", "touch", "keys"]
)
def test_five_corrections_are_read_and_undone_step_by_step(
    visit: Visit, correct: Callable[..., None], options: dict[str, object]
) -> None:
    page = visit(**options)
    show(page)
    correct(page, corrected(ROWS), lambda _: None)
    expect_text(page, corrected(ROWS))
    expect(page.get_by_text("60 digits, none doubtful, 5 corrected")).to_be_visible()
    for left in (4, 3, 2, 1):
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text(f"{left} corrected")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect_rows(page, *ROWS)
    expect(page.get_by_role("button", name="Undo")).to_be_disabled()
    page.get_by_role("button", name="Redo").click()
    expect(page.get_by_text("1 corrected")).to_be_visible()


def test_corrections_that_come_faster_than_answers_are_all_kept(visit: Visit) -> None:
    page = visit()
    show(page)
    page.keyboard.press("Shift+ArrowRight")
    for key in "9876543210":
        page.keyboard.press(key)
        page.keyboard.press("Shift+ArrowRight")
    expect_rows(page, "9876543210", *ROWS[1:])
    go_to(page, "Draw")
    go_to(page, "Photo")
    expect_rows(page, "9876543210", *ROWS[1:])
    page.get_by_role("button", name="Undo").click()  # it is still known what was before
    expect_rows(page, f"987654321{ROWS[0][9]}", *ROWS[1:])


def test_doubtful_digits_come_one_after_the_other_and_the_text_shows_the_doubt(visit: Visit) -> None:
    page = visit()
    show(page, doubtful_page())
    doubtful = page.locator(".digit.doubtful")
    count = doubtful.count()
    assert count >= 3
    expect(page.locator(".lines .doubtful")).to_have_count(count)
    names = [each.get_attribute("aria-label") for each in doubtful.all()]
    for name in names:
        page.keyboard.press("ArrowRight")
        expect(page.locator(".digit.chosen")).to_have_attribute("aria-label", name or "")
    page.keyboard.press("ArrowRight")  # and from the last to the first
    expect(page.locator(".digit.chosen")).to_have_attribute("aria-label", names[0] or "")
    page.keyboard.press("5")
    expect(doubtful).to_have_count(count - 1)
    expect(page.locator(".lines .doubtful")).to_have_count(count - 1)
    expect(page.locator(".digit.chosen")).to_have_attribute("aria-label", names[1] or "")
    page.get_by_role("button", name="Previous doubtful digit").click()
    expect(page.locator(".digit.chosen")).to_have_attribute("aria-label", names[-1] or "")


def test_the_copied_text_is_plain(visit: Visit) -> None:
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    show(page, doubtful_page())
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert [line.replace(" ", "") for line in copied.split("\n")] == text_of(page)
    assert "?" not in copied


def test_a_digit_in_the_text_leads_to_the_photo(visit: Visit) -> None:
    page = visit()
    show(page)
    page.locator(".lines p").nth(2).locator("span").nth(4).click()
    expect(digit(page, 25)).to_be_focused()
    expect(page.locator(".panel")).to_be_visible()


def test_a_word_that_is_a_number_after_all_is_had_back_in_its_pieces(visit: Visit) -> None:
    page = visit()
    show(page, page_with_a_word())
    before = page.locator(".digit").count()
    word = page.get_by_role("button", name="Not read: word. Make digits of it")
    word.click()
    expect(word).to_have_count(0)
    expect_true(page, lambda: page.locator(".digit").count() > before + 1)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.locator(".digit")).to_have_count(before)
    expect(word).to_have_count(1)


@pytest.mark.parametrize("is_touch", [False, True], ids=["mouse and keys", "touch"])
def test_what_is_no_digit_is_outlined_and_a_tap_brings_it_back(visit: Visit, is_touch: bool) -> None:
    page = visit(**(PHONE if is_touch else {}))
    show(page)
    if is_touch:
        digit(page, 1).tap()
        page.get_by_role("button", name="Not a digit").tap()
    else:
        digit(page, 1).click()
        page.keyboard.press("Delete")
    expect_rows(page, ROWS[0][1:], *ROWS[1:])
    outline = page.get_by_role("button", name="Not read: mark. Read it")
    expect(outline).to_have_count(1)
    outline.tap() if is_touch else outline.click()
    expect_rows(page, *ROWS)
    expect(outline).to_have_count(0)
    page.keyboard.press("Control+z")
    expect_rows(page, ROWS[0][1:], *ROWS[1:])


def test_a_drag_on_empty_paper_adds_a_digit_and_one_on_a_digit_moves_it(visit: Visit) -> None:
    page = visit()
    show(page)
    left, top, right, bottom = box_of(digit(page, 1))
    digit(page, 1).click()
    page.keyboard.press("Delete")
    expect_rows(page, ROWS[0][1:], *ROWS[1:])
    page.keyboard.press("Escape")
    drag(page, (left - 9, top - 9), (right + 3, bottom + 3))
    expect_rows(page, *ROWS)
    expect(digit(page, 1)).to_be_focused()
    page.keyboard.press("Escape")
    middle = (left + right) / 2, (top + bottom) / 2
    drag(page, middle, (middle[0] - 120, middle[1]))
    expect(page.get_by_text("1 box without ink")).to_be_visible()
    page.keyboard.press("Control+z")
    expect_rows(page, *ROWS)


def test_a_box_is_resized_by_its_handles(visit: Visit) -> None:
    page = visit()
    show(page)
    digit(page, 1).click()
    before = box_of(digit(page, 1))
    handle = box_of(page.locator(".handle").last)
    middle = (handle[0] + handle[2]) / 2, (handle[1] + handle[3]) / 2
    drag(page, middle, (middle[0] + 6, middle[1] + 4))
    expect_rows(page, *ROWS)
    after = box_of(page.locator(".digit.chosen"))
    assert np.allclose(np.subtract(after, before), (0, 0, 6, 4), atol=1.5)


def test_a_digit_is_added_by_two_taps_and_the_page_scrolls_otherwise(visit: Visit) -> None:
    page = visit(**PHONE)
    show(page)
    digit(page, 5).tap()
    page.get_by_role("button", name="Not a digit").tap()
    expect_rows(page, ROWS[0][:4] + ROWS[0][5:], *ROWS[1:])
    outline = page.locator(".outline")
    left, top, right, bottom = box_of(outline)
    swipe_up(page, (left + right) / 2, (top + bottom) / 2)
    expect_true(page, lambda: page.get_by_test_id("stMain").evaluate("each => each.scrollTop") > 50)
    expect(outline).to_have_count(1)  # a swipe is no tap
    page.get_by_role("button", name="Add a digit").tap()
    expect(page.get_by_text("Draw a box around the digit, or tap it.")).to_be_visible()
    left, top, right, bottom = box_of(outline)
    page.touchscreen.tap((left + right) / 2, (top + bottom) / 2)
    expect_rows(page, *ROWS)
    expect_fits(page)


def test_a_box_can_be_added_moved_and_resized_by_keys(visit: Visit) -> None:
    page = visit()
    show(page)
    digit(page, 1).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".panel")).to_be_visible()
    page.keyboard.press("Alt+ArrowLeft")
    page.keyboard.press("Alt+Shift+ArrowRight")
    expect_rows(page, *ROWS)
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    page.get_by_role("button", name="Add a digit").press("Enter")
    expect(page.locator(".digit")).to_have_count(61)
    page.keyboard.press("7")
    expect(page.get_by_text("1 corrected")).to_be_visible()


@pytest.mark.parametrize("by", ["mouse", "touch", "keys"])
def test_signs_are_changed_deleted_and_had_back_like_digits(visit: Visit, by: str) -> None:
    page = visit(**(PHONE if by == "touch" else {}))
    show(page, page_with_signs("23/05", "7.48", "36+2"))
    steps = [["23/05", "7.48", "36+2"]]

    def correct(sign: str, name: str, key: str, *rows: str) -> None:
        frame = page.get_by_role("button", name=f"Sign: {sign}", exact=True)
        button = page.locator(".panel").get_by_role("button", name=name, exact=True)
        if by == "keys":
            frame.press("Enter")
            page.keyboard.press(key)
        elif by == "touch":
            frame.tap()
            button.tap()
        else:
            frame.click()
            button.click()
        steps.append(list(rows))
        assert text_of(page) == steps[-1]  # at once
        expect(page.locator(".editor[aria-busy=false]")).to_be_attached()
        assert text_of(page) == steps[-1]

    assert text_of(page) == steps[0]
    expect(page.get_by_text("10 digits, 3 signs, none doubtful", exact=True)).to_be_visible()
    correct("slash", "minus", "-", "23-05", "7.48", "36+2")
    correct("point", "1", "1", "23-05", "7148", "36+2")
    correct("plus", "Not a sign", "Delete", "23-05", "7148", "362")
    page.get_by_role("button", name="Not read: mark. Read it").click()
    expect_true(page, lambda: text_of(page) == steps[2])
    page.keyboard.press("Control+z")
    for rows in steps[2::-1]:
        page.keyboard.press("Control+z")
        expect_true(page, lambda rows=rows: text_of(page) == rows)  # type: ignore[misc]
    expect(page.get_by_role("button", name="Undo", exact=True)).to_be_disabled()


def test_a_digit_becomes_a_sign_and_a_box_around_a_sign_takes_it_in(visit: Visit) -> None:
    page = visit()
    show(page, page_with_signs("23/05", "7.48", "36+2"))
    digit(page, 10).click()
    page.keyboard.press("%")
    expect_true(page, lambda: text_of(page)[2] == "36+%")
    expect(page.get_by_text("9 digits, 4 signs, none doubtful, 1 corrected")).to_be_visible()
    page.keyboard.press("Escape")
    left, top, right, bottom = box_of(page.get_by_role("button", name="Sign: plus"))
    drag(page, (left - 9, top - 9), (right + 9, bottom + 9))
    expect(page.get_by_role("button", name="Sign: plus")).to_have_count(0)
    expect(page.locator(".digit")).to_have_count(13)
    page.keyboard.press("4")
    expect_true(page, lambda: text_of(page)[2] == "364%")
