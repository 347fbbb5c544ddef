"""The README's picture, taken from the real page.

python -m tests.browser.screenshot
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser.app import draw, paper, serve
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.conftest import load_pen_digits

TARGET = Path(__file__).parent / "draw.png"


def main() -> None:
    """Draw a five and write draw.png beside this file."""
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 900, "height": 560})
        page.goto(server.url)
        paper(page).wait_for(timeout=30_000)
        strokes = load_pen_digits()[5]["strokes"]
        draw(page, [[((x - 134) * 1.7 + 150, (y - 159) * 1.7 + 150) for x, y in s] for s in strokes])
        page.mouse.move(450, 550)
        page.wait_for_timeout(1_500)
        page.screenshot(path=TARGET)
        browser.close()


if __name__ == "__main__":
    main()
