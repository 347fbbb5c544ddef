"""Where the digits are in the ink of a photo."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import FloatArray
from mnist_app.errors import NoDigitError

STROKE = 0.5  # ink from here on is part of a stroke, below it is its soft edge
LEAST_SIDE = 0.03  # of the photo's longer side: anything smaller is a speck
MOST_PIECES = 500  # the largest ones; more than that is a texture
ALONG = 0.25  # of a side: what touches the photo's border for longer is table or paper edge
PART = 0.15  # of the digit's longer side: smaller pieces beside it are specks
REACH = 0.25  # of the digit's longer side: as near as this, a piece belongs to the digit


def digit_mask(ink: FloatArray) -> FloatArray:
    """The ink (H, W) with everything left out but its one largest digit, pieces of it included.

    What runs along the photo's border is left out, unless there is nothing else.
    Raises NoDigitError where nothing is large enough.
    """
    strokes = (ink >= STROKE).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    areas, sides = stats[:, cv2.CC_STAT_AREA], stats[:, 2:4].max(axis=1)
    large = np.flatnonzero(sides >= LEAST_SIDE * max(ink.shape))
    large = large[large > 0]  # 0 is the paper
    pieces = large[np.argsort(-areas[large], kind="stable")][:MOST_PIECES]
    inside = pieces[~np.isin(pieces, _along_border(labels))]
    candidates = inside if inside.size else pieces
    if not candidates.size:
        raise NoDigitError("There is ink here, but no digit. Write one digit larger, or go nearer.")
    chosen = _with_neighbours(candidates, stats[candidates, :4])
    # The soft edge around the chosen strokes belongs to them as well.
    near = cv2.dilate(np.isin(labels, chosen).astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where(near > 0, ink, np.float32(0))


def _along_border(labels: npt.NDArray[Any]) -> list[int]:
    """The pieces that touch a side of the photo for more than ALONG of its length."""
    sides = (labels[0], labels[-1], labels[:, 0], labels[:, -1])
    return [int(i) for side in sides for i in np.flatnonzero(np.bincount(side) > ALONG * len(side)) if i]


def _with_neighbours(pieces: npt.NDArray[np.intp], boxes: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """The first piece and all that are near it, or near those: the bar of a 5, the halves of a broken 0."""
    side = max(boxes[0, 2:])
    waiting = boxes[:, 2:].max(axis=1) >= PART * side
    chosen = np.zeros(len(pieces), bool)
    reached = [0]
    while reached:
        i = reached.pop()
        chosen[i], waiting[i] = True, False
        near = np.flatnonzero(waiting & (_gaps(boxes, boxes[i]) <= REACH * side))
        waiting[near] = False
        reached += near.tolist()
    return pieces[chosen]


def _gaps(boxes: npt.NDArray[Any], box: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The distance of each box (left, top, width, height) to one of them, 0 where they overlap."""
    after, before = boxes[:, :2] - (box[:2] + box[2:]), box[:2] - (boxes[:, :2] + boxes[:, 2:])
    return np.hypot(*np.maximum(np.maximum(after, before), 0).T)
