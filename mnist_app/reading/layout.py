"""A page's components, or a drawing's strokes, to rows of parts in reading order.

Digits are not told apart here: a row can be cut wherever two digits may touch, finer than digits are, and
the model decides which parts belong together.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from mnist_app.domain import Box, Boxed, Drawing, FloatArray
from mnist_app.reading.components import Component, lean
from mnist_app.reading.contacts import contacts, pieces
from mnist_app.reading.cuts import cut_apart
from mnist_app.reading.signs import BASE_LINE, Line

# All chosen by eye on photos, and kept because `tests.benchmarks.photos` found nothing better.
MAX_HEIGHT = 3.0  # digits; anything taller is a frame, or the edge of a sheet
LOW = 0.45  # of a digit's height; anything lower is part of a digit, a dash or a dot
NEAR = 0.35  # of a digit's height; anything low belongs to a row that is as near as this
COLON = (0.2, 0.2, 0.8)  # of a digit's height: its points' distance to the side, the least and the most up
INNER = 0.3  # of a digit's width, from its middle to either side
ASIDE = 0.35  # of a distance to the side, beside one up or down: signs have room around them
MAX_DRIFT = 0.6  # of a digit's height, from the middle of a digit up or down to the next one's
THROUGH = 4.0  # strokes' widths; strokes through each other rather stay together (`tests.benchmarks.numbers`)
SIGNIFICANT = 3.0  # strokes' widths; digits are larger, and decide the usual height

T = TypeVar("T", bound=Boxed)


@dataclass(frozen=True, eq=False)
class Stroke:
    """One stroke of a drawing: (n, 2) points in its pixels, their box, and its place in time from 0 on."""

    points: FloatArray
    box: Box
    order: int

    @property
    def lean(self) -> float:
        """The lean of its points to the right, in pixels for each pixel up."""
        return lean(*self.points.T)

    @property
    def is_one_line(self) -> bool:
        """True: it was drawn by itself, however its hand bends it."""
        return True


@dataclass(frozen=True)
class Part(Generic[T]):
    """A digit, or a part of one, and the ink that the cut before it crosses, in strokes' widths, or 0.

    `touches` is, in a drawing, the number of places where strokes before it and from it on touch.
    """

    ink: T
    cut: float
    touches: int = 0


@dataclass(frozen=True, eq=False)
class Row(Generic[T]):
    """Parts from left to right, and the usual height of a digit on the page, in pixels."""

    parts: tuple[Part[T], ...]
    height: float


def rows_of_components(components: Sequence[Component], stroke_width: float) -> list[Row[Component]]:
    """Return the rows of a page's components, from top to bottom, uncut; its stroke width is in pixels."""
    if not components:
        return []
    height = usual_height(components, stroke_width)
    digits = [c for c in components if c.height <= MAX_HEIGHT * height] or components
    return [Row(tuple(Part(c, 0.0) for c in row), height) for row in in_rows(digits, height)]


def with_points(rows: Sequence[Row[Component]], points: Sequence[Component]) -> list[Row[Component]]:
    """Return the rows with the points that stand where a decimal point may: on the base line, beside a digit.

    Dirt may, too; but where there are more points than digits, all of them are dirt.
    """
    if len(points) > sum(len(row.parts) for row in rows):
        return list(rows)
    lines = [Line.of([part.ink for part in row.parts], row.height) for row in rows]
    found: list[list[Component]] = [[] for _ in rows]
    for point in points:
        box = point.box
        middle = box.left + box.width / 2
        places: list[tuple[float, int, list[Component]]] = []
        for k, (row, line) in enumerate(zip(rows, lines, strict=True)):
            below = line.below_middle(middle, box.top + box.height / 2)
            if not 0 <= below <= BASE_LINE[1]:
                continue
            over = _over(point, [*points, *(part.ink for part in row.parts)], row.height)
            if below < BASE_LINE[0] and not over:  # of a colon the lower point may be higher
                continue
            others = [part.ink.box for part in row.parts]
            # A digit may reach over its point, but none has one in its middle.
            is_beside = not any(
                other.holds_middle_of(box)
                and abs(middle - other.left - other.width / 2) < INNER * other.width
                for other in others
            )
            if is_beside:
                places.append((min(distance(box, other) for other in others), k, over))
        apart, k, over = min(places, default=(math.inf, 0, []), key=lambda place: place[:2])
        if places and apart < NEAR * rows[k].height:
            found[k] += [point, *(other for other in over if other in points)]
    return [_with_more(row, more) if more else row for row, more in zip(rows, found, strict=True)]


def _with_more(row: Row[Component], more: Sequence[Component]) -> Row[Component]:
    parts = [*row.parts, *(Part(component, 0.0) for component in more)]
    return Row(tuple(sorted(parts, key=lambda part: part.ink.box.left + part.ink.box.right)), row.height)


def _over(point: Component, points: Sequence[Component], height: float) -> list[Component]:
    """Return the point over another with which it is a colon, if there is one."""
    x, y = point.left + point.width / 2, point.top
    return [
        other
        for other in points
        if other.height < LOW * height
        and abs(other.left + other.width / 2 - x) < COLON[0] * height
        and COLON[1] * height < y - other.top < COLON[2] * height
    ][:1]


