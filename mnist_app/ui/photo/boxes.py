"""Correcting what was read: boxes over the photo that can be moved, added, deleted and relabelled.

What the canvas sends is not trusted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, astuple, dataclass
from typing import Any, TypeGuard

import cv2
import numpy as np
import streamlit as st

from mnist_app.domain import DIGITS, Box, Photo
from mnist_app.errors import DrawingError
from mnist_app.ink.canvas_json import stroke_from_path
from mnist_app.reading.reader import Reader
from mnist_app.ui.colours import VERMILLION
from mnist_app.ui.photo import session
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
_HELP = (
    "{} a digit that was missed. With the pencil in the toolbar over the photo, boxes can be "
    "chosen, moved, resized and deleted. To say which digit it is, use the buttons above."
)
_BUTTONS_WIDTH = 270  # pixels; five a row


def show_labels(k: int, digit: int, reader: Reader) -> None:
    """Show buttons that say what a digit of photo `k` really is, or that it is none."""
    boxes = session.photos()[k].boxes
    before, (box, _), after = boxes[:digit], boxes[digit], boxes[digit + 1 :]
    st.caption("Is it another digit?")
    with st.container(horizontal=True, gap="small", width=_BUTTONS_WIDTH):
        for label in DIGITS:
            args = (k, [*before, (box, label), *after], reader)
            st.button(str(label), on_click=correct, args=args, key=f"label-{label}", width=40)
        st.button("Not a digit", on_click=correct, args=(k, [*before, *after], reader), key="label-none")


def show_boxes(k: int, reader: Reader) -> None:
    """Show the photo with its boxes on a canvas; when they change, read the photo again."""
    photo = session.photos()[k]
    with st.container(horizontal=True, vertical_alignment="center"):
        is_on = st.toggle("Change the boxes", key="boxes_on", persist_state="session")
        if photo.corrections is not None:
            st.button("Undo all changes", on_click=correct, args=(k, None, reader), icon=":material/undo:")
    if not is_on:
        return
    # The script is not told how wide the window is; browsers on phones all say "Mobi".
    is_phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
    st.caption(_HELP.format("Circle" if is_phone else "Draw a box around"))
    side = PHONE_SIDE if is_phone else SIDE
    canvas = Canvas(session.pixels(photo), photo.reading.turned if photo.reading else 0, side)
    now = boxes_of(_canvas_json(photo, canvas, is_phone))
    seen = st.session_state["boxes_seen"]
    if now is not None and not same(now, seen):
        st.session_state["boxes_seen"] = now
        session.correct(k, corrections(now, seen, canvas, photo.boxes), reader)
        st.rerun()
    if now and photo.corrections is not None and len(now) > len(photo.boxes):
        st.caption("A box without ink in it is not read.")


def _canvas_json(photo: session.UploadedPhoto, canvas: Canvas, is_phone: bool) -> Any:
    """Show the canvas. Returns its JSON, as untrusted as all that browsers send."""
    from streamlit_drawable_canvas import boxes_to_drawing, st_canvas  # only a running app can import it

    # Another photo or model has other boxes; Python keeps the hash of bytes, so it costs nothing here.
    key = f"boxes-{hash(photo.key)}-{photo.run}-{st.session_state.get('boxes_sheet', 0)}"
    if key not in st.session_state:
        # Only for a new canvas: feeding its own boxes back would reset its undo.
        digits = photo.reading.digits if photo.reading else ()
        placed = [CanvasBox(digit.text, canvas.place(digit.box)) for digit in digits]
        start = [{"label": each.label, **asdict(each.box)} for each in placed]
        st.session_state["boxes_start"] = boxes_to_drawing(start, stroke_color=VERMILLION, stroke_width=2)
        st.session_state["boxes_seen"] = placed
    result = st_canvas(
        stroke_width=2,
        stroke_color=VERMILLION,
        fill_color="rgba(0, 0, 0, 0)",
        background_image=canvas.picture,
        width=canvas.size[0],
        height=canvas.size[1],
        drawing_mode="freedraw" if is_phone else "labeled_rect",  # a finger can't draw its boxes
        initial_drawing=st.session_state["boxes_start"],
        font_size=4 + canvas.size[0] // 70,
        key=key,
    )
    return result.json_data


def correct(k: int, boxes: list[LabelledBox] | None, reader: Reader) -> None:
    """Read photo `k` with these boxes, or with the reader's own if None, and show a new canvas."""
    if boxes is None:
        session.undo_corrections(k)
    else:
        session.correct(k, boxes, reader)
    st.session_state["boxes_sheet"] = st.session_state.get("boxes_sheet", 0) + 1


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
    found = []
    for k, each in enumerate(now):
        # In one step, one box is moved, or some are added or deleted.
        unmoved = (old for old in seen if _is_near(each.box, old.box))
        before = next(unmoved, seen[k] if len(now) == len(seen) else None)
        found.append(_correction(each, before, canvas, known))
    return found


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
