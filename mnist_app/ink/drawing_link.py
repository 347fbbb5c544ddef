"""A drawing as text that fits into a link, and back from a text that anybody may have changed.

The strokes' lengths and the steps from point to point are integers of four bytes. The first bytes of all come
first, then the second and so on: nearly all but the first are 0, and vanish when they are compressed.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Sequence

import cv2
import numpy as np

from mnist_app.domain import Drawing, FloatArray
from mnist_app.errors import DrawingError
from mnist_app.ink.drawing import MAX_POINTS, parse_drawing

MAX_LENGTH = 4_000  # characters; of a link of 4 KB, some are the app's address
STEPS = 10  # a unit; the browser sends tenths, so that what it sent comes back exactly
TOLERANCES = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)  # units that a simplified stroke may be off
_MAX_BYTES = 4 * (3 * MAX_POINTS + 1)  # of a drawing's lengths and steps; 4,000 characters can unfold to 3 MB


def encode_drawing(drawing: Drawing, is_same: Callable[[Drawing], bool]) -> str:
    """Return a drawing as at most MAX_LENGTH characters of A-Z, a-z, 0-9, "-" and "_".

    One that is too large is simplified as little as needed. Raises DrawingError if nothing that fits
    satisfies `is_same`: a drawing that reads the same as this one.
    """
    for tolerance in TOLERANCES:
        strokes = [_simplified(s, tolerance) for s in drawing.strokes] if tolerance else drawing.strokes
        text = _packed(strokes)
        if len(text) <= MAX_LENGTH and is_same(decode_drawing(text)):
            return text
    raise DrawingError("This drawing is too large for a link. Share its picture, or draw with fewer strokes.")


def decode_drawing(text: str) -> Drawing:
    """Return the drawing of a text that `encode_drawing` made. Raises DrawingError for any other."""
    try:
        if len(text) > MAX_LENGTH:
            raise ValueError("too long")
        return parse_drawing(Drawing(tuple(_unpacked(text))))
    except (ValueError, IndexError, zlib.error, DrawingError):
        raise DrawingError("The drawing in this link is damaged. Ask for the link again.") from None


def _simplified(stroke: FloatArray, tolerance: float) -> FloatArray:
    """Return a stroke without the points that it needs not, by Douglas and Peucker (1973)."""
    return cv2.approxPolyDP(stroke, tolerance, closed=False).reshape(-1, 2).astype(np.float32)


def _packed(strokes: Sequence[FloatArray]) -> str:
    points = np.concatenate([np.zeros((0, 2)), *strokes])  # float64
    steps = np.diff(np.rint(points * STEPS).astype(np.int64), axis=0, prepend=0)
    numbers = np.concatenate([[len(strokes), *map(len, strokes)], steps.ravel()])
    unsigned = np.where(numbers < 0, -2 * numbers - 1, 2 * numbers).astype("<u4")  # small, also below zero
    planes = unsigned.view(np.uint8).reshape(-1, 4).T.tobytes()
    return base64.urlsafe_b64encode(zlib.compress(planes, 9)).rstrip(b"=").decode("ascii")


def _unpacked(text: str) -> list[FloatArray]:
    """Return the strokes' points. Raises ValueError, IndexError or zlib.error if the text is damaged."""
    compressed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    inflater = zlib.decompressobj()
    planes = np.frombuffer(inflater.decompress(compressed, _MAX_BYTES), np.uint8)
    if not inflater.eof or inflater.unused_data:  # cut off, or more than any drawing has
        raise ValueError("not one whole stream")
    unsigned = np.ascontiguousarray(planes.reshape(4, -1).T).view("<u4").ravel().astype(np.int64)
    count, *_ = numbers = np.where(unsigned % 2, -(unsigned + 1) // 2, unsigned // 2)
    lengths, steps = np.split(numbers[1:], [count])
    if len(lengths) != count or (lengths < 1).any() or 2 * lengths.sum() != len(steps):
        raise ValueError("not the lengths that were promised")
    points = (steps.reshape(-1, 2).cumsum(axis=0) / STEPS).astype(np.float32)
    return np.split(points, lengths.cumsum()[:-1])
