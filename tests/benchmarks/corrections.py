"""How long it takes to correct five digits of a page of sixty, by mouse, touch and keys, in real Chromium.

python -m tests.benchmarks.corrections

The script waits as a person must: until the page shows what the last press did, and PAUSE before each press.
"""

from __future__ import annotations

import io
import re
import statistics
import time
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect, sync_playwright

from mnist_app.ink.drawing import parse_drawing
from tests.benchmarks.machine import machine
from tests.benchmarks.synthetic.pages import photograph
from tests.benchmarks.synthetic.test_pages import LOOK
from tests.browser.app import SIGNS, expect_finished, serve
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.conftest import load_pen_digits

PAUSE = 0.3  # seconds: about what pointing at something takes (Fitts's law, targets of 44 pixels)
STEP = 0.1  # seconds between presses of the same key
ROUNDS = 5
WRONG = ((0, 3), (1, 8), (2, 5), (4, 1), (5, 9))  # rows and columns of those to correct
ROWS, COLUMNS = 6, 10
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}

Wait = Callable[[float], None]


def page_of_sixty(seed: int = 0) -> tuple[bytes, list[str]]:
    """Return a photo of six rows of ten digits as a PNG, and its rows."""
    rng, drawings = np.random.default_rng(seed), load_pen_digits()
    hand = {digit: [parse_drawing(drawings[digit])] for digit in range(10)}
    rows = ["".join(map(str, rng.integers(0, 10, COLUMNS))) for _ in range(ROWS)]
    photo = photograph(rows, hand, rng, LOOK, side=1_600, spacing=(0.15, 0.5)).photo
    content = io.BytesIO()
    Image.fromarray(photo).save(content, "PNG")
    return content.getvalue(), rows


def corrected(rows: Sequence[str]) -> list[str]:
    """Return the rows with another digit in each place of WRONG."""
    digits = [list(row) for row in rows]
    for row, column in WRONG:
        digits[row][column] = str((int(digits[row][column]) + 1) % 10)
    return ["".join(row) for row in digits]


def digit_at(page: Page, row: int, column: int) -> Locator:
    """Return the frame of a digit on the photo, found by its name."""
    name = re.compile(f"^Digit {row * COLUMNS + column + 1} of ")
    return page.get_by_role("button", name=name)


def by_mouse(page: Page, wanted: Sequence[str], wait: Wait) -> None:
    """Click each digit that is wrong, and the right one in its panel."""
    _by_pressing(page, wanted, wait, Locator.click)


def by_touch(page: Page, wanted: Sequence[str], wait: Wait) -> None:
    """Tap each digit that is wrong, and the right one in its panel."""
    _by_pressing(page, wanted, wait, Locator.tap)


def _by_pressing(page: Page, wanted: Sequence[str], wait: Wait, press: Callable[[Locator], None]) -> None:
    for row, column in WRONG:
        wait(PAUSE)
        press(digit_at(page, row, column))
        expect(page.locator(".panel")).to_be_visible()
        wait(PAUSE)
        press(page.locator(f".key[value='{wanted[row][column]}']"))
        expect(digit_at(page, row, column).locator(".label")).to_have_text(wanted[row][column])


def by_keys(page: Page, wanted: Sequence[str], wait: Wait) -> None:
    """Go to each digit that is wrong with Shift and arrows, and type the right one."""
    wait(PAUSE)
    page.keyboard.press("Shift+ArrowRight")  # the first
    for row, column in WRONG:
        _step(page, row - _chosen(page)[0], "ArrowUp", "ArrowDown", wait)
        _step(page, column - _chosen(page)[1], "ArrowLeft", "ArrowRight", wait)  # rows are not in columns
        expect(digit_at(page, row, column)).to_be_focused()
        wait(PAUSE)
        page.keyboard.press(wanted[row][column])
        expect(digit_at(page, row, column).locator(".label")).to_have_text(wanted[row][column])


def _step(page: Page, steps: int, back: str, forward: str, wait: Wait) -> None:
    for _ in range(abs(steps)):
        wait(STEP)
        page.keyboard.press(f"Shift+{forward if steps > 0 else back}")


def _chosen(page: Page) -> tuple[int, int]:
    """Return the row and the column of the digit that is chosen, as a person sees them."""
    name = page.locator(".digit.chosen").get_attribute("aria-label") or ""
    return divmod(int(name.split()[1]) - 1, COLUMNS)


def open_photo(page: Page, url: str, content: bytes) -> None:
    """Open the Photo page with a photo, and wait until it is read."""
    page.goto(url)
    page.get_by_role("link", name="Photo").click()
    page.locator(SIGNS["Photo"]).wait_for()
    file = {"name": "page.png", "mimeType": "image/png", "buffer": content}
    page.locator("input[type=file]").set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator(".digit")).to_have_count(ROWS * COLUMNS)
    expect_finished(page)


def expect_text(page: Page, rows: Sequence[str]) -> None:
    """Wait until the text has these rows and the server has answered the last change."""
    expect(page.locator(".editor[aria-busy=false]")).to_be_attached()
    expect(page.locator(".lines p")).to_have_text([re.compile(rf"^{' ?'.join(row)}$") for row in rows])


def main() -> None:
    """Print the seconds that five corrections take, to the server's answer after the last."""
    print(machine())
    content, rows = page_of_sixty()
    wanted = corrected(rows)
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        for name, correct, options in (
            ("mouse", by_mouse, {"viewport": {"width": 1_280, "height": 900}}),
            ("touch, on a phone", by_touch, PHONE),
            ("keys", by_keys, {"viewport": {"width": 1_280, "height": 900}}),
        ):
            times = []
            for _ in range(ROUNDS):
                context = browser.new_context(**options)
                page = context.new_page()
                open_photo(page, server.url, content)
                started = time.perf_counter()
                correct(page, wanted, time.sleep)
                expect_text(page, wanted)
                times.append(time.perf_counter() - started)
                context.close()
            print(f"five corrections by {name}: {statistics.median(times):.1f} s, slowest {max(times):.1f} s")
        browser.close()


if __name__ == "__main__":
    main()
