"""Putting right what was read: boxes over the photo that can be moved, added, deleted and relabelled."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Literal

import streamlit as st
from streamlit_drawable_canvas import boxes_to_drawing, st_canvas

from mnist_app.domain import DIGITS
from mnist_app.reading.reader import Reader
from mnist_app.ui.photo import canvas_boxes, session

_HELP = (
    "{} a digit that was missed. With the pencil in the toolbar over the photo, boxes can be "
    "chosen, moved, resized and deleted. What a digit is, the buttons above say."
)
_BUTTONS_WIDTH = 270  # pixels; five a row
_FRAME = "#D55E00"  # Okabe and Ito's vermillion


def marks_of(shot: session.UploadedPhoto) -> list[session.Mark]:
    """Every box with what the visitor said of it, in reading order."""
    return [(digit.box, digit.label) for digit in (shot.reading.digits if shot.reading else ())]


def correct(k: int, digit: int, reader: Reader) -> None:
    """Buttons that say what a digit of photo `k` really is, or that there is none."""
    marks = marks_of(session.photos()[k])
    before, (box, _), after = marks[:digit], marks[digit], marks[digit + 1 :]
    st.caption("Is it another digit?")
    with st.container(horizontal=True, gap="small", width=_BUTTONS_WIDTH):
        for label in DIGITS:
            _button(str(label), k, [*before, (box, label), *after], reader, f"label-{label}")
        _button("Not a digit", k, [*before, *after], reader, "label-none")


def _button(text: str, k: int, changed: list[session.Mark], reader: Reader, key: str) -> None:
    width: int | Literal["content"] = 40 if len(text) == 1 else "content"
    st.button(text, on_click=_change, args=(k, changed, reader), key=key, width=width)


def _change(k: int, marks: list[session.Mark], reader: Reader) -> None:
    session.mark(k, marks, reader)
    _new_canvas()


def undo(k: int) -> None:
    """Back to what was read."""
    session.unmark(k)
    _new_canvas()


def _new_canvas() -> None:
    st.session_state["marks_sheet"] = st.session_state.get("marks_sheet", 0) + 1


def edit(k: int, reader: Reader) -> None:
    """The photo with its boxes on a canvas; where they change, the photo is read again."""
    shot = session.photos()[k]
    with st.container(horizontal=True, vertical_alignment="center"):
        is_on = st.toggle("Change the boxes", key="marks_on", persist_state="session")
        if shot.marks is not None:
            st.button("Undo all changes", on_click=undo, args=(k,), icon=":material/undo:")
    if not is_on:
        return
    # The script is not told how wide the window is; browsers on phones all say "Mobi".
    is_phone = "Mobi" in (st.context.headers.get("User-Agent") or "")
    st.caption(_HELP.format("Circle" if is_phone else "Draw a box around"))
    side = canvas_boxes.PHONE_SIDE if is_phone else canvas_boxes.SIDE
    sheet = canvas_boxes.Canvas(session.pixels(shot), shot.reading.turned if shot.reading else 0, side)
    now = canvas_boxes.boxes_of(_canvas(shot, sheet, is_phone))
    seen = st.session_state["marks_seen"]
    if now is not None and not canvas_boxes.same(now, seen):
        st.session_state["marks_seen"] = now
        session.mark(k, canvas_boxes.marks_from(now, seen, sheet, marks_of(shot)), reader)
        st.rerun()
    if now and shot.marks is not None and len(now) > len(marks_of(shot)):
        st.caption("A box without ink in it is not read.")


def _canvas(shot: session.UploadedPhoto, sheet: canvas_boxes.Canvas, is_phone: bool) -> Any:
    """The canvas, and its JSON, as untrusted as all that browsers send."""
    # Another photo or model has other boxes; Python keeps the hash of bytes, so it costs nothing here.
    key = f"marks-{hash(shot.content)}-{shot.run}-{st.session_state.get('marks_sheet', 0)}"
    if key not in st.session_state:
        # Only where the canvas is new: feeding its own boxes back would reset its undo.
        digits = shot.reading.digits if shot.reading else ()
        placed = [canvas_boxes.Sent(digit.text, sheet.place(digit.box)) for digit in digits]
        start = [{"label": sent.label, **asdict(sent.box)} for sent in placed]
        st.session_state["marks_start"] = boxes_to_drawing(start, stroke_color=_FRAME, stroke_width=2)
        st.session_state["marks_seen"] = placed
    result = st_canvas(
        stroke_width=2,
        stroke_color=_FRAME,
        fill_color="rgba(0, 0, 0, 0)",
        background_image=sheet.picture,
        width=sheet.size[0],
        height=sheet.size[1],
        drawing_mode="freedraw" if is_phone else "labeled_rect",  # a finger can't draw its boxes
        initial_drawing=st.session_state["marks_start"],
        font_size=4 + sheet.size[0] // 70,
        key=key,
    )
    return result.json_data
