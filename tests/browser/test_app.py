"""The app as people use it: real strokes in real Chromium."""

from __future__ import annotations

import base64
import io
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

import mnist_app
from mnist_app.ink.canonical import from_bytes
from mnist_app.ui.words import percent
from tests.browser.app import (
    draw,
    draw_by_touch,
    expect_digit,
    expect_finished,
    expect_fits,
    expect_ink,
    expect_invitation,
    expect_status,
    expect_true,
    go_to,
    paper,
    place,
    tool,
)
from tests.browser.conftest import Visit

PenDigits = list[dict[str, Any]]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def model_picture(page: Page) -> np.ndarray:
    address = page.locator(".answer img").get_attribute("src") or ""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(address.split(",")[1]))))


def final_picture(page: Page) -> np.ndarray:
    """Return what the model sees once it stays the same: while one draws, there are answers in between."""
    picture = model_picture(page)
    while True:
        page.wait_for_timeout(400)
        before, picture = picture, model_picture(page)
        if np.array_equal(before, picture):
            return picture


def test_digits_drawn_with_the_mouse_are_read(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit()
    for digit in (0, 4, 8):
        expect_invitation(page)
        draw(page, pen_digits[digit]["strokes"])
        expect_digit(page, digit)
        tool(page, "Clear").click()


def test_digits_drawn_with_a_finger_are_read_and_the_page_stays_put(
    visit: Visit, pen_digits: PenDigits
) -> None:
    page = visit(**PHONE)
    for digit in (2, 5):
        draw_by_touch(page, pen_digits[digit]["strokes"])
        expect_digit(page, digit)
        assert page.evaluate("window.scrollY") == 0
        tool(page, "Clear").tap()
        expect_invitation(page)


def test_the_picture_shown_is_exactly_what_the_model_saw(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit()
    draw(page, pen_digits[8]["strokes"])
    expect_digit(page, 8)
    shown = model_picture(page)
    assert shown.shape == (28, 28)
    answer = mnist_app.open_reader().classifier.predict(from_bytes(shown)[None])
    expect(page.locator(".bars .wins td").last).to_have_text(percent(float(answer.confidence[0])))
    # A pixel of the screen is not one of the paper, and the last point comes twice.
    direct = mnist_app.read_drawing(pen_digits[8]).digits[0].image
    assert np.abs(from_bytes(shown) - direct).mean() < 0.03


def test_a_sample_starts_a_drawing(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="3", exact=True).click()
    expect_digit(page, 3)


def test_the_drawing_survives_a_visit_to_another_page(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit()
    draw(page, pen_digits[4]["strokes"])
    expect_digit(page, 4)
    before = final_picture(page)
    go_to(page, "Training")
    go_to(page, "Draw")
    expect_digit(page, 4)
    assert np.array_equal(model_picture(page), before)
    expect_ink(page)
    draw(page, [[[20, 20], [280, 280]]])  # and it can be carried on
    assert (model_picture(page) != before).any()


def test_settings_survive_a_visit_to_another_page(visit: Visit) -> None:
    page = visit()
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("combobox", name="Model").click()
    page.get_by_role("option", name="dense-128", exact=True).click()
    page.keyboard.press("Escape")
    go_to(page, "Training")
    go_to(page, "Photo")
    page.get_by_role("button", name="Settings").click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value("dense-128")


def test_a_dot_gets_a_sentence(visit: Visit) -> None:
    page = visit()
    page.mouse.click(*place(page)((150, 150)))
    expect_status(page, "only a dot")


def test_a_number_is_read_as_one_and_each_digit_can_be_looked_at(visit: Visit) -> None:
    page = visit()
    draw(page, [[[40 + 80 * k, 80], [40 + 80 * k, 150], [40 + 80 * k, 220]] for k in range(3)])
    expect(page.locator('[role=status][aria-label^="Read as 111"]')).to_be_attached()
    expect(page.locator(".answer.number .digit")).to_have_text("111")
    expect(page.get_by_role("radiogroup", name="Look at a digit").get_by_role("radio")).to_have_count(3)


def brightness(page: Page, selector: str) -> float:
    """The mean brightness of what is seen there, 0..255."""
    picture = Image.open(io.BytesIO(page.locator(selector).first.screenshot())).convert("L")
    return float(np.asarray(picture).mean())


def test_dark_mode_has_dark_paper_and_light_ink(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit(color_scheme="dark")
    expect_true(page, lambda: brightness(page, "canvas.upper-canvas") < 60)
    empty = brightness(page, "canvas.upper-canvas")
    draw(page, pen_digits[6]["strokes"])
    expect_digit(page, 6)
    page.mouse.move(5, 5)
    expect_true(page, lambda: brightness(page, "canvas.upper-canvas") > empty + 3)


def test_the_drawing_follows_a_change_of_theme(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit(color_scheme="light")
    draw(page, pen_digits[6]["strokes"])
    expect_digit(page, 6)
    before = final_picture(page)
    page.emulate_media(color_scheme="dark")
    expect_true(page, lambda: brightness(page, "canvas.upper-canvas") < 90)
    page.wait_for_timeout(500)  # for a wrong answer to come: nothing may change
    expect_finished(page)
    expect_digit(page, 6)
    assert np.array_equal(final_picture(page), before)


def test_no_page_is_wider_than_a_phone(visit: Visit) -> None:
    page = visit(**PHONE)
    expect_invitation(page)
    expect_fits(page)
    box = paper(page).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    for name in ("Undo", "Clear"):
        button = tool(page, name).bounding_box()
        assert button is not None
        assert button["height"] >= 44
    go_to(page, "Photo")
    expect_status(page, "Show a photo")
    expect_fits(page)
    go_to(page, "Training")
    expect(page.locator("[data-testid=stVegaLiteChart] .marks").first).to_be_visible()
    expect_fits(page)
