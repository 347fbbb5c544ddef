"""Serve the app, draw on its canvas as a person does, and wait for what the page shows."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from mnist_app.ui import rights

ROOT = Path(__file__).parent.parent.parent
Strokes = Sequence[Sequence[Sequence[float]]]
TOKEN = "token-of-the-tests"
SETTLED = 700  # milliseconds without a change
PATIENCE = 30  # seconds, for everything that must come true; a busy machine is no error
SIGNS = {"Draw": ".st-key-paper", "Photo": ".st-key-photo-settings", "Training": ".st-key-view"}
expect.set_options(timeout=PATIENCE * 1000)


@dataclass(frozen=True)
class Server:
    """A running app: its address, its process and how long it took to be ready, in seconds."""

    url: str
    process: subprocess.Popen[bytes]
    ready_after: float

    @property
    def owners_link(self) -> str:
        """The address that makes a browser the owner's."""
        return f"{self.url}/owner?token={TOKEN}"


@contextmanager
def serve(
    address: str = "127.0.0.1", port: str = "0", script: str = "app.py", **environment: str
) -> Iterator[Server]:
    """Run the app until the block ends, on a free port if none is given; 0.0.0.0 lets other machines in."""
    file, port = ROOT / script, free_port(port)
    place = ["--server.port", port, "--server.address", address, "--server.headless", "true"]
    command = [sys.executable, "-m", "streamlit", "run", file.name, *place]
    environment = os.environ | {rights.TOKEN: TOKEN} | environment
    started = time.perf_counter()
    process = subprocess.Popen(command, cwd=file.parent, stdout=subprocess.DEVNULL, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        while not _is_healthy(f"{url}/_stcore/health"):
            if process.poll() is not None or time.perf_counter() - started > 60:
                raise RuntimeError(f"the app did not start (exit status {process.poll()})")
            time.sleep(0.02)
        yield Server(url, process, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(10)


def free_port(port: str = "0") -> str:
    """Return a port that nobody listens on, or this one. Raises OSError if it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", int(port)))
        return str(probe.getsockname()[1])


def _is_healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def paper(page: Page) -> Locator:
    """Return the canvas that takes the strokes."""
    return page.locator("canvas.upper-canvas").first


def place(page: Page) -> Callable[[Sequence[float]], tuple[float, float]]:
    """Return a function from a point in units of the paper, 300 a side, to one in pixels of the page."""
    box = paper(page).bounding_box()
    assert box is not None
    unit = box["width"] / 300
    return lambda point: (box["x"] + point[0] * unit, box["y"] + point[1] * unit)


def tool(page: Page, name: str) -> Locator:
    """Return a button below the paper."""
    return page.get_by_role("toolbar", name="Paper").get_by_role("button", name=name, exact=True)


def strokes_kept(page: Page) -> list[Any]:
    """Return the strokes on the paper as the browser keeps them."""
    kept = page.evaluate("JSON.parse(sessionStorage.getItem('digit-reader-drawings'))")
    return list(kept["drawings"][kept["at"]]) if kept else []


def expect_strokes(page: Page, count: int) -> None:
    """Wait until the paper has so many strokes, and the canvas's own history as well."""
    expect_true(page, lambda: len(strokes_kept(page)) == count)
    undo = page.locator(".dc-toolbar button[aria-label=Undo]")
    expect_true(page, lambda: undo.is_enabled() == (count > 0))


def draw(page: Page, strokes: Strokes) -> None:
    """Play strokes with the mouse, in units of the paper, each after the answer to the one before."""
    for stroke in strokes:
        with another_answer(page):
            draw_stroke(page, stroke)


def draw_stroke(page: Page, stroke: Sequence[Sequence[float]]) -> None:
    """Play one stroke with the mouse, in units of the paper."""
    at = place(page)
    page.mouse.move(*at(stroke[0]))
    page.mouse.down()
    for point in stroke[1:]:
        page.mouse.move(*at(point))
        page.evaluate("new Promise(requestAnimationFrame)")  # or moves within a frame become one
    page.mouse.up()


def draw_by_touch(page: Page, strokes: Strokes) -> None:
    """Play strokes with a finger, through the browser's own touch events."""
    client = page.context.new_cdp_session(page)
    for stroke in strokes:
        at = place(page)
        points = [dict(zip("xy", at(point), strict=True)) for point in stroke]
        with another_answer(page):
            client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
            for point in points[1:]:
                client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
            client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def edit(page: Page) -> None:
    """Let the mouse move what is on the canvas instead of drawing; the button appears under the mouse."""
    paper(page).hover()
    button = page.get_by_role("button", name="Edit")
    if button.get_attribute("aria-pressed") != "true":
        button.click()
    expect(button).to_have_attribute("aria-pressed", "true")


@contextmanager
def another_answer(page: Page) -> Iterator[None]:
    """Wait, after the block, for another answer than before, to its end."""
    answer = page.locator("[role=status], .answer img")
    as_text = "elements => elements.map(element => element.outerHTML).join()"
    before = answer.evaluate_all(as_text)
    yield
    expect_true(page, lambda: answer.evaluate_all(as_text) != before)
    expect_finished(page)


def expect_status(page: Page, text: str) -> None:
    """Wait until the page says this; while it changes, what it said before is there too."""
    expect(page.get_by_role("status").filter(has_text=text).first).to_be_visible()
    expect(page.get_by_role("status")).to_have_count(1)


def expect_digit(page: Page, digit: int) -> None:
    """Wait until the page shows this digit as its answer."""
    answer = page.locator(".answer .digit")
    expect(answer.filter(has_text=re.compile(f"^{digit}$")).first).to_be_visible()
    expect(answer).to_have_count(1)  # while a page changes, the answer before is there too
    expect(page.locator(f'[role=status][aria-label^="Read as {digit}, "]').first).to_be_attached()


def expect_invitation(page: Page) -> None:
    """Wait until the page invites to draw and shows no answer."""
    expect_status(page, "Draw a digit from 0 to 9")
    expect(page.locator(".answer .digit")).to_have_count(0)


def go_to(page: Page, name: str) -> None:
    """Follow the link to a page, and wait for all of it: clicks on what is still being sent may be lost."""
    page.get_by_role("link", name=name).click()
    page.locator(SIGNS[name]).wait_for()
    expect_finished(page)


def expect_finished(page: Page) -> None:
    """Wait until the server has sent the page to its end."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def expect_fits(page: Page, width: int = 390) -> None:
    """Wait until the page is complete, and check that it is not wider than a phone."""
    expect_finished(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def expect_ink(page: Page) -> None:
    """Wait until the canvas shows what is drawn on it, which it loads after the page."""
    has_ink = """canvas => {
        const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data
        return pixels.some(value => value !== 0)
    }"""
    canvas = page.locator("canvas.dc-canvas.lower-canvas")
    expect_true(page, lambda: canvas.count() == 1 and canvas.evaluate(has_ink))


def expect_settled(page: Page, part: Locator) -> None:
    """Wait until a part of the page is one element that stays where it is.

    A chart is drawn anew when it gets its width, its font or its theme; a click meanwhile is lost.
    """
    watch = """element => {
        const box = JSON.stringify(element.getBoundingClientRect())
        const known = element.settled?.box === box ? element.settled : {box, since: performance.now()}
        element.settled = known
        return performance.now() - known.since
    }"""
    expect_finished(page)
    expect_true(page, lambda: part.count() == 1 and part.evaluate(watch) > SETTLED)


def expect_true(page: Page, condition: Callable[[], object]) -> None:
    """Wait until a condition holds that no locator can tell. Raises AssertionError after PATIENCE."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        page.wait_for_timeout(50)
