from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mnist_app.domain import Box, Photo
from mnist_app.ui.photo import canvas_boxes


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
    assert not canvas_boxes.boxes_of(raw)


def test_a_scaled_box_is_as_large_as_it_is_seen() -> None:
    rect = {"type": "LabeledRect", "left": 50, "top": 40, "width": 20, "height": 10, "scaleX": 2, "scaleY": 3}
    assert canvas_boxes.boxes_of({"objects": [rect]}) == [canvas_boxes.CanvasBox("", Box(50, 40, 40, 30))]
    centred = {**rect, "originX": "center", "originY": "center", "label": 7}
    assert canvas_boxes.boxes_of({"objects": [centred]}) == [canvas_boxes.CanvasBox("", Box(30, 25, 40, 30))]


def test_a_box_is_the_same_on_the_canvas_and_back() -> None:
    photo = Photo(np.zeros((300, 400, 3), np.uint8), 0.5)
    for turned in (0, 90, 180, 270):
        canvas = canvas_boxes.Canvas(photo, turned)
        box = Box(100, 60, 50, 80)
        back = canvas.back(canvas.place(box))
        assert (back.left, back.top, back.width, back.height) == pytest.approx((100, 60, 50, 80))
        assert max(canvas.size) == canvas_boxes.SIDE


def test_what_is_circled_is_a_box() -> None:
    path = [["M", 30, 40], ["L", 60, 20], ["L", 90, 60], ["L", 50, 100], ["L", 30, 40]]
    circle = {"type": "Path", "path": path}
    assert canvas_boxes.boxes_of({"objects": [circle]}) == [canvas_boxes.CanvasBox("", Box(30, 20, 60, 80))]
    assert canvas_boxes.boxes_of({"objects": [{"type": "Path", "path": [["M", "x", 1]]}]}) == []
    assert canvas_boxes.boxes_of({"objects": [{"type": "Path", "path": []}]}) == []
