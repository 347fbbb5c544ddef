"""How fast the app answers who draws: real strokes in a real Chromium. `load` has many people at once.

python -m tests.benchmarks.drawing
"""

from __future__ import annotations

import statistics
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.machine import machine
from tests.browser.app import Server, place, serve, tool
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.conftest import load_pen_digits

ROUNDS = 4  # of the ten digits, by one person
MOVES = 30  # of a stroke; one each STEP
STEP = 25  # ms
PAUSE = 600  # ms between strokes

# Notes when a pen goes up, when each answer is there, and when the answer is of the whole drawing.
WATCH = """() => {
  window.waits = []
  window.live = []
  let up = null, down = null, answers = 0, sent = 0, last = null
  addEventListener("pointerdown", () => { down = performance.now(); answers = 0 }, true)
  addEventListener("pointerup", event => {
    if (down !== null && answers) live.push(answers / (performance.now() - down) * 1000)
    down = null
    up = event.timeStamp
    setTimeout(() => { last = sent }) // by then the companion has sent the whole drawing
  }, true)
  const watch = () => {
    const { send, answered } = paperLink
    paperLink.send = drawing => { sent = drawing.number; send(drawing) }
    if (down !== null) answers += 1
    else if (answered === last) { waits.push(performance.now() - up); last = null }
  }
  addEventListener("paper-answer", watch)
  watch()
}"""


def play(page: Page, drawing: dict[str, Any]) -> None:
    """Draw a digit at a person's pace, each stroke in MOVES steps, and clear the paper."""
    at = place(page)
    for stroke in drawing["strokes"]:
        page.mouse.move(*at(stroke[0]))
        page.mouse.down()
        for k in range(MOVES):
            page.mouse.move(*at(_along(stroke, k / (MOVES - 1))))
            page.wait_for_timeout(STEP)
        page.mouse.up()
        page.wait_for_timeout(PAUSE)
    tool(page, "Clear").click()
    page.wait_for_timeout(PAUSE)


def _along(stroke: list[list[float]], share: float) -> list[float]:
    """Return the point at a share, 0..1, of a stroke's points."""
    exact = share * (len(stroke) - 1)
    k = min(int(exact), len(stroke) - 2)
    (ax, ay), (bx, by) = stroke[k], stroke[k + 1]
    return [ax + (bx - ax) * (exact - k), ay + (by - ay) * (exact - k)]


def open_page(browser: Browser, server: Server) -> Page:
    """Open the Draw page in a context of its own."""
    page = browser.new_context(viewport={"width": 1100, "height": 800}).new_page()
    page.goto(server.url)
    page.locator("canvas.upper-canvas[aria-label]").wait_for(timeout=60_000)
    page.wait_for_timeout(500)
    return page


def report(name: str, waits: list[float], live: list[float]) -> None:
    """Print a line of figures."""
    waits.sort()
    print(
        f"{name}: pen-up to answer median {statistics.median(waits):.0f} ms, 95 % within "
        f"{waits[int(0.95 * len(waits))]:.0f} ms ({len(waits)} strokes; to reach: 100 and 180 ms); "
        f"{statistics.median(live or [0]):.1f} answers a second during a stroke (to reach: 5)"
    )


def main() -> None:
    """Print the figures of one person."""
    print(machine())
    drawings = load_pen_digits()
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = open_page(browser, server)
        play(page, drawings[0])  # warm: libraries imported, model loaded
        page.evaluate(WATCH)
        for _ in range(ROUNDS):
            for drawing in drawings:
                play(page, drawing)
        report("one person", page.evaluate("waits"), page.evaluate("live"))
        browser.close()


if __name__ == "__main__":
    main()
