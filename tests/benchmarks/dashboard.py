"""What the Training page costs with 50 runs of 100 epochs: a real server and a real Chromium.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.dashboard

FOLDER has MNIST, whose images are shown.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

import psutil
from playwright.sync_api import Page, sync_playwright

from mnist_app.runs import DEFAULT_RUN, RunStore
from tests.benchmarks.machine import machine
from tests.benchmarks.web import cpu_seconds
from tests.browser.app import Server, serve
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.helpers.runs import make_runs

RUNS, EPOCHS = 50, 100
ROUNDS = 10


def main() -> None:
    """Print the page's figures."""
    print(f"{RUNS} runs of {EPOCHS} epochs, {machine()}")
    with tempfile.TemporaryDirectory() as folder:
        make_runs(Path(folder), RunStore().path(DEFAULT_RUN), RUNS, EPOCHS)
        with serve(MNIST_APP_MODELS=folder) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
            page = browser.new_page(viewport={"width": 1300, "height": 1000})
            paints = [first_paint(page, f"{server.url}/training") for _ in range(ROUNDS)]
            (cold, drawn), *warm = paints
            table, charts = (statistics.median(times) for times in zip(*warm, strict=True))
            print(f"first paint: table {table:.2f} s, charts {charts:.2f} s (to reach: 1 s)")
            print(f"of the very first visitor: table {cold:.2f} s, charts {drawn:.2f} s")
            print(f"CPU a rerun: {rerun(page, server) * 1e3:.0f} ms (to reach: 80 ms)")
            names = "&".join(f"runs=run-{k + 1:02d}" for k in range(RUNS))
            first_paint(page, f"{server.url}/training?{names}")
            print(f"CPU a rerun with all {RUNS} compared: {rerun(page, server) * 1e3:.0f} ms")
            waits = sorted(click(page, server))
            median, most = statistics.median(waits) * 1e3, waits[int(0.9 * len(waits))] * 1e3
            print(f"click on a cell to its images: {median:.0f} ms, 90 % {most:.0f} ms (to reach: 300 ms)")
            print(f"resident memory: {psutil.Process(server.process.pid).memory_info().rss / 1e6:.0f} MB")
            browser.close()


def first_paint(page: Page, url: str) -> tuple[float, float]:
    """Seconds from asking for the page until its table is there, and until its charts are drawn."""
    started = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.get_by_test_id("stDataFrame").locator("canvas").first.wait_for(timeout=60_000)
    table = time.perf_counter() - started
    page.locator("[data-testid=stVegaLiteChart] .marks").nth(1).wait_for(timeout=60_000)
    return table, time.perf_counter() - started


def rerun(page: Page, server: Server) -> float:
    """The server's CPU seconds for a rerun: measures are switched on and off."""
    pill = page.get_by_role("button", name="Learning rate", exact=True)
    before = cpu_seconds(server)
    for _ in range(ROUNDS):
        pill.click()
        page.wait_for_timeout(1_000)
    return (cpu_seconds(server) - before) / ROUNDS


# Clicks on cell after cell, and notes when the images below have changed, in the browser's own clock.
CLICK = """async places => {
  const waits = [], cells = [...document.querySelectorAll("[class*=st-key-matrix] .mark-rect path")]
  const shown = () => [...document.querySelectorAll("[class*=st-key-tiles] img")].map(i => i.src).join()
  for (const place of places) {
    const before = shown(), box = cells[place].getBoundingClientRect(), started = performance.now()
    const at = {bubbles: true, clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, view: window}
    for (const kind of ["pointerdown", "mousedown", "pointerup", "mouseup", "click"])
      cells[place].dispatchEvent(new (kind.startsWith("p") ? PointerEvent : MouseEvent)(kind, at))
    while (shown() === before && performance.now() - started < 5000) await new Promise(requestAnimationFrame)
    waits.push(performance.now() - started)
    await new Promise(done => setTimeout(done, 700))
  }
  return waits
}"""


def click(page: Page, server: Server) -> list[float]:
    """Seconds from each click on a cell of the confusion matrix until its images are there."""
    page.goto(f"{server.url}/training?view=Evaluation")
    page.locator("[class*=st-key-tiles] img").first.wait_for(timeout=120_000)  # they may have to be made
    page.wait_for_timeout(3_000)
    written_as_itself = [11 * digit for digit in range(10)]
    return [wait / 1e3 for wait in page.evaluate(CLICK, written_as_itself * 3)]


if __name__ == "__main__":
    main()
