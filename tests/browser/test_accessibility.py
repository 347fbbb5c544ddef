"""Pages for everybody: axe-core finds nothing, fingers hit what they aim at, zooming cuts nothing off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.app import Server, draw, draw_stroke, expect_finished, expect_invitation, go_to, tool
from tests.browser.conftest import NewContext, Visit

Open = Callable[..., Page]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
ZOOMED = ((640, 450), (320, 225))  # pixels that are left of DESK's at 200 and 400 %

# By rule, what Streamlit's own elements do and neither a setting nor a style can change.
KNOWN = {
    # The place for files is "presentation" and has a name; the button in it is named as well.
    "presentation-role-conflict": '[data-testid="stFileUploaderDropzone"]',
}
# Smaller than a finger, for the same reason.
SMALL = ", ".join(
    [
        '[data-testid="stHeader"] *',  # the menu with the choice of theme
        '[data-testid="stElementToolbar"] *',  # of tables and charts; all that they do can be done elsewhere
        '[data-testid="stTooltipIcon"] *, button[aria-label="Clear all"]',  # 44 pixels to hit: style.css
        '[data-testid="stNumberInput"] button',  # the number beside can be typed
        "[data-tag] button",  # the list can be opened, and the choice taken back there
        ":is(h1, h2, h3, h4) a",  # appears where one points
        ":is(.stSelectbox, .stMultiSelect) [aria-haspopup]",  # the whole field opens the list
        "input[type=checkbox], input[type=radio], input[type=file]",  # hidden; their label is hit
    ]
)
# Asked for when no colour is changing any more.
VIOLATIONS = """async known => {
    const changes = document.getAnimations().filter(animation => animation instanceof CSSTransition)
    await Promise.allSettled(changes.map(change => change.finished))
    const options = {resultTypes: ["violations"], elementRef: true, preload: false}
    const {violations} = await axe.run(document, options)
    return violations.flatMap(({id, nodes}) => nodes
        .filter(({element}) => !(known[id] && element?.matches(known[id])))
        .map(({html, failureSummary}) => `${id}: ${html.slice(0, 300)}: ${failureSummary}`))
}"""
# What is cut off, or must be scrolled to both sides, but for tables, charts and rows of pictures. A chart
# follows its place after some frames.
CUT_OFF = """async () => {
    const root = document.documentElement
    const wide = () => [root, ...document.querySelectorAll("body, body *")]
        .filter(element => element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 1)
        .filter(element => element === root || getComputedStyle(element).overflowX !== "visible")
        .filter(element => !element.closest(".stDataFrame, .stVegaLiteChart, .st-key-photo-thumbnails"))
        .filter(element => element.checkVisibility({visibilityProperty: true}))
    for (let frame = 0; frame < 300 && wide().length; frame++) await new Promise(requestAnimationFrame)
    return wide().map(({scrollWidth, outerHTML}) => `${scrollWidth} pixels: ${outerHTML.slice(0, 200)}`)
}"""
TOO_SMALL = """small => [...document.querySelectorAll("button, a[href], input, summary, [role=radio]")]
    .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.matches(small))
    .map(element => [element, element.closest("[role=group]:has(> input)") ?? element])
    .map(([element, target]) => [element, target.getBoundingClientRect()])
    .filter(([, {width, height}]) => width > 2 && height > 2 && height < 43.5)
    .map(([element, {width, height}]) => `${width} x ${height}: ${element.outerHTML.slice(0, 200)}`)"""


@pytest.fixture
def open_view(new_context: NewContext, server: Server) -> Open:
    """Open a view by its address, as the owner, e.g. `open_view("photo", color_scheme="dark")`."""

    def open_(address: str, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.request.get(server.owners_link)  # the page has its cookies
        page.goto(f"{server.url}/{address}")
        page.locator(".st-key-pages a").last.wait_for()
        expect_finished(page)
        return page

    return open_


def press(what: str, sign: str) -> Callable[[Page], None]:
    """Return a step to another view: a click there, after which there is this sign of it."""

    def step(page: Page) -> None:
        page.locator(what).first.click()
        page.locator(sign).first.wait_for()

    return step


def write_a_number(page: Page) -> None:
    """Draw two 1s."""
    tool(page, "Clear").click()
    expect_invitation(page)
    draw(page, [[[100 + 80 * k, 80], [100 + 80 * k, 150], [100 + 80 * k, 220]] for k in range(2)])
    page.locator(".answer.number").wait_for()


def write_a_digit(page: Page) -> None:
    """Draw a 1 for the quiz, and let it be read."""
    draw_stroke(page, [[150, 80], [150, 150], [150, 220]])
    press("role=button[name='Read it']", ".judged")(page)


def look(name: str, sign: str) -> Callable[[Page], None]:
    """Return the step to another way of looking at an evaluation."""
    return press(f'role=radio[name="{name}"]', sign)


CHART = "[data-testid=stVegaLiteChart] .marks"
TILE = "[class*=st-key-tiles-] img"
# The views by the address of the first, with a sign of it, and the steps to the others.
VIEWS: dict[str, tuple[str, list[Callable[[Page], None]]]] = {
    "": (
        "canvas.upper-canvas[aria-label]",
        [
            press(".st-key-sample-3 button", ".answer figure"),
            press("role=button[name=Share]", "role=button[name='Copy link']"),
            write_a_number,
            press(".st-key-settings button", "role=radio[name=Number]"),
        ],
    ),
    "photo": (
        ".st-key-photo-samples img",
        [
            press('role=button[name="Lined paper"]', ".photo"),
            press(".digit.doubtful", ".panel:visible"),
        ],
    ),
    "training?runs=world&runs=convnet": (
        CHART,
        [press(".st-key-open-world button", "role=heading[name=Files]")],
    ),
    "training?view=Evaluation&run=world&against=convnet": (
        CHART,
        [
            look("Digits", CHART),
            look("Confidence", CHART),
            look("Examples", TILE),
            look("Sets", CHART),
            look("Corruptions", CHART),
            look("Against", TILE),
        ],
    ),
    "training?view=Train": (".st-key-start-training", [press("summary", "role=spinbutton")]),
    "training?view=Data": (".data-grid", [press('role=radio[name="Means and counts"]', ".data-means")]),
    "quiz?tasks=1": (
        "canvas.upper-canvas[aria-label]",
        [write_a_digit, press("role=button[name=Next]", ".results img")],
    ),
    "nowhere": ('role=link[name="Go to Photo"]', []),
}


@pytest.mark.parametrize("address", VIEWS)
def test_every_view_is_for_everybody(open_view: Open, address: str) -> None:
    page = open_view(address, color_scheme="dark", **PHONE)
    page.evaluate(Axe().axe_script)
    sign, steps = VIEWS[address]
    page.locator(sign).first.wait_for()
    found = flaws(page)
    for step in steps:
        step(page)
        found += flaws(page)
    assert found == []


def flaws(page: Page) -> list[str]:
    """Return what axe-core finds on a dark phone and a light desk, and what zooming cuts off."""
    found = []
    for width, height in ZOOMED:
        page.set_viewport_size({"width": width, "height": height})
        found += [f"cut off at {width} pixels: {text}" for text in page.evaluate(CUT_OFF)]
    for place, view in (("desk, light", DESK), ("phone, dark", PHONE)):
        page.set_viewport_size(view["viewport"])
        page.emulate_media(color_scheme="light" if view is DESK else "dark")
        expect_finished(page)
        found += [f"{place}: {text}" for text in page.evaluate(VIOLATIONS, KNOWN)]
    return found + [f"too small: {text}" for text in page.evaluate(TOO_SMALL, SMALL)]


def test_the_menu_says_where_one_is(visit: Visit) -> None:
    page = visit()
    menu = page.get_by_role("navigation", name="Pages")
    for name in ("Draw", "Photo", "Training", "Draw"):
        go_to(page, name)
        expect(menu.locator("[aria-current=page]")).to_have_text(name)
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Digit reader: {name}")


def test_the_first_page_has_an_address_with_its_name(open_view: Open) -> None:
    page = open_view("draw", **DESK)
    page.locator(".st-key-paper").wait_for()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("heading", level=1)).to_have_text("Digit reader: Draw")


def test_an_unknown_address_says_where_to_go(open_view: Open) -> None:
    page = open_view("nowhere", **DESK)
    expect(page.get_by_text("There is no page at this address.")).to_be_visible()
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="Go to Photo").click()
    page.locator(".st-key-photo-settings").wait_for()
    expect(page.get_by_role("heading", level=1)).to_have_text("Digit reader: Photo")
