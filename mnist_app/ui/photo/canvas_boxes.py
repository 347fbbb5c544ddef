"""Boxes between a photo and the canvas that it is shown on; what the canvas sends is not to be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import Any, TypeGuard

import cv2
import numpy as np

from mnist_app.domain import DIGITS, Box, ByteArray, Photo
from mnist_app.errors import DrawingError
from mnist_app.ink.canvas_json import stroke_from_path
from mnist_app.ui.photo import session

SIDE, PHONE_SIDE = 700, 350  # pixels of the canvas's longer side, as wide as the page
MAX_BOXES = 1_000
MAX_PIXELS = 100_000  # of any number that the canvas sends
MIN_SIDE = 3  # pixels of the canvas; what is smaller is a click that went astray
UNMOVED = 1.0  # pixels of the canvas
_DEFAULTS = {"left": None, "top": None, "width": None, "height": None, "scaleX": 1, "scaleY": 1}
_SHIFT = {"center": 0.5, "right": 1.0, "bottom": 1.0}  # of the side, by Fabric's origin


@dataclass(frozen=True)
class Sent:
    """A box as it is on the canvas, in its pixels, and the text of its label."""

    label: str
    box: Box


class Canvas:
    """The photo as it was read, `size` pixels wide and high, and where boxes are on it."""

    def __init__(self, photo: Photo, turned: int, side: int = SIDE) -> None:
        page = np.rot90(photo.pixels, turned // 90)
        self._turned, self._scale = turned, side / max(page.shape[:2])
        height, width = page.shape[:2]
        self.size = max(1, round(width * self._scale)), max(1, round(height * self._scale))
        self._page = (photo.pixels.shape[1] / photo.scale, photo.pixels.shape[0] / photo.scale)
        self._factor = photo.scale * self._scale
        self.picture = _jpeg(np.ascontiguousarray(page), self.size)

    def place(self, box: Box) -> Box:
        """A box of the photo on the canvas."""
        return box.turned(self._turned, *self._page).scaled(self._factor)

    def back(self, box: Box) -> Box:
        """A box of the canvas on the photo."""
        page = self._page[:: -1 if self._turned % 180 else 1]
        return box.scaled(1 / self._factor).turned(360 - self._turned, *page)


def boxes_of(raw: Any) -> list[Sent] | None:
    """The boxes of a canvas's untrusted JSON, circled ones too; None for what is none."""
    objects = raw.get("objects") if isinstance(raw, dict) else None
    if not isinstance(objects, list) or len(objects) > MAX_BOXES:
        return None
    makers = {"LabeledRect": _box_of, "Path": _circled}
    known = [item for item in objects if isinstance(item, dict) and item.get("type") in makers]
    boxes = [makers[item["type"]](item) for item in known]
    return [box for box in boxes if box is not None]


def _box_of(rect: dict[str, Any]) -> Sent | None:
    values: list[float] = [v for k, d in _DEFAULTS.items() if _is_number(v := rect.get(k, d))]
    if len(values) < len(_DEFAULTS):
        return None
    left, top, width, height, scale_x, scale_y = values
    width, height = abs(width * scale_x), abs(height * scale_y)
    left -= _SHIFT.get(str(rect.get("originX")), 0.0) * width
    top -= _SHIFT.get(str(rect.get("originY")), 0.0) * height
    label = rect.get("label")
    return _sent(label[:20] if isinstance(label, str) else "", Box(left, top, width, height))


def _sent(label: str, box: Box) -> Sent | None:
    """None for what is too small to be meant."""
    return Sent(label, box) if min(box.width, box.height) >= MIN_SIDE else None


def _circled(path: dict[str, Any]) -> Sent | None:
    """The box around a line that was drawn around something."""
    try:
        points = stroke_from_path(path)
    except DrawingError:
        return None
    if not len(points) or not np.isfinite(points).all() or np.abs(points).max() >= MAX_PIXELS:
        return None
    return _sent("", Box.of_points(points))


def _is_number(value: Any) -> TypeGuard[float]:
    # Neither NaN, infinity nor an integer of hundreds of digits is less.
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < MAX_PIXELS


def marks_from(
    now: Sequence[Sent], seen: Sequence[Sent], canvas: Canvas, known: Sequence[session.Mark]
) -> list[session.Mark]:
    """What the canvas sends as marks of the photo. `seen` is what it had before, `known` the marks then.

    A text counts as the visitor's word where it was changed and is one digit: before, it is only what was
    read, and a box that was moved is read anew.
    """
    return [_mark(sent, _before(k, now, seen), canvas, known) for k, sent in enumerate(now)]


def _before(k: int, now: Sequence[Sent], seen: Sequence[Sent]) -> Sent | None:
    """What box `k` was before: at one time, one box is moved, or some are added or deleted."""
    unmoved = (sent for sent in seen if _near(now[k].box, sent.box))
    return next(unmoved, seen[k] if len(now) == len(seen) else None)


def _mark(sent: Sent, before: Sent | None, canvas: Canvas, known: Sequence[session.Mark]) -> session.Mark:
    old = next((m for m in known if before and _near(before.box, canvas.place(m[0]))), None)
    label = old[1] if old else None
    if before is None or sent.label != before.label:
        text = sent.label.strip()
        label = int(text) if text in {str(digit) for digit in DIGITS} else None
    if old and _near(sent.box, canvas.place(old[0])):
        return old[0], label  # to the last digit, so that what was read there stays
    return canvas.back(sent.box), label


def _near(a: Box, b: Box) -> bool:
    return all(abs(x - y) < UNMOVED for x, y in zip(astuple(a), astuple(b), strict=True))


def same(a: Sequence[Sent], b: Sequence[Sent]) -> bool:
    """Whether two lists have the same boxes and labels, but for the canvas's own rounding."""
    pairs = zip(a, b, strict=False)
    return len(a) == len(b) and all(x.label == y.label and _near(x.box, y.box) for x, y in pairs)


def _jpeg(pixels: ByteArray, size: tuple[int, int]) -> bytes:
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _, content = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR))
    return content.tobytes()
