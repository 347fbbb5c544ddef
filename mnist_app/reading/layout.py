"""From a page's ink, or a drawing's strokes, to rows of parts: what may be digits, in reading order.

Digits are not told apart here: a row can be cut wherever two digits may touch, finer than digits are, and
which parts belong together is for the model to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from mnist_app.domain import Box, Boxed, Drawing, FloatArray
from mnist_app.ink.stroke_width import stroke_width
from mnist_app.reading.components import Component, find_components
from mnist_app.reading.cuts import cut_apart

MAX_HEIGHT = 3.0  # digits; what is taller is a frame, or the edge of a sheet
LOW = 0.45  # of a digit's height; what is lower is part of a digit, a dash or a dot
NEAR = 0.35  # of a digit's height: as near as this, what is low belongs to a row
DRIFT = 0.6  # of a digit's height, the most that a digit's middle is above or below the one before
SIGNIFICANT = 3.0  # strokes; digits are larger, and decide what height is usual

T = TypeVar("T", bound=Boxed)


@dataclass(frozen=True)
class Stroke:
    """One stroke of a drawing: (n, 2) points in its pixels, their box, and when it was drawn, 0 at first."""

    points: FloatArray
    box: Box
    order: int


@dataclass(frozen=True)
class Part(Generic[T]):
    """A digit, or a part of one, and the ink that was cut through to part it from the one before, in strokes.

    0 where nothing was cut, because there is paper between them.
    """

    ink: T
    cut: float


@dataclass(frozen=True)
class Row(Generic[T]):
    """Parts from left to right, and the usual height of a digit on the page, in pixels."""

    parts: tuple[Part[T], ...]
    height: float


def rows_of_ink(ink: FloatArray) -> list[Row[Component]]:
    """The rows of a page's (H, W) ink, from top to bottom, uncut; none where there is only dirt."""
    pieces = find_components(ink)
    if not pieces:
        return []
    height = usual_height(pieces, stroke_width(ink))
    pieces = [p for p in pieces if p.height <= MAX_HEIGHT * height] or pieces
    return [Row(tuple(Part(piece, 0.0) for piece in row), height) for row in in_rows(pieces, height)]


def with_cuts(row: Row[Component], whole: Sequence[bool]) -> Row[Component]:
    """The row cut wherever two digits may touch, but for the pieces that are known to be `whole`."""
    parts: list[Part[Component]] = []
    for part, stays in zip(row.parts, whole, strict=True):
        parts += [part] if stays else [Part(*cut) for cut in cut_apart(part.ink, row.height)]
    return Row(tuple(parts), row.height)


def rows_of_drawing(drawing: Drawing) -> list[Row[Stroke]]:
    """The rows of a drawing's strokes, from top to bottom; none where nothing is drawn."""
    strokes = [Stroke(points, Box.of_points(points), k) for k, points in enumerate(drawing.strokes)]
    if not strokes:
        return []
    height = max(usual_height(strokes), 1.0)
    return [Row(tuple(Part(stroke, 0.0) for stroke in row), height) for row in in_rows(strokes, height)]


def usual_height(items: Sequence[Boxed], stroke: float = 0.0) -> float:
    """The median height in pixels, higher ones counting more; those of a few strokes' size do not."""
    sizes = np.array([(item.box.width, item.box.height) for item in items], float)
    large = sizes[sizes.max(axis=1) > SIGNIFICANT * stroke]
    heights = np.sort((large if len(large) else sizes)[:, 1])
    total = np.cumsum(np.minimum(heights, 2 * np.median(heights)))
    return float(heights[np.searchsorted(total, total[-1] / 2)])


def in_rows(items: Sequence[T], height: float, keep: bool = False) -> list[list[T]]:
    """Rows from top to bottom, each from left to right.

    What is low and far from all rows is left out, but for `keep`.
    """
    high = [item for item in items if keep or item.box.height >= LOW * height]
    rows = _chains(high, height)
    low = [item for item in items if not keep and item.box.height < LOW * height]
    homes = [_nearest(item, rows, NEAR * height) for item in low]
    for item, home in zip(low, homes, strict=True):
        if home is not None:
            rows[home].append(item)
    return [sorted(row, key=lambda item: item.box.left + item.box.right) for row in rows]


def _chains(items: Sequence[T], height: float) -> list[list[T]]:
    """Rows, each a chain from left to right, so that it may rise, fall or bend."""
    rows: list[list[T]] = []
    for item in sorted(items, key=lambda item: item.box.left):
        near = [(drift, row) for row in rows if (drift := _drift(row, item) / height) <= DRIFT]
        if near:
            min(near, key=lambda pair: pair[0])[1].append(item)
        else:
            rows.append([item])
    return sorted(rows, key=lambda row: float(np.mean([item.box.top + item.box.bottom for item in row])))


def _drift(row: Sequence[Boxed], item: Boxed) -> float:
    """How far, in pixels, something is above or below the end of a row."""
    ends = [end.box.top + end.box.bottom for end in row[-2:]]
    return abs((item.box.top + item.box.bottom) / 2 - sum(ends) / len(ends) / 2)


def _nearest(item: Boxed, rows: Sequence[Sequence[Boxed]], reach: float) -> int | None:
    """The index of the row that is nearest, None where none is within reach."""
    gaps = [min(_gap(item.box, other.box) for other in row) for row in rows]
    return int(np.argmin(gaps)) if gaps and min(gaps) < reach else None


def _gap(a: Box, b: Box) -> float:
    """The distance of two boxes, 0 where they overlap."""
    across = max(0.0, a.left - b.right, b.left - a.right)
    down = max(0.0, a.top - b.bottom, b.top - a.bottom)
    return float(np.hypot(across, down))
