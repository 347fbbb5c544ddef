from __future__ import annotations

import copy
import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_app.domain import Drawing
from mnist_app.errors import DrawingError, NoDigitError
from mnist_app.ink.drawing import MAX_POINTS, MAX_STROKES, box_of_drawing, ink_from_drawing, parse_drawing
from tests.ink.drawings import SEVEN, canvas, model_input

PenDigits = list[dict[str, Any]]


def moved(strokes: list[Any], scale: float, dx: float, dy: float) -> dict[str, Any]:
    return {"strokes": [[[x * scale + dx, y * scale + dy] for x, y in stroke] for stroke in strokes]}


@settings(max_examples=60, deadline=None)
@given(
    digit=st.integers(0, 9),
    scale=st.floats(0.1, 6),
    dx=st.floats(-400, 400),
    dy=st.floats(-400, 400),
)
def test_place_and_size_on_the_canvas_do_not_change_the_digit(
    pen_digits: PenDigits, digit: int, scale: float, dx: float, dy: float
) -> None:
    strokes = pen_digits[digit]["strokes"]
    changed = model_input(moved(strokes, scale, dx, dy))
    assert np.abs(changed - model_input({"strokes": strokes})).mean() < 0.01


@pytest.mark.parametrize("width", [1, 4, 16, 40, 90])
def test_pen_width_does_not_change_the_digit(pen_digits: PenDigits, width: int) -> None:
    for drawing in pen_digits:
        thick = canvas(drawing["strokes"], strokeWidth=width)
        assert np.array_equal(model_input(thick), model_input(canvas(drawing["strokes"])))


def test_stroke_order_and_direction_do_not_change_the_digit(pen_digits: PenDigits) -> None:
    for drawing in pen_digits:
        strokes = drawing["strokes"]
        backwards = [stroke[::-1] for stroke in strokes[::-1]]
        assert np.abs(model_input({"strokes": backwards}) - model_input({"strokes": strokes})).mean() < 0.002


def test_canvas_json_and_plain_strokes_are_the_same_drawing(pen_digits: PenDigits) -> None:
    for drawing in pen_digits:
        strokes = drawing["strokes"]
        assert np.array_equal(model_input(canvas(strokes)), model_input({"strokes": strokes}))


def test_a_stray_tap_does_not_shrink_the_digit() -> None:
    with_tap = {"strokes": [*SEVEN, [[290, 290], [291, 290]]]}
    assert np.array_equal(model_input(with_tap), model_input({"strokes": SEVEN}))
    assert box_of_drawing(parse_drawing(with_tap)) == box_of_drawing(parse_drawing({"strokes": SEVEN}))


def test_a_drawing_that_touches_all_edges_is_read_like_any_other() -> None:
    large = moved(SEVEN, 300 / 180, -100, -100)
    assert np.abs(model_input(large) - model_input({"strokes": SEVEN})).mean() < 0.005


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"objects": []}, "empty"),
        ({"strokes": []}, "empty"),
        ({"strokes": [[]]}, "empty"),
        ({"strokes": [[[5, 5]]]}, "dot"),
        ({"strokes": [[[5, 5], [6, 6]]]}, "dot"),
        (canvas([[[150, 150], [150.1, 150]]]), "dot"),
    ],
)
def test_what_holds_no_digit_says_so(raw: dict[str, Any], message: str) -> None:
    with pytest.raises(NoDigitError, match=message):
        ink_from_drawing(parse_drawing(raw))


def test_a_scribble_that_fills_the_frame_is_no_digit() -> None:
    lines = [[[0, y], [300, y]] for y in range(0, 301, 10)]
    with pytest.raises(NoDigitError, match="fills the frame"):
        model_input({"strokes": lines})


def with_value(key: str, value: Any) -> dict[str, Any]:
    return canvas(SEVEN, **{key: value})


