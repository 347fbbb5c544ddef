"""Frames, boxes of forms, circles and lines through numbers: out of what may be writing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.ink.ruled_lines import without_long_lines
from mnist_app.reading.components import SPECK, STROKE, Component, Found, components_of, rejoined
from mnist_app.reading.layout import SIGNIFICANT, usual_height

# Chosen by eye; `tests.benchmarks.pages` measures what a change does.
RING = 0.12  # of a ring's shorter side, and at least two strokes: its ink is as near as this to its hull
ON_HULL = 0.8  # of a ring's ink, and of the hull's length
INSIDE = 0.3  # of a frame's height; what is lower does not make it one, unless there are several
ROOM = 1.2  # a frame is that much higher than what it goes round
ON_CURVE = 0.85  # of the length of an ellipse or a rectangle, if that is what a ring is
SLIM = 1.7  # of a digit's width, its height
LINE = 1.5  # of a digit's height; nothing straight in writing is longer
BAR, BESIDE_BAR = 0.8, 0.6  # of a digit's height: the length of a fraction's bar, and what is as near to it
DIVIDER = 1.25  # of a digit's height; lines within a frame are no shorter
SPAN = 0.75  # of a frame's height; nor than this, where digits fill it
CLEAR = 3.0  # strokes' widths; what is no further from a line belongs to it
LEVEL = 0.25  # of its length, the height of a line that goes under or between numbers
LONG = 2.0  # of a digit's height; a line that is not level may be a slash, if it is shorter
THIN = 2.5  # strokes' widths; a line by itself is no broader
CORNERED = 0.95  # of a rectangle's sides are inked; a 0 has round corners
HOLLOW = 5.0  # strokes' widths; a smaller rectangle is no box
SHREDS = 3  # times what is within frames; more pieces that are left of the frames are no digits
BREAK = 2.0  # strokes' widths; pencil breaks no further apart
PIECE = 1.4  # of its size, the length of a piece's stroke; digits are curled or have corners
ALIKE = 0.15  # of their sides, by which two boxes of a form may differ


@dataclass(frozen=True, eq=False)
class Layer:
    """A page's components that may be writing, what may be points, and what is neither, with reasons.

    `has_lines` is True if lines run through what may be writing, or under it: digits may read well with them.
    """

    writing: list[Component]
    points: list[Component]
    left_out: list[tuple[Component, str]]
    has_lines: bool = False


def layers(found: Found, stroke_width: float) -> Iterator[Layer]:
    """Yield ways to take writing apart from what stands around it, the likeliest first.

    First only whole components are left out; then, if there are any, also lines that touch digits.
    """
    components, points = found
    frames = _frames(components, stroke_width)
    others = [c for c in components if c not in frames]
    if not others:
        yield Layer(components, points, [])
        return
    height = _usual_size(others, stroke_width)
    thin = [c for c in others if _is_thin(c, stroke_width)]
    lines = [c for c in thin if _is_long(c, height) or _is_bar(c, others, height)]
    boxes = [c for c in others if c not in lines and _is_box(c, frames, height)]
    writing = [c for c in others if c not in lines and c not in boxes]
    if not writing:
        yield Layer(components, points, [])
        return
    left_out = [*((c, "frame") for c in [*frames, *boxes]), *((c, "line") for c in lines)]
    remains = [rest for frame in [*frames, *boxes] for rest in _remains(frame, stroke_width, height)]
    # A frame in shreds is still a frame, and none of its shreds is writing.
    is_whole = len(remains) < SHREDS * len(writing)
    pieces = [*writing, *remains] if is_whole else writing
    if _are_pieces(pieces, stroke_width):
        whole = rejoined([*pieces, *points], BREAK * stroke_width)
        strokes = [c for c in whole if max(c.width, c.height) > SPECK * stroke_width]
        if len(strokes) < len(pieces):
            yield Layer(strokes, [c for c in whole if c not in strokes], left_out)
    cleaned: list[Component] = []
    rings: list[tuple[Component, str]] = []
    for c in writing:
        long = max(c.width, c.height) > LINE * height
        ring = _remains(c, stroke_width, height) if long and _is_ellipse(c) else []
        if ring:
            rings.append((c, "frame"))
        cleaned += ring or (_without_lines(c, stroke_width, height) if long else [c])
    has_lines = cleaned != writing
    yield Layer(pieces, points, left_out, has_lines)
    if has_lines:
        yield Layer([*cleaned, *remains], points, [*left_out, *rings])


def _usual_size(components: Sequence[Component], stroke_width: float) -> float:
    """Return the usual height of digits, in pixels, even if the page lies on its side."""
    longer = float(np.median([max(c.width, c.height) for c in components]))
    height = usual_height(components, stroke_width)
    return max(height, min(longer, SLIM * height))


def _are_pieces(components: Sequence[Component], stroke_width: float) -> bool:
    """Return whether most components are short pieces of strokes, as pencil leaves them, and no digits."""
    lengths = [np.count_nonzero(c.ink >= STROKE) / max(stroke_width, 1.0) for c in components]
    curls = [length / max(c.width, c.height) for length, c in zip(lengths, components, strict=True)]
    return float(np.median(curls)) < PIECE


def _frames(components: Sequence[Component], stroke_width: float) -> list[Component]:
    """Return the components that go round others."""
    frames = []
    for outer in components:
        large = [c for c in _inside(outer, components) if max(c.width, c.height) > SIGNIFICANT * stroke_width]
        high = [c for c in large if c.height >= INSIDE * outer.height]
        highest = max((c.height for c in large), default=0)
        if (high or len(large) > 1) and outer.height >= ROOM * highest:
            frames.append(outer)
    return frames


def _inside(outer: Component, components: Sequence[Component]) -> list[Component]:
    """Return the components that an outer one goes round, if only nearly."""
    box = outer.box
    candidates = [
        c
        for c in components
        if c is not outer
        and c.left > box.left
        and c.top > box.top
        and c.box.right < box.right
        and c.box.bottom < box.bottom
    ]
    if not candidates:
        return []
    filled = _filled(outer)
    return [
        c for c in candidates if filled[c.top - outer.top + c.height // 2, c.left - outer.left + c.width // 2]
    ]


def _filled(outer: Component) -> npt.NDArray[np.bool_]:
    """Return (H, W), True inside a component: within the hull of a ring, else where no way leads out."""
    strokes = (outer.ink >= STROKE).astype(np.uint8)
    hull = _hull(strokes)
    inside = np.zeros(strokes.shape, np.uint8)
    if _is_ring(strokes, hull, outer.stroke_width):
        cv2.fillPoly(inside, [hull], 1)
    else:
        contours, _ = cv2.findContours(strokes, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(inside, contours, -1, 1, cv2.FILLED)
    return inside > 0


def _hull(strokes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    return np.asarray(cv2.convexHull(np.asarray(cv2.findNonZero(strokes))), np.int32)


def _is_ring(strokes: npt.NDArray[np.uint8], hull: npt.NDArray[np.int32], stroke: float) -> bool:
    near = max(2 * stroke, RING * min(strokes.shape))
    line = _closed_line(strokes.shape, hull)
    ink = cv2.distanceTransform(1 - line, cv2.DIST_L2, 5)[strokes > 0] <= near
    return bool(ink.mean() >= ON_HULL and _covered(strokes, line, near) >= ON_HULL)


def _closed_line(shape: tuple[int, ...], points: npt.NDArray[np.int32]) -> npt.NDArray[np.uint8]:
    line = np.zeros(shape, np.uint8)
    cv2.polylines(line, [points], True, 1)
    return line


def _covered(strokes: npt.NDArray[np.uint8], line: npt.NDArray[np.uint8], near: float) -> float:
    """Return the share of a line that is as near as this to strokes, 0..1; 0 of one outside the picture."""
    edge = cv2.distanceTransform(1 - strokes, cv2.DIST_L2, 5)[line > 0] <= near
    return float(edge.mean()) if edge.size else 0.0


def _is_ellipse(component: Component) -> bool:
    """True for a circle with digits that touch it, or without."""
    strokes = (component.ink >= STROKE).astype(np.uint8)
    line = _closed_line(strokes.shape, _ellipse(strokes))
    return _covered(strokes, line, component.stroke_width / 2) > ON_CURVE


def _remains(frame: Component, stroke_width: float, height: float) -> list[Component]:
    """Return what is left of a frame's component without the frame: digits that touch it."""
    strokes = (frame.ink >= STROKE).astype(np.uint8)
    stroke = frame.stroke_width
    rectangle, ellipse = (
        (curve, _covered(strokes, _closed_line(strokes.shape, curve), stroke))
        for curve in (_rectangle(strokes), _ellipse(strokes))
    )
    curve, covered = max(rectangle, ellipse, key=lambda each: each[1])
    ink = frame.ink
    if covered > ON_CURVE:
        near = cv2.distanceTransform(1 - _closed_line(strokes.shape, curve), cv2.DIST_L2, 5) <= stroke
        ink = np.where(near, np.float32(0), ink)
    if covered <= ON_CURVE or curve is rectangle[0]:
        ink = without_long_lines(ink, stroke, min(DIVIDER * height, SPAN * frame.height))
    gone = (frame.ink >= STROKE) & (ink < STROKE)
    away = cv2.distanceTransform((~gone).astype(np.uint8), cv2.DIST_L2, 5)
    rest = components_of(ink, 0, 0, SIGNIFICANT * stroke_width)
    # What runs along a line that is gone is a piece of it; a digit that touches one goes away from it.
    rest = [
        c for c in rest if (c.ink * away[c.top :, c.left :][: c.height, : c.width]).max() > CLEAR * stroke
    ]
    rest = [Component(frame.left + c.left, frame.top + c.top, c.ink) for c in rest]
    return [c for c in rest if not (_is_long(c, height) and _is_thin(c, stroke))]


