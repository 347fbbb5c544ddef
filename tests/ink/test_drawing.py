from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_app.domain import Drawing
from mnist_app.errors import DrawingError, NoDigitError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.drawing import MAX_POINTS, box_of_drawing, ink_from_drawing, parse_drawing

PenDigits = list[dict[str, Any]]


def model_input(raw: Any) -> np.ndarray:
    return canonical(ink_from_drawing(parse_drawing(raw)))


def moved(strokes: list[Any], scale: float, dx: float, dy: float) -> dict[str, Any]:
    return {"strokes": [[[x * scale + dx, y * scale + dy] for x, y in stroke] for stroke in strokes]}


def canvas(strokes: list[Any], **changes: Any) -> dict[str, Any]:
    """Strokes as the canvas sends them: each a path with its box, changed as the Edit toggle would."""
    objects = []
    for stroke in strokes:
        points = np.array(stroke, float)
        low, high = points.min(axis=0), points.max(axis=0)
        path = [["M", *stroke[0]], *[["L", *point] for point in stroke[1:]]]
        (left, top), (width, height) = (low + high) / 2, high - low
        item = {"type": "Path", "path": path, "left": left, "top": top, "width": width, "height": height}
        objects.append({**item, "originX": "center", "originY": "center", "strokeWidth": 16, **changes})
    return {"objects": objects, "background": "#fff"}


SEVEN = [[[60, 60], [200, 60], [120, 240]]]


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


def test_moving_and_scaling_with_the_edit_toggle_does_not_change_the_digit() -> None:
    edited = canvas(SEVEN, left=500, top=20, scaleX=0.3, scaleY=0.3)
    assert np.abs(model_input(edited) - model_input({"strokes": SEVEN})).mean() < 0.005


def test_flips_and_quarter_turns_are_applied() -> None:
    plain = ink_from_drawing(parse_drawing({"strokes": SEVEN}))
    flipped = ink_from_drawing(parse_drawing(canvas(SEVEN, flipX=True)))
    turned = ink_from_drawing(parse_drawing(canvas(SEVEN, angle=90)))
    assert np.abs(flipped - plain[:, ::-1]).mean() < 0.02
    assert np.abs(turned - np.rot90(plain, -1)).mean() < 0.02


def test_skew_follows_fabric() -> None:
    # Fabric 7: a point (x, y) from the centre goes to (x + y·tan(skewX), y).
    (stroke,) = parse_drawing(canvas([[[0, 0], [0, 100]]], skewX=45)).strokes
    assert np.allclose(stroke, [[-50, 0], [50, 100]], atol=1e-3)


@pytest.mark.parametrize(
    ("origin", "left", "top"),
    [(("left", "top"), 52, 52), (("right", "bottom"), 208, 248), (("center", "top"), 130, 52)],
)
def test_every_origin_places_the_path_by_its_box_and_pen(
    origin: tuple[str, str], left: float, top: float
) -> None:
    # The path's own box is (60..200, 60..240); a pen 16 wide reaches 8 further.
    raw = canvas(SEVEN, originX=origin[0], originY=origin[1], left=left, top=top, strokeWidth=16)
    (stroke,) = parse_drawing(raw).strokes
    assert np.allclose(stroke, SEVEN[0], atol=1e-3)


def test_an_origin_off_the_centre_turns_with_the_path() -> None:
    centre = np.array([130, 150])
    corner = centre + np.array([98, -78])  # the box's left top, turned by 90° about the centre
    raw = canvas(SEVEN, originX="left", originY="top", left=float(corner[0]), top=float(corner[1]), angle=90)
    (stroke,) = parse_drawing(raw).strokes
    offsets = np.array(SEVEN[0]) - centre
    assert np.allclose(stroke, centre + np.stack([-offsets[:, 1], offsets[:, 0]], axis=1), atol=1e-3)


def test_curves_end_where_they_should() -> None:
    path = [["M", 0, 0], ["Q", 50, 100, 100, 0], ["C", 120, 0, 140, 50, 100, 100]]
    (stroke,) = parse_drawing({"objects": [{"type": "path", "path": path}]}).strokes
    assert stroke[-1].tolist() == [100, 100]
    assert any(np.allclose(point, [50, 50]) for point in stroke)  # the quadratic's middle


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
]


@pytest.mark.parametrize("raw", HOSTILE, ids=lambda raw: f"{raw!r:.60}")
def test_hostile_drawings_get_one_clear_sentence(raw: Any) -> None:
    with pytest.raises(DrawingError) as caught:
        parse_drawing(raw)
    message = str(caught.value)
    assert "\n" not in message
    assert message.endswith("raw again.")
    assert 20 < len(message) < 200


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
