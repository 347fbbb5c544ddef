"""Strokes from untrusted JSON, and ink from strokes.

Two forms are understood: what streamlit-drawable-canvas sends (Fabric.js objects, with everything that its
Edit toggle can do to them) and plain strokes, {"strokes": [[[x, y], ...], ...]}, in pixels, y down.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import Box, Drawing, FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canvas_json import malformed, stroke_from_path, too_many_points
from mnist_app.ink.stroke_width import INK_SIDE, PEN

MAX_STROKES = 500  # a page of 400 digits has that many
MAX_POINTS = 20_000  # a minute of drawing at 120 points a second is 7,200
MAX_COORDINATE = 100_000.0  # pixels; no canvas is larger, and sums stay exact in float32
DOT = 6.0  # pixels; a drawing no larger than this is a tap, not a digit

SPECK = 0.06  # of the drawing's longer side: a stray tap beside a digit is smaller

_SUBPIXEL_BITS = 4  # cv2.polylines takes fixed-point coordinates


def parse_drawing(raw: Any) -> Drawing:
    """Return a Drawing from a Drawing, the canvas's JSON or {"strokes": ...}, already decoded.

    Raises DrawingError for anything malformed, not finite or too large.
    """
    if isinstance(raw, Drawing):
        return _drawing(_strokes(raw.strokes, "strokes"))
    if not isinstance(raw, Mapping):
        raise malformed(
            f"A drawing must be a JSON object with 'objects' or 'strokes', got {type(raw).__name__}."
        )
    name = next((name for name in ("strokes", "objects") if name in raw), None)
    if name is None:
        raise malformed("A drawing needs 'objects' (from the canvas) or 'strokes': it has neither.")
    to_points = _plain_stroke if name == "strokes" else stroke_from_path
    strokes: list[npt.NDArray[Any]] = []
    left = MAX_POINTS
    for stroke in _strokes(raw[name], name):
        strokes.append(to_points(stroke, left))
        left -= len(strokes[-1])
    return _drawing(strokes)


def plain_strokes(drawing: Drawing) -> list[list[list[float]]]:
    """Return the strokes as lists of [x, y] in tenths of pixels, as {"strokes": ...} has them."""
    return [[[round(float(value), 1) for value in point] for point in stroke] for stroke in drawing.strokes]


def ink_from_drawing(drawing: Drawing, pen: int = PEN) -> FloatArray:
    """Return ink, (H, W) float32, 1 = ink, its longer side INK_SIDE pixels, drawn by a pen of `pen` pixels.

    Strokes are drawn anew with a pen whose width is relative to the digit, so the pen that was used, the
    size and the place of the drawing don't matter. Raises NoDigitError for an empty drawing or a dot.
    """
    strokes = [drawing.strokes[k] for k in without_specks(drawing.strokes)]
    points = np.concatenate(strokes) if strokes else np.zeros((0, 2), np.float32)
    if not len(points):
        raise NoDigitError("The drawing is empty. Draw a digit from 0 to 9.")
    extent = np.ptp(points, axis=0)
    if extent.max() <= DOT:
        raise NoDigitError("That is only a dot. Draw a whole digit from 0 to 9.")
    scale = (INK_SIDE - pen) / extent.max()
    origin = points.min(axis=0) - (pen / 2) / scale
    width, height = np.ceil(extent * scale + pen).astype(int)
    ink = np.zeros((height, width), np.uint8)
    paths = [np.rint((s - origin) * scale * 2**_SUBPIXEL_BITS).astype(np.int32) for s in strokes]
    cv2.polylines(ink, paths, isClosed=False, color=1, thickness=pen, shift=_SUBPIXEL_BITS)
    return ink.astype(np.float32)


def box_of_drawing(drawing: Drawing) -> Box:
    """Return the rectangle around the pen's path, in the drawing's pixels."""
    return Box.of_points(np.concatenate([drawing.strokes[k] for k in without_specks(drawing.strokes)]))


def without_specks(strokes: Sequence[FloatArray]) -> list[int]:
    """Return the indices of strokes that are no stray taps; of all strokes if they all are.

    No digit has a dot, and one far away would shrink the digit.
    """
    if not strokes:
        return []
    least = SPECK * float(np.ptp(np.concatenate(strokes), axis=0).max())
    large = [k for k, stroke in enumerate(strokes) if float(np.ptp(stroke, axis=0).max()) >= least]
    return large or list(range(len(strokes)))


def _drawing(strokes: Sequence[npt.NDArray[Any]]) -> Drawing:
    """Return a Drawing of (n, 2) arrays, its points counted and checked, without empty strokes."""
    if sum(map(len, strokes)) > MAX_POINTS:
        raise too_many_points()
    given = tuple(k for k, stroke in enumerate(strokes) if len(stroke))
    return Drawing(tuple(_checked(strokes[k]) for k in given), given)


def _strokes(value: Any, name: str) -> Sequence[Any]:
    if not isinstance(value, list | tuple):
        raise malformed(f"'{name}' must be a list, got {type(value).__name__}.")
    if len(value) > MAX_STROKES:
        raise malformed(f"The drawing has {len(value):,} strokes; at most {MAX_STROKES} can be read.")
    return value


def _plain_stroke(points: Any, most: int) -> npt.NDArray[np.float64]:
    """Return (n, 2) points of a list of pairs. Raises DrawingError for more than `most`, or another value."""
    if not isinstance(points, list | tuple):
        raise malformed(f"'stroke' must be a list, got {type(points).__name__}.")
    if len(points) > most:
        raise too_many_points()
    # Before numpy sees them: it would turn numbers beside one long text into texts as long.
    for point in points:
        is_pair = isinstance(point, list | tuple) and len(point) == 2
        if not is_pair or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in point):
            raise malformed("Each stroke must be a list of [x, y] numbers: one is not.")
    try:
        return np.array(points, np.float64).reshape(-1, 2)
    except OverflowError:
        raise malformed("Coordinates must be finite: one has hundreds of digits.") from None


def _checked(stroke: npt.NDArray[Any]) -> FloatArray:
    largest = float(np.abs(stroke).max())
    if not math.isfinite(largest) or largest > MAX_COORDINATE:
        raise malformed(
            f"Coordinates must be finite and within ±{MAX_COORDINATE:,.0f} pixels, got {largest:g}."
        )
    return stroke.astype(np.float32)
