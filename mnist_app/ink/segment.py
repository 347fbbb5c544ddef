"""Where the digits are in the ink of a photo."""

from __future__ import annotations

import cv2
import numpy as np

from mnist_app.domain import FloatArray
from mnist_app.errors import NoDigitError

STROKE = 0.5  # ink from here on is part of a stroke, below it is its soft edge
LEAST_SIDE = 0.03  # of the photo's longer side: anything smaller is a speck
PART = 0.15  # of the digit's longer side: smaller pieces beside it are specks
REACH = 0.25  # of the digit's longer side: as near as this, a piece belongs to the digit


def digit_mask(ink: FloatArray) -> FloatArray:
    """The ink (H, W) with everything left out but its one largest digit, pieces of it included.

    What runs along the photo's border is table or paper edge, unless there is nothing else.
    Raises NoDigitError where nothing is large enough.
    """
    strokes = (ink >= STROKE).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    boxes = [stats[i, :4] for i in range(len(stats))]
    large = [i for i in range(1, len(stats)) if max(boxes[i][2:]) >= LEAST_SIDE * max(ink.shape)]
    inside = [i for i in large if not _at_border(boxes[i], ink.shape)] or large
    if not inside:
        raise NoDigitError("There is ink here, but no digit. Write one digit larger, or go nearer.")
    chosen = _with_neighbours(max(inside, key=lambda i: int(stats[i, cv2.CC_STAT_AREA])), inside, boxes)
    # The soft edge around the chosen strokes belongs to them as well.
    near = cv2.dilate(np.isin(labels, chosen).astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where(near > 0, ink, np.float32(0))


def _with_neighbours(first: int, candidates: list[int], boxes: list[np.ndarray]) -> list[int]:
    """The piece and all that are near it, or near those: the bar of a 5, the halves of a broken 0."""
    side = max(boxes[first][2:])
    parts = [i for i in candidates if max(boxes[i][2:]) >= PART * side]
    chosen = [first]
    for _ in parts:
        grown = [i for i in parts if any(_gap(boxes[i], boxes[j]) <= REACH * side for j in chosen)]
        if len(grown) == len(chosen):
            break
        chosen = grown
    return chosen


def _at_border(box: np.ndarray, shape: tuple[int, ...]) -> bool:
    left, top, width, height = box
    return bool(left <= 1 or top <= 1 or left + width >= shape[1] - 1 or top + height >= shape[0] - 1)


def _gap(a: np.ndarray, b: np.ndarray) -> float:
    """The distance between two boxes, 0 where they overlap."""
    apart = np.maximum(np.maximum(a[:2] - (b[:2] + b[2:]), b[:2] - (a[:2] + a[2:])), 0)
    return float(np.hypot(*apart))
