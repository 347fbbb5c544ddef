"""The digit that is explained, with the strokes that it was drawn by, or its place in a photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_app.domain import Box, ByteArray, Digit, Drawing, FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.drawing import ink_from_drawing

MARGIN = 0.15  # of a box's longer side, that is shown around it


@dataclass(frozen=True)
class Subject:
    """A digit that the run named `model` read, and where it came from."""

    digit: Digit
    model: str
    drawing: Drawing | None = None
    photo: ByteArray | None = None  # (H, W, 3), the digit's place in it


def of_drawing(digit: Digit, model: str, drawing: Drawing) -> Subject:
    """Return a digit of a drawing, with its strokes if exactly those give its image."""
    strokes = [_inside(stroke, digit.box) for stroke in drawing.strokes]
    own = Drawing(tuple(stroke for stroke in strokes if len(stroke)))
    try:
        is_same = np.array_equal(canonical(ink_from_drawing(own)), digit.image)
    except NoDigitError:
        is_same = False
    return Subject(digit, model, own if is_same else None)


def of_photo(digit: Digit, model: str, pixels: ByteArray, scale: float, turned: int) -> Subject:
    """Return a digit of an upright photo, (H, W, 3) RGB, that was scaled and then turned to be read."""
    box = digit.box.scaled(scale)
    margin = MARGIN * max(box.width, box.height)
    rows = slice(max(0, int(box.top - margin)), int(box.bottom + margin) + 1)
    columns = slice(max(0, int(box.left - margin)), int(box.right + margin) + 1)
    return Subject(digit, model, photo=np.ascontiguousarray(np.rot90(pixels[rows, columns], turned // 90)))


def _inside(stroke: FloatArray, box: Box) -> FloatArray:
    """Return the points of a stroke that lie in a box."""
    x, y = stroke.T
    within = (x >= box.left) & (x <= box.right) & (y >= box.top) & (y <= box.bottom)
    return stroke[within]
