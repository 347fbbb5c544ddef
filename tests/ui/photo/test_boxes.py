from __future__ import annotations

import dataclasses
import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_app.domain import Box, Photo
from mnist_app.ui.photo import boxes, session
from tests.reading.test_page import TEXT, text_page
from tests.ui.pages import html, open_page
from tests.ui.photo_page import canvas_sends, click, drop, on_canvas, photo_page, png_of


def test_a_digit_can_be_corrected_deleted_and_all_of_it_undone(page: bytes) -> None:
    app = drop(("page.png", page))
    app.button(key="label-9").click().run()  # of the first digit
    assert app.code[0].value == "9357\n604"
    app.button(key="label-none").click().run()
    assert app.code[0].value == "357\n604"
    app.toggle(key="boxes_on").set_value(True).run()
    click(app, "Undo all changes")
    assert app.code[0].value == "2357\n604"


def test_boxes_on_the_canvas_can_be_deleted_relabelled_and_drawn(page: bytes) -> None:
    app = on_canvas(page)
    canvas_sends(app, lambda all_: all_[1:])
    assert app.code[0].value == "357\n604"
    canvas_sends(app, lambda all_: [{**all_[0], "label": "8"}, *all_[1:]])
    assert app.code[0].value == "8357\n604"
    empty = {"type": "LabeledRect", "left": 5, "top": 5, "width": 40, "height": 40, "label": ""}
    canvas_sends(app, lambda all_: [*all_, empty])
    assert app.code[0].value == "2357\n604"


def test_a_box_that_is_moved_is_read_anew_and_its_old_text_is_nobodys_word(page: bytes) -> None:
    app = on_canvas(page)
    places = app.session_state["boxes_seen"]
    six = dataclasses.asdict(places[4].box)
    assert places[4].label == "6"
    canvas_sends(app, lambda all_: [*all_[:4], *all_[5:]])
    canvas_sends(app, lambda all_: [{**all_[0], **six}, *all_[1:4], *all_[5:]])  # the 2 to where the 6 is
    reading = app.session_state["photos"][0].reading
    assert reading.lines == ("357", "604")
    assert all(digit.label is None for digit in reading.digits)


def test_another_photo_or_model_has_a_canvas_of_its_own(page: bytes) -> None:
    app = on_canvas(page)
    app.selectbox(key="model").select("convnet").run()
    boxes_of_convnet = app.session_state["boxes_start"]["objects"]
    assert [box["label"] for box in boxes_of_convnet] == list(
        app.session_state["photos"][0].reading.text.replace("\n", "")
    )
    other = png_of(np.asarray(Image.open(io.BytesIO(page)))[:, 40:])
    app.session_state["photos"] = [session.UploadedPhoto("other.png", other)]
    app.run()
    assert app.code[0].value == "2357\n604"
    assert app.session_state["boxes_start"]["objects"][0]["left"] != boxes_of_convnet[0]["left"]


def test_a_doubtful_digit_can_be_confirmed() -> None:
    app = click(open_page(photo_page), "Lined paper")
    doubtful = sum(digit.is_doubtful for digit in app.session_state["photos"][0].reading.digits)
    assert doubtful == 1
    app.button(key="label-1").click().run()
    assert "none doubtful" in html(app)


def test_boxes_can_be_drawn_where_nothing_was_found() -> None:
    app = drop(("letter.png", png_of(text_page(TEXT[:30], 40))))
    assert "does not look like digits" in html(app)
    assert not app.code
    app.toggle(key="boxes_on").set_value(True).run()
    assert not app.exception
    box = {"type": "LabeledRect", "left": 22, "top": 22, "width": 30, "height": 36, "label": "5"}
    canvas_sends(app, lambda _: [box])
    assert "does not look like" not in html(app)
    assert app.session_state["photos"][0].reading.text == "5"


def test_without_any_box_the_page_says_what_to_do(page: bytes) -> None:
    app = canvas_sends(on_canvas(page), lambda _: [])
    assert "There is no box left" in html(app)


@pytest.mark.parametrize(
    "raw",
    [
        None,
        7,
        {"objects": 3},
        {"objects": [7, {"type": "Path"}, {"type": "LabeledRect"}]},
        {"objects": [{"type": "LabeledRect", "left": "x", "top": 1, "width": 9, "height": 9}]},
        {"objects": [{"type": "LabeledRect", "left": float("nan"), "top": 1, "width": 9, "height": 9}]},
        {"objects": [{"type": "LabeledRect", "left": 10**400, "top": 1, "width": 9, "height": 9}]},
        {"objects": [{"type": "LabeledRect", "left": 1e9, "top": 1, "width": 9, "height": 9}]},
        {"objects": [{"type": "LabeledRect", "left": 1, "top": 1, "width": 1, "height": 9}]},
        {"objects": [{}] * 2_000},
    ],
)
def test_malformed_boxes_are_none(raw: Any) -> None:
    assert not boxes.boxes_of(raw)


def test_a_scaled_box_is_as_large_as_it_is_seen() -> None:
    rect = {"type": "LabeledRect", "left": 50, "top": 40, "width": 20, "height": 10, "scaleX": 2, "scaleY": 3}
    assert boxes.boxes_of({"objects": [rect]}) == [boxes.CanvasBox("", Box(50, 40, 40, 30))]
    centred = {**rect, "originX": "center", "originY": "center", "label": 7}
    assert boxes.boxes_of({"objects": [centred]}) == [boxes.CanvasBox("", Box(30, 25, 40, 30))]


def test_a_box_is_the_same_on_the_canvas_and_back() -> None:
    photo = Photo(np.zeros((300, 400, 3), np.uint8), 0.5)
    for turned in (0, 90, 180, 270):
        canvas = boxes.Canvas(photo, turned)
        box = Box(100, 60, 50, 80)
        back = canvas.back(canvas.place(box))
        assert (back.left, back.top, back.width, back.height) == pytest.approx((100, 60, 50, 80))
        assert max(canvas.size) == boxes.SIDE


def test_what_is_circled_is_a_box() -> None:
    path = [["M", 30, 40], ["L", 60, 20], ["L", 90, 60], ["L", 50, 100], ["L", 30, 40]]
    circle = {"type": "Path", "path": path}
    assert boxes.boxes_of({"objects": [circle]}) == [boxes.CanvasBox("", Box(30, 20, 60, 80))]
    assert boxes.boxes_of({"objects": [{"type": "Path", "path": [["M", "x", 1]]}]}) == []
    assert boxes.boxes_of({"objects": [{"type": "Path", "path": []}]}) == []
