"""One freehand stroke of a Fabric.js canvas, with every transform that its Edit toggle can apply.

Fabric keeps a path's points as they were drawn, and beside them where the path's bounding box is now, and
how it is scaled, flipped, skewed and turned. This follows `calcTransformMatrix` of Fabric 7
(https://fabricjs.com/api/classes/fabricobject/); earlier versions differ only in the default origin.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_app.errors import DrawingError

Points = npt.NDArray[np.float64]

MAX_NUMBER = 1e9  # far beyond any canvas, and no product of a few of them overflows
CURVE_STEPS = 4  # a freehand curve spans one mouse move, a few pixels
_ORIGINS = {"left": -0.5, "top": -0.5, "center": 0.0, "right": 0.5, "bottom": 0.5}
_COORDINATES = {"M": 2, "L": 2, "Q": 4, "C": 6}


def malformed(rule: str) -> DrawingError:
    """Return the error for JSON that is no drawing: the rule that it breaks, and a remedy."""
    return DrawingError(f"{rule} Clear the drawing, then draw again.")


def too_many_points() -> DrawingError:
    """Return the error for a drawing of more points than can be read."""
    return malformed("The drawing has too many points.")


def stroke_from_path(item: Any, most: int) -> Points:
    """Return the (n, 2) points of one Fabric path as it is seen on the canvas, in its pixels.

    Raises DrawingError if the object is not a freehand path, holds a value of a wrong type, or has more than
    `most` points.
    """
    if not isinstance(item, Mapping):
        raise malformed(f"Each canvas object must be a JSON object, got {type(item).__name__}.")
    kind = item.get("type")
    if not isinstance(kind, str) or kind.lower() != "path":
        raise malformed(f"Only freehand strokes can be read, got a canvas object of type {kind!r:.40}.")
    points = _flatten(item.get("path"), most)
    if not len(points):
        return points
    low, high = points.min(axis=0), points.max(axis=0)
    skew_x, skew_y = (math.tan(math.radians(_value(item, key, 0))) for key in ("skewX", "skewY"))
    scale_x = _value(item, "scaleX", 1) * (-1 if item.get("flipX") else 1)
    scale_y = _value(item, "scaleY", 1) * (-1 if item.get("flipY") else 1)
    skews = np.array([[1, skew_x], [0, 1]]) @ np.array([[1, 0], [skew_y, 1]])
    linear = _rotation(item) @ (np.diag([scale_x, scale_y]) @ skews)  # (2, 2), in Fabric's order
    return (points - (low + high) / 2) @ linear.T + _centre(item, high - low, (low + high) / 2, linear)


def _flatten(path: Any, most: int) -> Points:
    """Return the path's commands as a polyline; curves become CURVE_STEPS chords each."""
    if not isinstance(path, list):
        raise malformed(f"A stroke's 'path' must be a list, got {type(path).__name__}.")
    if len(path) > most:
        raise too_many_points()
    points: list[Points] = []
    every = [_controls(command) for command in path]
    if sum(1 if len(controls) == 1 else CURVE_STEPS for controls in every) > most:
        raise too_many_points()
    for controls in every:
        if len(controls) == 1:
            points.append(controls)
        else:
            start = points[-1][-1:] if points else controls[:1]
            points.append(_bezier(np.concatenate([start, controls])))
    return np.concatenate(points) if points else np.zeros((0, 2))


def _controls(command: Any) -> Points:
    """Return the (1..3, 2) points of one path command."""
    name = command[0] if isinstance(command, list) and command else None
    count = _COORDINATES.get(name) if isinstance(name, str) else None
    if count is None or len(command) != count + 1:
        raise malformed(f"A path command must be M, L, Q or C with its numbers, got {command!r:.60}.")
    return np.array([_number(value, "path") for value in command[1:]]).reshape(-1, 2)


def _bezier(controls: Points) -> Points:
    """Return points on a Bézier curve by de Casteljau's algorithm, without its start."""
    t = np.arange(1, CURVE_STEPS + 1)[:, None, None] / CURVE_STEPS
    levels = np.broadcast_to(controls, (CURVE_STEPS, *controls.shape))
    while levels.shape[1] > 1:
        levels = levels[:, :-1] * (1 - t) + levels[:, 1:] * t
    return levels[:, 0]


def _rotation(item: Mapping[str, Any]) -> Points:
    angle = math.radians(_value(item, "angle", 0))
    return np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])


def _centre(item: Mapping[str, Any], size: Points, drawn: Points, linear: Points) -> Points:
    """Return the centre of the path's bounding box as it is now; `drawn` is the original one."""
    if item.get("left") is None or item.get("top") is None:
        return drawn
    anchor = np.array([_value(item, "left", 0), _value(item, "top", 0)])
    origin = np.array([_origin(item, "originX"), _origin(item, "originY")])
    if not origin.any():
        return anchor
    # Away from the centre, Fabric counts the pen's width into the object's size.
    turn = _rotation(item)
    corners = np.array([[1, 1], [1, -1]]) * (size + _value(item, "strokeWidth", 0)) / 2
    extent = 2 * np.abs(corners @ (turn.T @ linear).T).max(axis=0)
    return anchor - turn @ (origin * extent)


def _origin(item: Mapping[str, Any], key: str) -> float:
    name = item.get(key, "center")
    if not isinstance(name, str) or name not in _ORIGINS:
        raise malformed(f"A stroke's {key!r} must be one of {sorted(_ORIGINS)}, got {name!r:.40}.")
    return _ORIGINS[name]


def _value(item: Mapping[str, Any], key: str, default: float) -> float:
    return _number(item.get(key, default), key)


def _number(value: Any, name: str) -> float:
    """Return a finite float; JSON's true, text, NaN and Infinity are not numbers here."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise malformed(f"A stroke's {name!r} must be a number, got {value!r:.40}.")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not abs(number) <= MAX_NUMBER:
        raise malformed(f"A stroke's {name!r} must be finite and sensible, got {value!r:.40}.")
    return number
