from __future__ import annotations

import numpy as np
import pytest

from mnist_app.ink.drawing import ink_from_drawing, parse_drawing
from tests.ink.drawings import SEVEN, canvas, model_input


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
