"""A drawing that is shared by a link, and opened by somebody else."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.app import (
    expect_digit,
    expect_finished,
    expect_ink,
    expect_invitation,
    expect_strokes,
    strokes_kept,
)
from tests.browser.conftest import Visit


def copied_link(page: Page) -> str:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Share").click()
    page.get_by_role("button", name="Copy link").click()
    expect(page.get_by_role("button", name="Link copied")).to_be_visible()
    return str(page.evaluate("navigator.clipboard.readText()"))


def test_a_link_brings_the_drawing_to_somebody_else_and_replays_it(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("7")
    expect_digit(page, 7)
    drawn = strokes_kept(page)
    link = copied_link(page)
    assert len(link) < 300
    other = visit(reduced_motion="no-preference")
    address = other.url
    other.goto(link)
    replay = other.get_by_role("dialog", name="Shared with you")
    expect(replay.get_by_role("button", name="Pause")).to_be_visible()
    expect(replay.locator("tr.wins")).to_be_visible()
    replay.get_by_role("button", name="Close").click()
    expect_digit(other, 7)
    expect_strokes(other, len(drawn))
    expect_ink(other)
    assert strokes_kept(other) == drawn
    assert other.url == address
    other.reload()
    expect_digit(other, 7)
    expect(replay).to_have_count(0)


def test_a_link_that_was_cut_off_says_so_and_leaves_the_page_as_it_is(visit: Visit) -> None:
    page = visit()
    page.goto(f"{page.url}?drawing=eNpjkeGyaTlu")
    expect(page.get_by_text("The drawing in this link is damaged. Ask for the link again.")).to_be_visible()
    expect_finished(page)
    expect_invitation(page)
    expect_strokes(page, 0)
