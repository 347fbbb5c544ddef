"""What the app costs: a real server, a real Chromium, real strokes. `drawing` says how fast it answers.

python -m tests.benchmarks.web
"""

from __future__ import annotations

import statistics
from typing import Any

import psutil
from playwright.sync_api import Page, sync_playwright

from tests.benchmarks.machine import machine
from tests.browser.app import Server, draw_stroke, paper, serve, tool
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.conftest import load_pen_digits

STARTS = 5
ROUNDS = 4


def cpu_seconds(server: Server) -> float:
    """What the server has used so far, user and system."""
    times = psutil.Process(server.process.pid).cpu_times()
    return float(times.user + times.system)


def play(page: Page, drawings: list[dict[str, Any]]) -> int:
    """Draw digit after digit, clearing between them. Returns the number of strokes."""
    strokes = 0
    for drawing in drawings:
        for stroke in drawing["strokes"]:
            draw_stroke(page, stroke)
            page.wait_for_timeout(900)
            strokes += 1
        tool(page, "Clear").click()
        page.wait_for_timeout(900)
    return strokes


def main() -> None:
    """Print the three figures."""
    print(machine())
    ready = []
    for _ in range(STARTS):
        with serve() as server:
            ready.append(server.ready_after)
    print(f"ready after start: median {statistics.median(ready):.2f} s of {STARTS} (to reach: 3 s)")

    drawings = load_pen_digits()
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1100, "height": 800})
        page.goto(server.url)
        paper(page).wait_for(timeout=30_000)
        play(page, drawings[:2])  # warm: libraries imported, model loaded
        before, strokes = cpu_seconds(server), 0
        for _ in range(ROUNDS):
            strokes += play(page, drawings)
        clears = ROUNDS * len(drawings)
        cpu = (cpu_seconds(server) - before) / (strokes + clears)
        memory = psutil.Process(server.process.pid).memory_info().rss / 1e6
        browser.close()
    print(
        f"CPU a rerun of the Draw page: {cpu * 1e3:.1f} ms over {strokes + clears} reruns (to reach: 30 ms)"
    )
    print(f"resident memory with one session: {memory:.0f} MB (to reach: 250 MB)")


if __name__ == "__main__":
    main()
