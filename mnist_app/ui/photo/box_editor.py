"""Correcting what was read: boxes over the photo that can be moved, added, deleted and relabelled."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import streamlit as st
from streamlit_drawable_canvas import boxes_to_drawing, st_canvas

from mnist_app.domain import DIGITS
from mnist_app.reading.reader import Reader
from mnist_app.ui.colours import VERMILLION
from mnist_app.ui.photo import canvas_boxes, session

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
            st.button(str(label), on_click=_correct, args=args, key=f"label-{label}", width=40)
        st.button("Not a digit", on_click=_correct, args=(k, [*before, *after], reader), key="label-none")


def show_boxes(k: int, reader: Reader) -> None:
    """Show the photo with its boxes on a canvas; when they change, read the photo again."""
    photo = session.photos()[k]
    with st.container(horizontal=True, vertical_alignment="center"):
        is_on = st.toggle("Change the boxes", key="boxes_on", persist_state="session")
        if photo.corrections is not None:
            st.button("Undo all changes", on_click=_correct, args=(k, None, reader), icon=":material/undo:")
    if not is_on:
        return
    # The script is not told how wide the window is; browsers on phones all say "Mobi".
    is_phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
    st.caption(_HELP.format("Circle" if is_phone else "Draw a box around"))
    side = canvas_boxes.PHONE_SIDE if is_phone else canvas_boxes.SIDE
    canvas = canvas_boxes.Canvas(session.pixels(photo), photo.reading.turned if photo.reading else 0, side)
    now = canvas_boxes.boxes_of(_canvas_json(photo, canvas, is_phone))
    seen = st.session_state["boxes_seen"]
    if now is not None and not canvas_boxes.same(now, seen):
        st.session_state["boxes_seen"] = now
        session.correct(k, canvas_boxes.corrections(now, seen, canvas, photo.boxes), reader)
        st.rerun()
    if now and photo.corrections is not None and len(now) > len(photo.boxes):
        st.caption("A box without ink in it is not read.")


def _canvas_json(photo: session.UploadedPhoto, canvas: canvas_boxes.Canvas, is_phone: bool) -> Any:
    """Show the canvas. Returns its JSON, as untrusted as all that browsers send."""
    # Another photo or model has other boxes; Python keeps the hash of bytes, so it costs nothing here.
    key = f"boxes-{hash(photo.content)}-{photo.run}-{st.session_state.get('boxes_sheet', 0)}"
    if key not in st.session_state:
        # Only for a new canvas: feeding its own boxes back would reset its undo.
        digits = photo.reading.digits if photo.reading else ()
        placed = [canvas_boxes.CanvasBox(digit.text, canvas.place(digit.box)) for digit in digits]
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


def _correct(k: int, boxes: list[session.LabelledBox] | None, reader: Reader) -> None:
    """Read photo `k` with these boxes, or with the reader's own if None, and show a new canvas."""
    if boxes is None:
        session.undo_corrections(k)
    else:
        session.correct(k, boxes, reader)
    st.session_state["boxes_sheet"] = st.session_state.get("boxes_sheet", 0) + 1
