"""Pages for everybody: axe-core finds nothing, fingers hit what they aim at, addresses lead somewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.app import Server, draw, expect_digit, expect_finished, go_to
from tests.browser.conftest import NewContext, Visit

PenDigits = list[dict[str, Any]]
Open = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 900}}

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
        '[data-testid="stTooltipIcon"] *',  # 16 pixels to see, 44 to hit: style.css
        '[data-testid="stNumberInput"] button',  # the number beside can be typed
        "[data-tag] button",  # the list can be opened, and the choice taken back there
        ":is(h1, h2, h3, h4) a",  # appears where one points
        '[data-testid="stSelectbox"] button',  # the whole field opens the list
        "input[type=checkbox], input[type=radio], input[type=file]",  # hidden; their label is hit
    ]
)
VIOLATIONS = """async known => {
    const {violations} = await axe.run(document, {resultTypes: ["violations"], elementRef: true})
    return violations.flatMap(({id, nodes}) => nodes
        .filter(({element}) => !(known[id] && element?.matches(known[id])))
        .map(({html, failureSummary}) => `${id}: ${html.slice(0, 300)}: ${failureSummary}`))
}"""
TOO_SMALL = """small => [...document.querySelectorAll("button, a[href], input, summary, [role=radio]")]
    .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.matches(small))
    .map(element => [element, element.closest("[role=group]:has(> input)") ?? element])
    .map(([element, target]) => [element, target.getBoundingClientRect()])
    .filter(([, {width, height}]) => width > 2 && height > 2 && height < 43.5)
    .map(([element, {width, height}]) => `${width} x ${height}: ${element.outerHTML.slice(0, 200)}`)"""


@pytest.fixture
def open_view(new_context: NewContext, server: Server) -> Open:
    """Open a view by its address, e.g. `open_view("photo", color_scheme="dark")`."""

    def open_(address: str, **options: object) -> Page:
        page = new_context(**options).new_page()
        page.goto(f"{server.url}/{address}")
        page.locator(".st-key-pages a").last.wait_for()
        expect_finished(page)
        return page

    return open_


def violations(page: Page) -> list[str]:
    """Return what axe-core finds, without what is known."""
    expect_finished(page)
    page.evaluate(Axe().axe_script)
    return list(page.evaluate(VIOLATIONS, KNOWN))


def test_axe_finds_nothing_in_a_drawing_that_was_read(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit(color_scheme="light", **DESK)
    assert violations(page) == []
    draw(page, pen_digits[5]["strokes"])
    expect_digit(page, 5)
    assert violations(page) == []


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("photo", "dark"),
        ("training?view=Train", "dark"),
        ("training?view=Data", "light"),
        ("nowhere", "dark"),
    ],
)
def test_axe_finds_nothing_on_a_phone(open_view: Open, address: str, scheme: str) -> None:
    page = open_view(address, color_scheme=scheme, **PHONE)
    assert violations(page) == []
    assert page.evaluate(TOO_SMALL, SMALL) == []


@pytest.mark.parametrize(
    ("address", "scheme"),
    [
        ("training?runs=world&runs=convnet", "dark"),
        ("training?view=Run&run=world", "light"),
        ("training?view=Evaluation&run=world&look=Sets", "light"),
    ],
)
def test_axe_finds_nothing_beside_charts(open_view: Open, address: str, scheme: str) -> None:
    page = open_view(address, color_scheme=scheme, **DESK)
    expect(page.locator("[data-testid=stVegaLiteChart] .marks").first).to_be_visible()
    assert violations(page) == []


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