def with_cuts(row: Row[Component], whole: Sequence[bool]) -> Row[Component]:
    """Return the row cut wherever two digits may touch, except parts that are known to be `whole`."""
    parts: list[Part[Component]] = []
    for part, stays in zip(row.parts, whole, strict=True):
        parts += [part] if stays else [Part(*cut) for cut in cut_apart(part.ink, row.height)]
    return Row(tuple(parts), row.height)


def strokes_of_drawing(drawing: Drawing) -> tuple[Stroke, ...]:
    """Return a drawing's strokes in the order in which they were drawn."""
    return tuple(Stroke(points, Box.of_points(points), k) for k, points in enumerate(drawing.strokes))


def rows_of_drawing(drawing: Drawing) -> list[Row[Stroke]]:
    """Return the rows of a drawing's strokes, from top to bottom; none of an empty drawing.

    Strokes that touch are in one row. Anything low and far above or below all rows is in none.
    """
    strokes = strokes_of_drawing(drawing)
    if not strokes:
        return []
    height = max(usual_height(strokes), 1.0)
    touching, crossing = contacts([stroke.points for stroke in strokes], height)  # (N, N) each
    members = [[strokes[k] for k in piece] for piece in pieces(touching)]
    groups = [_Piece(piece, Box.around(stroke.box for stroke in piece)) for piece in members]
    rows = []
    for row in in_rows(groups, height, far=True):
        parts = sorted((s for piece in row for s in piece.strokes), key=lambda s: s.box.left + s.box.right)
        among = np.ix_([stroke.order for stroke in parts], [stroke.order for stroke in parts])
        touches, crosses = touching[among], crossing[among]  # from left to right
        row_parts = (
            Part(stroke, THROUGH * float(crosses[:k, k:].sum()), int(touches[:k, k:].sum()))
            for k, stroke in enumerate(parts)
        )
        rows.append(Row(tuple(row_parts), height))
    return rows


@dataclass(frozen=True)
class _Piece:
    """Strokes that touch, and the box around them."""

    strokes: list[Stroke]
    box: Box


def usual_height(items: Sequence[Boxed], stroke: float = 0.0) -> float:
    """Return the median height in pixels, weighted by height, without items of a few strokes' size."""
    sizes = np.array([(item.box.width, item.box.height) for item in items], float)
    large = sizes[sizes.max(axis=1) > SIGNIFICANT * stroke]
    heights = np.sort((large if len(large) else sizes)[:, 1])
    total = np.cumsum(np.minimum(heights, 2 * np.median(heights)))
    return float(heights[np.searchsorted(total, total[-1] / 2)])


def in_rows(items: Sequence[T], height: float, keep: bool = False, far: bool = False) -> list[list[T]]:
    """Return rows from top to bottom, each from left to right.

    Anything low and far from all rows is left out, unless `keep`; if `far`, it may be far to the side.
    """
    high = [item for item in items if keep or item.box.height >= LOW * height]
    rows = _chains(high, height)
    low = [item for item in items if not keep and item.box.height < LOW * height]
    if rows and low:
        apart = _distances(low, [item for row in rows for item in row], 0.0 if far else ASIDE)
        to_rows = np.minimum.reduceat(apart, np.cumsum([0, *map(len, rows[:-1])]), axis=1)  # (low, rows)
        nearest = to_rows.argmin(axis=1)
        for item, k, away in zip(low, nearest, to_rows.min(axis=1), strict=True):
            if away < NEAR * height:
                rows[k].append(item)
    return [sorted(row, key=lambda item: item.box.left + item.box.right) for row in rows]


def _chains(items: Sequence[T], height: float) -> list[list[T]]:
    """Return rows, each a chain from left to right, so that it may rise, fall or bend."""
    rows: list[list[T]] = []
    ends: list[float] = []  # twice the height of the middle of each row's last two items, in pixels
    for item in sorted(items, key=lambda item: item.box.left):
        middle = item.box.top + item.box.bottom
        drifts = [abs(middle - end) for end in ends]
        if drifts and min(drifts) / 2 / height <= MAX_DRIFT:
            k = drifts.index(min(drifts))
            before = rows[k][-1].box
            rows[k].append(item)
            ends[k] = (before.top + before.bottom + middle) / 2
        else:
            rows.append([item])
            ends.append(middle)
    return sorted(rows, key=lambda row: float(np.mean([item.box.top + item.box.bottom for item in row])))


def distance(a: Box, b: Box) -> float:
    """Return the pixels of paper between two boxes; 0 if they touch."""
    across = max(0.0, a.left - b.right, b.left - a.right)
    return float(np.hypot(across, max(0.0, a.top - b.bottom, b.top - a.bottom)))


def _distances(items: Sequence[Boxed], others: Sequence[Boxed], aside: float) -> npt.NDArray[np.float64]:
    """Return the (items, others) distances, if each pixel to the side counts as `aside` pixels down."""
    a, b = (
        np.array([(i.box.left, i.box.right, i.box.top, i.box.bottom) for i in each], float)
        for each in (items, others)
    )
    across = np.maximum(a[:, None, 0] - b[:, 1], b[:, 0] - a[:, None, 1]).clip(0)
    down = np.maximum(a[:, None, 2] - b[:, 3], b[:, 2] - a[:, None, 3]).clip(0)
    return np.asarray(np.hypot(aside * across, down))
