"""Corrections as people make them, in real Chromium, on a server that is killed."""

from __future__ import annotations

import signal
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from mnist_app.corrections.store import CorrectionStore
from tests.browser.app import expect_digit, serve


def test_a_correction_outlives_the_server_and_is_its_visitors_to_delete(
    browser: Browser, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'corrections.sqlite3'}"
    page = browser.new_page()
    with serve(MNIST_APP_DATABASE=url) as server:
        port = server.url.rpartition(":")[2]
        page.goto(server.url)
        page.locator("canvas.upper-canvas[aria-label]").wait_for()
        page.get_by_role("button", name="7", exact=True).click()
        expect_digit(page, 7)
        say_it_was(page, "1")
        server.process.send_signal(signal.SIGKILL)
    assert [each.label for each in CorrectionStore(url).find()] == [1]
    with serve(port=port, MNIST_APP_DATABASE=url) as server:
        page.goto(f"{server.url}/training?view=Corrections")
        expect(page.get_by_text("1 correction, the newest first")).to_be_visible()
        page.get_by_role("button", name="Delete my corrections").click()
        expect(page.get_by_text("There are no corrections yet")).to_be_visible()
    assert CorrectionStore(url).count() == 0
    page.close()


def say_it_was(page: Page, label: str) -> None:
    """Say what the digit was, and wait only until the page says that it is stored."""
    page.get_by_role("button", name="It was a").click()
    page.get_by_role("radiogroup", name="It was a").get_by_role("radio", name=label, exact=True).click()
    expect(page.get_by_text(f"It was {label}: stored")).to_be_visible()
