"""The paper in the hand: strokes by mouse and touch, answers during them, undo, keys, and what is kept."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.app import (
    Server,
    another_answer,
    draw,
    draw_by_touch,
    draw_stroke,
    expect_digit,
    expect_finished,
    expect_fits,
    expect_ink,
    expect_invitation,
    expect_strokes,
    expect_true,
    go_to,
    paper,
    place,
    serve,
    strokes_kept,
    tool,
)
from tests.browser.conftest import Visit

PenDigits = list[dict[str, Any]]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
SEVEN = [[[70, 60], [120, 60], [170, 60], [220, 60], [170, 150], [120, 250]]]
BAR = [[[100, 150], [155, 150], [210, 150]]]


def answered(page: Page) -> dict[str, Any]:
    return dict(page.evaluate("({number: paperLink.answered, leftOut: paperLink.leftOut})"))


def test_strokes_that_begin_where_the_toolbar_lay_are_read_on_touch(visit: Visit) -> None:
    page = visit(**PHONE)
    draw_by_touch(page, [[[170, 8], [225, 8], [292, 8], [240, 150], [200, 290]]])
    expect_digit(page, 7)
    expect(page.locator(".dc-toolbar")).to_be_hidden()


def test_every_place_of_the_paper_takes_a_touch(visit: Visit) -> None:
    page = visit(**PHONE)
    client = page.context.new_cdp_session(page)
    at = place(page)
    corners = [(x, y) for y in range(6, 300, 32) for x in range(6, 300, 32)]
    for x, y in corners:
        for kind, points in (("Start", [(x, y)]), ("Move", [(150, 150)]), ("End", [])):
            touches = [dict(zip("xy", at(point), strict=True)) for point in points]
            client.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": touches})
    expect_strokes(page, len(corners))
    assert len(corners) == 100
    for (x, y), stroke in zip(corners, strokes_kept(page), strict=True):
        assert stroke[0] == pytest.approx([x, y], abs=1)


def test_seven_points_a_stroke_are_enough_however_fast(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit()
    for digit, drawing in enumerate(pen_digits):
        at = place(page)
        for stroke in drawing["strokes"]:
            kept = [stroke[round(k * (len(stroke) - 1) / 6)] for k in range(7)]
            page.mouse.move(*at(kept[0]))
            page.mouse.down()
            for point in kept[1:]:
                page.mouse.move(*at(point))
            page.mouse.up()
        expect_digit(page, digit)
        tool(page, "Clear").click()
        expect_invitation(page)


def test_answers_come_while_the_pen_is_down_and_the_last_one_is_of_the_whole_drawing(
    visit: Visit, pen_digits: PenDigits
) -> None:
    page = visit()
    at = place(page)
    page.evaluate("""() => {
        window.answers = []
        addEventListener("paper-answer", () => answers.push(paperLink.answered))
    }""")
    page.mouse.move(*at((60, 40)))
    page.mouse.down()
    for k in range(40):
        page.mouse.move(*at((60 + 4 * k, 40 + k % 3)))
        page.wait_for_timeout(30)
    expect_true(page, lambda: len(set(page.evaluate("answers"))) >= 3)
    expect(page.get_by_role("status").first).to_be_visible()
    page.mouse.up()
    expect_true(page, lambda: page.evaluate("answers.at(-1)") == answered(page)["number"])
    tool(page, "Clear").click()
    draw(page, pen_digits[5]["strokes"])
    expect_digit(page, 5)


def test_nothing_jumps_or_blinks_while_one_draws(visit: Visit) -> None:
    page = visit()
    page.evaluate("""() => {
        window.shift = 0
        new PerformanceObserver(list => {
            for (const entry of list.getEntries()) shift += entry.value
        }).observe({type: "layout-shift", buffered: false})
        window.blanks = 0
        const look = () => {
            const picture = document.querySelector(".answer img")
            if (picture && !picture.complete) blanks += 1
            requestAnimationFrame(look)
        }
        look()
    }""")
    at = place(page)
    page.mouse.move(*at((60, 60)))
    page.mouse.down()
    for k in range(40):
        page.mouse.move(*at((60 + 4 * k, 60)) if k < 30 else at((180 - 2 * (k - 30), 60 + 18 * (k - 30))))
        page.wait_for_timeout(30)
    page.mouse.up()
    expect(page.locator(".answer .digit")).to_be_visible()
    expect_finished(page)
    assert page.evaluate("shift") <= 0.05
    assert page.evaluate("blanks") == 0


def test_undo_redo_and_a_clear_that_can_be_undone(visit: Visit) -> None:
    page = visit()
    expect(tool(page, "Undo")).to_be_disabled()
    draw(page, SEVEN)
    expect_digit(page, 7)
    picture = page.locator(".answer img").first  # a number's parts stay until the answer is complete
    plain = picture.get_attribute("src") or ""
    draw(page, BAR)
    expect(picture).not_to_have_attribute("src", plain)
    tool(page, "Undo").click()
    expect(picture).to_have_attribute("src", plain)
    expect_strokes(page, 1)
    tool(page, "Redo").click()
    expect(picture).not_to_have_attribute("src", plain)
    expect_strokes(page, 2)
    tool(page, "Clear").click()
    expect_invitation(page)
    expect_strokes(page, 0)
    tool(page, "Undo").click()
    expect_digit(page, 7)
    expect_strokes(page, 2)
    expect_ink(page)
    tool(page, "Undo").click()
    expect(picture).to_have_attribute("src", plain)
    draw(page, BAR)  # the sheet after an undo can be drawn on
    expect_strokes(page, 2)
    expect(tool(page, "Redo")).to_be_disabled()


def test_the_same_by_touch_and_two_undos_in_quick_succession(visit: Visit) -> None:
    page = visit(**PHONE)
    draw_by_touch(page, SEVEN)
    draw_by_touch(page, BAR)
    tool(page, "Undo").tap()
    tool(page, "Undo").tap()
    expect_invitation(page)
    expect_strokes(page, 0)
    tool(page, "Redo").tap()
    expect_digit(page, 7)
    expect_strokes(page, 1)


def test_keys_undo_redo_clear_and_draw_samples(visit: Visit) -> None:
    page = visit()
    page.keyboard.press("3")
    expect_digit(page, 3)
    expect_strokes(page, 1)
    expect_ink(page)
    draw(page, BAR)
    page.keyboard.press("Control+z")
    expect_strokes(page, 1)
    expect_digit(page, 3)
    page.keyboard.press("Control+Shift+z")
    expect_strokes(page, 2)
    page.keyboard.press("Delete")
    expect_invitation(page)
    page.keyboard.press("8")
    expect_digit(page, 8)


def test_keys_in_a_text_field_are_its_own(visit: Visit) -> None:
    page = visit()
    draw(page, SEVEN)
    page.get_by_role("button", name="Settings").click()
    page.get_by_role("combobox", name="Model").fill("128")
    page.keyboard.press("3")
    page.keyboard.press("Control+z")
    page.wait_for_timeout(300)  # for a wrong answer to come
    expect_digit(page, 7)
    assert len(strokes_kept(page)) == 1


def test_a_reload_loses_nothing_and_undo_goes_on(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit()
    draw(page, pen_digits[5]["strokes"])
    expect_digit(page, 5)
    page.reload()
    expect_digit(page, 5)
    expect_strokes(page, len(pen_digits[5]["strokes"]))
    expect_ink(page)
    tool(page, "Clear").click()
    expect_invitation(page)
    page.reload()
    expect_invitation(page)
    expect(tool(page, "Clear")).to_be_disabled()


def test_a_restart_of_the_server_loses_nothing(browser: Browser, pen_digits: PenDigits) -> None:
    with browser.new_context(viewport={"width": 1100, "height": 800}) as context:
        page = context.new_page()
        with serve() as server:
            page.goto(server.url)
            expect(page.locator("canvas.upper-canvas[aria-label]")).to_be_visible()
            draw(page, pen_digits[5]["strokes"])
            expect_digit(page, 5)
        with serve(port=server.url.rsplit(":")[-1]):
            expect_true(page, lambda: page.evaluate("paperLink.answered") > 0)
            expect_digit(page, 5)
            tool(page, "Undo").click()
            expect_strokes(page, 1)
            draw(page, pen_digits[5]["strokes"][1:])
            expect_digit(page, 5)


def test_drawings_of_a_session_are_kept_to_go_back_to(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit()
    for digit in (4, 5):
        draw(page, pen_digits[digit]["strokes"])
        expect_digit(page, digit)
        tool(page, "New").click()
        expect_invitation(page)
    drawings = page.get_by_role("group", name="Drawings").get_by_role("button")
    expect(drawings).to_have_count(3)
    page.keyboard.press("Control+z")  # takes back the last New
    expect_digit(page, 5)
    expect_strokes(page, len(pen_digits[5]["strokes"]))
    expect(drawings).to_have_count(2)
    page.keyboard.press("Control+Shift+z")
    expect_invitation(page)
    expect(drawings).to_have_count(3)
    drawings.nth(0).click()
    expect_digit(page, 4)
    expect_strokes(page, len(pen_digits[4]["strokes"]))
    expect(drawings).to_have_count(2)  # the empty one is gone
    go_to(page, "Training")
    go_to(page, "Draw")
    expect_digit(page, 4)
    page.reload()
    expect_digit(page, 4)
    drawings.nth(1).click()
    expect_digit(page, 5)


def test_the_paper_is_as_large_as_the_place(visit: Visit) -> None:
    page = visit(viewport={"width": 1366, "height": 768})
    least = {(390, 844): 358, (844, 390): 300, (768, 1024): 400, (1280, 720): 500, (1920, 1080): 700}

    def is_as_large(side: int) -> bool:
        box = paper(page).bounding_box()
        is_square = box is not None and box["width"] == pytest.approx(box["height"])
        return box is not None and is_square and side <= box["width"] <= 700

    for (width, height), side in least.items():
        page.set_viewport_size({"width": width, "height": height})
        expect_true(page, lambda side=side: is_as_large(side))  # type: ignore[misc]
        expect_fits(page, width)


def test_the_drawing_stays_when_the_window_changes(visit: Visit, pen_digits: PenDigits) -> None:
    page = visit(viewport={"width": 1280, "height": 800})
    draw(page, pen_digits[4]["strokes"][:1])
    kept = strokes_kept(page)
    page.set_viewport_size({"width": 700, "height": 600})
    expect_ink(page)
    draw(page, pen_digits[4]["strokes"][1:])
    expect_digit(page, 4)
    assert strokes_kept(page)[0] == kept[0]


def test_present_fills_the_screen_and_escape_leaves(visit: Visit) -> None:
    page = visit(viewport={"width": 1280, "height": 720})
    draw(page, SEVEN)
    before = paper(page).bounding_box()
    tool(page, "Present").click()
    expect(page.locator(".st-key-menu")).to_be_hidden()
    expect_digit(page, 7)
    after = paper(page).bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"]
    draw(page, BAR)
    expect_strokes(page, 2)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-menu")).to_be_visible()
    tool(page, "Present").click()
    expect(page.locator(".st-key-menu")).to_be_hidden()
    tool(page, "Present").click()  # a touch screen has no Escape
    expect(page.locator(".st-key-menu")).to_be_visible()


def test_the_page_scrolls_beside_the_paper_and_not_under_the_pen(visit: Visit) -> None:
    page = visit(viewport={"width": 844, "height": 390}, has_touch=True, is_mobile=True)
    main = page.get_by_test_id("stMain")
    client = page.context.new_cdp_session(page)

    def swipe(x: float, y: float) -> float:
        main.evaluate("element => element.scrollTo(0, 0)")
        client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for k in range(1, 9):
            touch = {"x": x, "y": y - 20 * k}
            client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [touch]})
        client.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(400)
        return float(main.evaluate("element => element.scrollTop"))

    assert swipe(*place(page)((150, 240))) == 0
    assert swipe(800, 300) > 0


def test_what_was_not_read_is_tinted_with_a_word(visit: Visit) -> None:
    page = visit()
    draw(page, SEVEN)
    expect_digit(page, 7)
    draw_stroke(page, [[280, 280], [282, 281], [284, 281]])  # a slip of the pen
    overlay = page.locator("svg[data-unread]")
    expect(overlay.locator("polyline")).to_have_count(1)
    expect(overlay).to_contain_text("not read")
    tool(page, "Undo").click()
    expect(overlay.locator("polyline")).to_have_count(0)


def test_the_canvas_has_a_name_and_takes_the_focus(visit: Visit) -> None:
    page = visit()
    canvas = page.get_by_role("img", name="Paper")
    canvas.focus()
    expect(canvas).to_be_focused()
    page.keyboard.press("4")
    expect_digit(page, 4)


def test_a_touch_that_the_system_takes_away_ends_its_stroke(visit: Visit) -> None:
    page = visit(**PHONE)
    client = page.context.new_cdp_session(page)
    points = [dict(zip("xy", place(page)(point), strict=True)) for point in SEVEN[0]]
    client.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": points[:1]})
    for point in points[1:]:
        client.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [point]})
    client.send("Input.dispatchTouchEvent", {"type": "touchCancel", "touchPoints": []})
    expect_strokes(page, 1)
    draw_by_touch(page, BAR)
    expect_strokes(page, 2)


def test_a_canvas_that_cannot_be_reached_is_read_by_what_it_sends(browser: Browser, server: Server) -> None:
    context = browser.new_context(viewport={"width": 1100, "height": 800})
    context.add_init_script("""
        const attach = Element.prototype.attachShadow
        Element.prototype.attachShadow = function (options) {
          const root = attach.call(this, options)
          Object.defineProperty(this, "shadowRoot", {get: () => null})
          return root
        }
    """)
    page = context.new_page()
    page.goto(server.url)
    expect_invitation(page)
    page.wait_for_timeout(1000)
    box = page.locator(".st-key-paper").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 200, steps=8)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 300, steps=8)
    page.mouse.up()
    expect_digit(page, 1)
    with another_answer(page):
        tool(page, "Clear").click()
    expect_invitation(page)
    context.close()
