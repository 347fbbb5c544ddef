"""Ruled lines, squares and table borders, out of the ink without breaking the strokes that cross them.

By the length of runs across the lines, as staff lines are removed from music (Fujinaga, "Staff Detection and
Removal", 2004): a line is as thick everywhere, and where a stroke crosses it the run is longer and stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import ByteArray, FloatArray

# All chosen by eye on photos of ruled and squared paper.
FAINT = 0.2  # ink from here on may be a line
LENGTH = 0.5  # of the page's width; no stroke of a digit among others is as long and straight
SHORT = 0.08  # of the page's width; a part of a line between strokes
MIN_LINES = 3  # lines in one direction; digits that fill a photo have long straight strokes too
SLOPES = np.linspace(-0.16, 0.16, 17)  # rows a column: a page askew, and what perspective adds
SIDE = 800  # pixels; lines are looked for in a picture of this size
BREAK = 0.03  # of the page's width: breaks of a line no longer than this are crossings and faint places
COVERED = 0.6  # of a line's length; a row of letters has less ink at any height
SOFT = 3  # pixels; soft edges at either side of a line
PALE = 0.6  # of full ink; on lines paler than this, strokes along them can be told by their ink
THICKER = 1.6  # times the usual thickness of a line: anything thicker is a stroke on it, or crosses it


def without_lines(ink: FloatArray, stroke: float) -> FloatArray:
    """Return a page's (H, W) ink without straight lines across it, near level or upright.

    `stroke` is the width of its strokes, in pixels. Ink without lines is returned as it is.
    """
    return _both_ways(ink, lambda page: _without_level_lines(page, stroke, _Ruling.of_page(page.shape[1])))


def without_long_lines(ink: FloatArray, stroke: float, length: float) -> FloatArray:
    """Return (H, W) ink without straight lines of at least `length` pixels, near level or upright.

    Such as go under a number, through it or around it. `stroke` is the width of its strokes, in pixels. Ink
    without lines is returned as it is.
    """
    ruling = _Ruling(length, length / 2, 2 * stroke, 1, through=True)
    room = round(length)  # along the border of a page, half of a line is enough
    framed = np.pad(ink, room)
    cleaned = _both_ways(framed, lambda page: _without_level_lines(page, stroke, ruling))
    return ink if cleaned is framed else np.ascontiguousarray(cleaned[room:-room, room:-room])


@dataclass(frozen=True)
class _Ruling:
    """Measures of a line: its length, that of a part of one between strokes and of its breaks, in pixels.

    There are at least so many of them, or none. They may go on `through` what is thicker: the foot of a 2
    that lies on its line.
    """

    length: float
    part: float
    gap: float
    least: int
    through: bool = False

    @classmethod
    def of_page(cls, width: int) -> _Ruling:
        return cls(LENGTH * width, SHORT * width, BREAK * width, MIN_LINES)


def _both_ways(ink: FloatArray, without_level: Callable[[FloatArray], FloatArray]) -> FloatArray:
    level = without_level(ink)
    transposed = np.ascontiguousarray(level.T)
    upright = without_level(transposed)
    return level if upright is transposed else np.ascontiguousarray(upright.T)


def _without_level_lines(ink: FloatArray, stroke: float, ruling: _Ruling) -> FloatArray:
    faint = ink >= FAINT
    runs = _runs_down(faint)
    thin = faint & (runs <= THICKER * stroke + SOFT)
    thick = faint & ~thin if ruling.through else np.zeros_like(thin)
    found = _level_lines(thin, thick, ruling.length, ruling.gap)
    if cv2.connectedComponents(found)[0] - 1 < ruling.least:
        return ink
    lines = _level_lines(thin, thick, ruling.part, ruling.gap)  # between the strokes that cross them
    on_lines = thin & (lines > 0)
    thickness = float(np.median(runs[on_lines])) if on_lines.any() else 0.0
    # Their soft edges with them.
    gone = cv2.dilate((on_lines & (runs <= THICKER * thickness)).astype(np.uint8), np.ones((3, 1), np.uint8))
    level = float(np.median(ink[on_lines])) if on_lines.any() else 0.0
    darker = ink > ((1 + level) / 2 if level < PALE else np.inf)
    stays = faint & ((runs > THICKER * thickness) | darker)
    return np.where((gone > 0) & ~stays, np.float32(0), ink)


def _runs_down(mask: npt.NDArray[np.bool_]) -> npt.NDArray[np.int32]:
    """Return the length of the vertical run of ink through each pixel of (H, W); 0 elsewhere."""
    height, width = mask.shape
    # Columns end to end, with paper between them: runs begin where the difference is 1, and end at -1.
    framed = np.zeros((width, height + 2), np.int8)
    framed[:, 1:-1] = mask.T
    change = np.diff(framed.ravel())
    starts, ends = np.flatnonzero(change == 1), np.flatnonzero(change == -1)
    lengths = np.zeros(framed.size, np.int32)
    lengths[np.flatnonzero(framed.ravel())] = np.repeat(ends - starts, ends - starts)
    return np.ascontiguousarray(lengths.reshape(framed.shape)[:, 1:-1].T)


def _level_lines(
    thin: npt.NDArray[np.bool_], thick: npt.NDArray[np.bool_], length: float, gap: float
) -> ByteArray:
    """Return (H, W) uint8, 1 on straight lines of at least `length` pixels, with room around them.

    For each slope the page is sheared until its lines are level. A line is a level run of its length, and
    enough of that was thin ink before gaps were closed and thick ink was added. It is sheared back and added
    to the others.
    """
    scale = min(1.0, SIDE / max(thin.shape))
    size = (max(1, round(thin.shape[1] * scale)), max(1, round(thin.shape[0] * scale)))
    small, blots = (
        (cv2.resize(ink.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.2).astype(np.uint8)
        for ink in (thin, thick)
    )
    width = size[0]
    room = np.ones((3, 1), np.uint8)  # for what lies between two of the slopes
    broken = np.asarray(cv2.dilate(small, room))  # (h, w), at most SIDE pixels a side
    solid = np.maximum(broken, blots)
    closing = np.ones((1, max(3, int(gap * scale))), np.uint8)
    whole = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, closing)
    found = np.zeros(size[::-1], np.uint8)
    long = np.ones((1, max(3, int(length * scale))), np.uint8)
    for slope in SLOPES:
        shear = np.array([[1, 0, 0], [-slope, 1, slope * width / 2]], np.float32)
        level = cv2.warpAffine(whole, shear, size, flags=cv2.INTER_NEAREST)
        # A run that begins or ends at the border may be half as long. Most photos have none in any row.
        if np.count_nonzero(level, axis=1).max() < long.shape[1] // 2:
            continue
        level = np.asarray(cv2.morphologyEx(level, cv2.MORPH_OPEN, long))
        if level.any():
            sheared = cv2.warpAffine(broken, shear, size, flags=cv2.INTER_NEAREST).astype(np.float32)
            inked = cv2.boxFilter(sheared, -1, long.shape[::-1], borderType=cv2.BORDER_REFLECT)
            level = np.minimum(level, cv2.dilate((inked >= COVERED).astype(np.uint8), long))
            back = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
            found |= np.asarray(cv2.warpAffine(level, shear, size, flags=back), np.uint8)
    return np.asarray(cv2.resize(found, thin.shape[::-1], interpolation=cv2.INTER_NEAREST))