def _rectangle(strokes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Return the corners of the smallest rectangle around all."""
    return np.rint(cv2.boxPoints(cv2.minAreaRect(_hull(strokes)))).astype(np.int32)


def _ellipse(strokes: npt.NDArray[np.uint8]) -> npt.NDArray[np.int32]:
    """Return the ellipse through most of the hull."""
    hull = _hull(_closed_line(strokes.shape, _hull(strokes)) & strokes)
    if len(hull) < 5:
        return hull
    (x, y), (a, b), angle = cv2.fitEllipse(hull)
    centre, half = (round(x), round(y)), (round(a / 2), round(b / 2))
    return np.asarray(cv2.ellipse2Poly(centre, half, round(angle), 0, 360, 3), np.int32)


def _without_lines(component: Component, stroke_width: float, height: float) -> list[Component]:
    """Return what is left of a component without long straight lines; itself if there are none."""
    ink = without_long_lines(component.ink, stroke_width, LINE * height)
    if ink is component.ink:
        return [component]
    return components_of(ink, component.left, component.top, SPECK * stroke_width)


def _is_long(component: Component, height: float) -> bool:
    least = (LINE if component.height <= LEVEL * component.width else LONG) * height
    return max(component.width, component.height) >= least


def _is_thin(component: Component, stroke_width: float) -> bool:
    strokes = (component.ink >= STROKE).astype(np.uint8)
    (_, sides, _) = cv2.minAreaRect(_hull(strokes))
    return bool(min(sides) <= THIN * stroke_width)


def _is_bar(component: Component, others: Sequence[Component], height: float) -> bool:
    """True for the bar of a fraction, or a line under a digit: level, with a digit right above or below."""
    box = component.box
    if box.width < BAR * height or box.height > LEVEL * box.width:
        return False
    around = (
        max(box.top - other.box.bottom, other.box.top - box.bottom)
        for other in others
        if other.height > height / 2 and box.left <= other.left + other.width / 2 <= box.right
    )
    return any(-height / 4 < gap < BESIDE_BAR * height for gap in around)


def _is_box(component: Component, frames: Sequence[Component], height: float) -> bool:
    """True for an empty rectangle that is as large as another with something in it, or larger than digits."""
    alike = any(
        abs(component.width - f.width) <= ALIKE * f.width
        and abs(component.height - f.height) <= ALIKE * f.height
        for f in frames
    )
    if not alike and component.height < LINE * height:
        return False
    if min(component.width, component.height) < HOLLOW * component.stroke_width:
        return False
    strokes = (component.ink >= STROKE).astype(np.uint8)
    line = _closed_line(strokes.shape, _rectangle(strokes))
    return _covered(strokes, line, component.stroke_width) >= CORNERED
