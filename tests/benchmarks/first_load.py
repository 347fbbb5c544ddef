"""What the first visit costs: requests and bytes of each page, and how far anything jumps.

python -m tests.benchmarks.first_load
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.benchmarks.machine import machine
from tests.browser.app import Server, draw, expect_finished, serve
from tests.browser.conftest import ARGUMENTS, find_chromium
from tests.conftest import load_pen_digits

PAGES = {
    "Draw": ("", "canvas.upper-canvas[aria-label]"),
    "Photo": ("photo", ".st-key-photo-samples img"),
    "Training": ("training", "[data-testid=stVegaLiteChart] .marks"),
}
DEVICES: dict[str, dict[str, Any]] = {
    "desk": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
SETTLED = 2_000  # ms after the last that is waited for
# CLS as browsers count it: the worst window of shifts less than a second apart, of five seconds at most.
WATCH = """
    window.shifts = []
    new PerformanceObserver(list => shifts.push(...list.getEntries().filter(shift => !shift.hadRecentInput)))
        .observe({type: "layout-shift", buffered: true})
    window.cls = () => {
        let worst = 0, sum = 0, first = 0, last = -Infinity
        for (const {startTime, value} of shifts.splice(0)) {
            const goesOn = startTime - last < 1000 && startTime - first < 5000
            sum = goesOn ? sum + value : value
            first = goesOn ? first : startTime
            last = startTime
            worst = Math.max(worst, sum)
        }
        return worst
    }
"""


def main() -> None:
    """Print a line for each page on each device."""
    print(machine())
    with serve() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        for device, look in DEVICES.items():
            for name in PAGES:
                visit(browser, server, name, device, look)
        browser.close()


def visit(browser: Browser, server: Server, name: str, device: str, look: dict[str, Any]) -> None:
    """Open a page in a browser that knows nothing of it, and do what gives an answer there."""
    address, sign = PAGES[name]
    page = browser.new_context(**look).new_page()
    page.add_init_script(WATCH)
    sizes = count_bytes(page)
    page.goto(f"{server.url}/{address}")
    page.locator(sign).first.wait_for(timeout=60_000)
    settle(page)
    load = page.evaluate("cls()")
    total = ", ".join(f"{kind} {size / 1e6:.2f}" for kind, size in sizes.most_common(4) if kind != "requests")
    size = sum(sizes.values()) - sizes["requests"]
    print(f"{name}, {device}: {sizes['requests']} requests, {size / 1e6:.2f} MB as transferred ({total})")
    answer(page, name)
    settle(page)
    later = page.evaluate("cls()")
    print(f"    layout shift on load {load:.3f} (to reach: 0.1), on an answer {later:.3f} (to reach: 0.05)")
    page.context.close()


def count_bytes(page: Page) -> Counter[str]:
    """Return a counter of a page's `requests`, and of bytes by kind, that grows while it loads."""
    sizes: Counter[str] = Counter()
    kinds: dict[str, str] = {}
    client = page.context.new_cdp_session(page)
    client.send("Network.enable")

    def on_finished(event: dict[str, Any]) -> None:
        sizes["requests"] += 1
        sizes[kinds[event["requestId"]]] += int(event["encodedDataLength"])

    client.on("Network.responseReceived", lambda event: kinds.update({event["requestId"]: event["type"]}))
    client.on("Network.loadingFinished", on_finished)
    return sizes


def settle(page: Page) -> None:
    """Wait until nothing comes any more."""
    expect_finished(page)
    page.wait_for_timeout(SETTLED)


def answer(page: Page, name: str) -> None:
    """Draw a digit, read a sample, or choose another run."""
    if name == "Draw":
        draw(page, load_pen_digits()[5]["strokes"])
    elif name == "Photo":
        page.get_by_role("button", name="Lined paper", exact=True).click()
        page.locator(".digit").first.wait_for(timeout=60_000)
    else:
        page.get_by_role("button", name="Learning rate", exact=True).click()
        page.locator("[data-testid=stVegaLiteChart] .marks").nth(2).wait_for(timeout=60_000)


if __name__ == "__main__":
    main()
