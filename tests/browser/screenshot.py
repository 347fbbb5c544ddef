"""The README's pictures, taken from the real pages.

python -m tests.browser.screenshot
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.app import draw, paper, serve
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.conftest import load_pen_digits

FOLDER = Path(__file__).parent


def main() -> None:
    """Draw a five, read a sample photo, compare runs; write draw.png, photo.png and training.png here."""
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 960, "height": 640})
        page.goto(server.url)
        paper(page).wait_for(timeout=30_000)
        strokes = load_pen_digits()[5]["strokes"]
        draw(page, [[((x - 134) * 1.7 + 150, (y - 159) * 1.7 + 150) for x, y in s] for s in strokes])
        _shoot(page, "draw.png")
        page.set_viewport_size({"width": 1_200, "height": 860})
        page.get_by_role("link", name="Photo").click()
        page.get_by_role("button", name="Lined paper", exact=True).click()
        page.locator(".digit.doubtful").click(timeout=30_000)
        _shoot(page, "photo.png")
        page.set_viewport_size({"width": 1_200, "height": 1_000})
        page.goto(f"{server.url}/training?runs=world&runs=convnet&smoothing=0.5")
        expect(page.locator("[data-testid=stVegaLiteChart] .marks")).to_have_count(2, timeout=30_000)
        _shoot(page, "training.png")
        browser.close()


def _shoot(page: Page, name: str) -> None:
    page.mouse.move(450, 550)
    page.wait_for_timeout(1_500)
    page.screenshot(path=FOLDER / name)


if __name__ == "__main__":
    main()