HOSTILE: list[Any] = [
    None,
    [],
    "drawing",
    7,
    {},
    {"objects": {}},
    {"objects": None},
    {"objects": [None]},
    {"objects": [{"type": "Rect"}]},
    {"objects": [{"type": "Path"}]},
    {"objects": [{"type": "Path", "path": "M 0 0"}]},
    {"objects": [{"type": "Path", "path": [[]]}]},
    {"objects": [{"type": "Path", "path": [["M", 1]]}]},
    {"objects": [{"type": "Path", "path": [["M", 1, "2"]]}]},
    {"objects": [{"type": "Path", "path": [["M", 1, True]]}]},
    {"objects": [{"type": "Path", "path": [["A", 1, 2]]}]},
    {"objects": [{"type": "Path", "path": [[["M"], 1, 2]]}]},
    {"objects": [{"type": "Path", "path": [["M", 1, math.nan]]}]},
    {"objects": [{"type": "Path", "path": [["M", 1, math.inf]]}]},
    {"objects": [{"type": "Path", "path": [["M", 0, 10**400]]}]},
    {"objects": [{"type": "Path", "path": [["L", 0, 0]] * (MAX_POINTS + 1)}]},
    with_value("left", math.nan),
    with_value("left", "12"),
    with_value("scaleX", 1e300),
    with_value("scaleY", 1e8),
    with_value("angle", []),
    with_value("skewX", 90),
    with_value("originX", "middle"),
    with_value("originY", 0.5),
    {"strokes": None},
    {"strokes": "strokes"},
    {"strokes": [1, 2]},
    {"strokes": [[1, 2]]},
    {"strokes": [[[1, 2, 3]]]},
    {"strokes": [[[1, 2], [3]]]},
    {"strokes": [[["1", "2"]]]},
    {"strokes": [[[1, None]]]},
    {"strokes": [[[0, 0], [1, math.nan]]]},
    {"strokes": [[[0, 0], [1, math.inf]]]},
    {"strokes": [[[0, 0], [1, 1e30]]]},
    {"strokes": [[[0, 0], [1, 10**400]]]},
    {"strokes": [[[0, 0]] * 9_000 + [["x" * 100_000, 0]]]},
    {"strokes": [[[True, False], [1, 1]]]},
    Drawing((np.array([[0, 0], [np.nan, 1]], np.float32),)),
    {"strokes": [[[0, 0]] * 1_000_000]},
    {"strokes": [[[0, 0]]] * 1_000_000},
    {"strokes": [[[0, 0]] * 15_000] * 2},
    {"strokes": [[[0, 0], [9, 9]]] * (MAX_STROKES + 1)},
    {"objects": [{"type": "Path", "path": [["M", 0, 0]]}] * (MAX_STROKES + 1)},
    {"objects": [{"type": "Path", "path": [["C", 0, 0, 1, 1, 2, 2]] * 4_000}] * 2},
]


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: f"{raw!r:.60}")
def test_hostile_drawings_get_one_clear_sentence(raw: Any) -> None:
    with pytest.raises(DrawingError) as caught:
        parse_drawing(raw)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith("raw again.")
    assert 20 < len(message) < 200


def test_curves_are_counted_before_they_are_expanded() -> None:
    raw = {"objects": [{"type": "Path", "path": [["C", 0, 0, 1, 1, 2, 2]] * (MAX_POINTS - 1)}]}
    started = time.process_time()
    with pytest.raises(DrawingError, match="too many points"):
        parse_drawing(raw)
    assert time.process_time() - started < 0.5  # 30 times as long, if expanded


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ["type", "path", "left", "top", "scaleX", "angle", "skewX", "flipX", "originX", "strokeWidth"]


@settings(max_examples=200, deadline=None)
@given(field=st.sampled_from(FIELDS), value=json_values)
def test_no_value_in_any_field_gets_past_the_edge(field: str, value: Any) -> None:
    raw = copy.deepcopy(canvas(SEVEN))
    raw["objects"][0][field] = value
    try:
        drawing = parse_drawing(raw)
    except DrawingError:
        return
    assert all(np.isfinite(stroke).all() and stroke.shape[1] == 2 for stroke in drawing.strokes)


def test_a_drawing_of_the_library_is_checked_like_any_other() -> None:
    strokes = np.array([[0, 0], [10, 10]], np.float32)
    empty = np.zeros((0, 2), np.float32)
    (stroke,) = parse_drawing(Drawing((strokes, empty))).strokes
    assert np.array_equal(stroke, strokes)


def test_a_digit_of_short_dabs_is_not_taken_for_specks() -> None:
    dabs = [[[100, y], [100, y + 2]] for y in range(50, 250, 8)]
    assert model_input({"strokes": dabs}).sum() > 20
