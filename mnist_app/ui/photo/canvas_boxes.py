"""Boxes between a photo and the canvas that shows it. What the canvas sends is not trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, TypeGuard

import cv2
import numpy as np

from mnist_app.domain import DIGITS, Box, Photo
from mnist_app.errors import DrawingError
from mnist_app.ink.canvas_json import stroke_from_path
from mnist_app.ui.photo.session import LabelledBox

SIDE, PHONE_SIDE = 700, 350  # pixels of the canvas's longer side, as wide as the page
MAX_BOXES = 1_000
MAX_PIXELS = 100_000  # of any number that the canvas sends
MAX_LABEL = 20  # characters
MIN_SIDE = 3  # pixels of the canvas; a smaller box is a click that went astray
TOLERANCE = 1.0  # pixels of the canvas; a box that differs by less has not moved
_DEFAULTS = {"left": None, "top": None, "width": None, "height": None, "scaleX": 1, "scaleY": 1}
_SHIFT = {"center": 0.5, "right": 1.0, "bottom": 1.0}  # of the side, by Fabric's origin
_LABELS = {str(digit): digit for digit in DIGITS}


@dataclass(frozen=True)
class CanvasBox:
    """A box in the canvas's pixels, and the text of its label."""

    label: str
    box: Box


class Canvas:
    """A photo as it was read, `size` pixels wide and high, and the way of boxes to it and back."""

    def __init__(self, photo: Photo, turned: int, side: int = SIDE) -> None:
        page = np.rot90(photo.pixels, turned // 90)
        height, width = page.shape[:2]
        scale = side / max(height, width)
        self.size = max(1, round(width * scale)), max(1, round(height * scale))
        self._turned, self._factor = turned, photo.scale * scale
        self._page = (photo.pixels.shape[1] / photo.scale, photo.pixels.shape[0] / photo.scale)
        small = cv2.resize(np.ascontiguousarray(page), self.size, interpolation=cv2.INTER_AREA)
        self.picture = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))[1].tobytes()

    def place(self, box: Box) -> Box:
        """Return a box of the photo on the canvas."""
        return box.turned(self._turned, *self._page).scaled(self._factor)

    def back(self, box: Box) -> Box:
        """Return a box of the canvas on the photo."""
        page = self._page[:: -1 if self._turned % 180 else 1]
        return box.scaled(1 / self._factor).turned(360 - self._turned, *page)


def boxes_of(raw: Any) -> list[CanvasBox] | None:
    """Return the boxes of a canvas's untrusted JSON, circled ones too; None if it is no drawing."""
    objects = raw.get("objects") if isinstance(raw, dict) else None
    if not isinstance(objects, list) or len(objects) > MAX_BOXES:
        return None
    makers = {"LabeledRect": _rectangle, "Path": _circled}
    known = [item for item in objects if isinstance(item, dict) and item.get("type") in makers]
    boxes = [makers[item["type"]](item) for item in known]
    return [each for each in boxes if each and min(each.box.width, each.box.height) >= MIN_SIDE]


def _rectangle(rect: dict[str, Any]) -> CanvasBox | None:
    values: list[float] = [v for k, d in _DEFAULTS.items() if _is_number(v := rect.get(k, d))]
    if len(values) < len(_DEFAULTS):
        return None
    left, top, width, height, scale_x, scale_y = values
    width, height = abs(width * scale_x), abs(height * scale_y)
    left -= _SHIFT.get(str(rect.get("originX")), 0.0) * width
    top -= _SHIFT.get(str(rect.get("originY")), 0.0) * height
    label = rect.get("label")
    return CanvasBox(label[:MAX_LABEL] if isinstance(label, str) else "", Box(left, top, width, height))


def _circled(path: dict[str, Any]) -> CanvasBox | None:
    """Return the box around a line that was drawn around something."""
    try:
        points = stroke_from_path(path)
    except DrawingError:
        return None
    if not len(points) or not np.isfinite(points).all() or np.abs(points).max() >= MAX_PIXELS:
        return None
    return CanvasBox("", Box.of_points(points))


def _is_number(value: Any) -> TypeGuard[float]:
    # Neither NaN, infinity nor an integer of hundreds of digits is less.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_PIXELS


def corrections(
    now: Sequence[CanvasBox], seen: Sequence[CanvasBox], canvas: Canvas, known: Sequence[LabelledBox]
) -> list[LabelledBox]:
    """Return the canvas's boxes on the photo. `seen` is what it had before, `known` the photo's boxes then.

    A text counts as the visitor's label if it was changed and is one digit: before, it is only what was read,
    and a box that was moved is read anew.
    """
    return [_correction(box, _before(k, now, seen), canvas, known) for k, box in enumerate(now)]


def _before(k: int, now: Sequence[CanvasBox], seen: Sequence[CanvasBox]) -> CanvasBox | None:
    """Return what box `k` was before: in one step, one box is moved, or some are added or deleted."""
    unmoved = (box for box in seen if _is_near(now[k].box, box.box))
    return next(unmoved, seen[k] if len(now) == len(seen) else None)


def _correction(
    now: CanvasBox, before: CanvasBox | None, canvas: Canvas, known: Sequence[LabelledBox]
) -> LabelledBox:
    old = next((each for each in known if before and _is_near(before.box, canvas.place(each[0]))), None)
    label = old[1] if old else None
    if before is None or now.label != before.label:
        label = _LABELS.get(now.label.strip())
    if old and _is_near(now.box, canvas.place(old[0])):
        return old[0], label  # to the last decimal, so that what was read there stays
    return canvas.back(now.box), label


def _is_near(a: Box, b: Box) -> bool:
    return all(abs(x - y) < TOLERANCE for x, y in zip(astuple(a), astuple(b), strict=True))


def same(a: Sequence[CanvasBox], b: Sequence[CanvasBox]) -> bool:
    """Return whether two lists have the same boxes and labels, but for the canvas's own rounding."""
    pairs = zip(a, b, strict=False)
    return len(a) == len(b) and all(x.label == y.label and _is_near(x.box, y.box) for x, y in pairs)
