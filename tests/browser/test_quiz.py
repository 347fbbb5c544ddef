"""A round of the quiz, on a paper of its own."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from mnist_app.ui.paper.samples import sample_strokes
from tests.browser.app import Server, draw_stroke, expect_digit, expect_finished, expect_strokes, go_to, tool
from tests.browser.conftest import NewContext


def begin(page: Page, address: str) -> None:
    page.goto(address)
    page.locator("canvas.upper-canvas[aria-label]").wait_for()
    expect_finished(page)


def test_a_round_of_two_tasks_leaves_the_draw_page_as_it_was(new_context: NewContext, server: Server) -> None:
    page = new_context().new_page()
    begin(page, server.url)
    page.keyboard.press("3")
    expect_digit(page, 3)
    begin(page, f"{server.url}/quiz?tasks=2")
    for number in (1, 2):
        expect(page.locator(".task")).to_contain_text(f"{number} of 2")
        digit = int(re.findall(r"\d", page.get_by_role("heading", level=2).inner_text())[0])
        page.keyboard.press("3")  # no sample comes
        for stroke in sample_strokes(digit, 300):
            draw_stroke(page, stroke)
        page.get_by_role("button", name="Read it").click()
        expect_digit(page, digit)
        expect(page.locator(".judged")).to_have_text("Read right")
        page.get_by_role("button", name="Next").click()
    expect(page.locator(".score")).to_have_text("2 of 2 read right")
    expect(page.locator(".results img")).to_have_count(2)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    assert download.value.suggested_filename == "quiz.csv"
    page.get_by_role("button", name="Again").click()
    expect(page.locator(".task")).to_contain_text("1 of 2")
    expect(tool(page, "Undo")).to_be_disabled()  # nothing is left of the drawing before
    expect(tool(page, "New")).to_be_hidden()
    go_to(page, "Draw")
    expect_digit(page, 3)
    expect_strokes(page, 1)
