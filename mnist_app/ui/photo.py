"""The Photo page: a photo of one digit in, the same answer as for a drawing out."""

from __future__ import annotations

import cv2
import streamlit as st

from mnist_app.domain import Box, ByteArray, Photo
from mnist_app.errors import InputError, RunError
from mnist_app.ink.decode import FORMATS, load_photo
from mnist_app.ui import resources, widgets

_TYPES = [name.lower() for name in FORMATS] + ["jpg"]
_PHOTO_SIDE = 220  # pixels of the longer side; on a phone the answer below stays in sight
_FRAME = (0, 158, 115)  # Okabe and Ito's green


def page() -> None:
    """Upload or camera, one digit."""
    left, right = st.columns(2, gap="medium")
    with left:
        _source()
        with st.popover("Settings"):
            model = widgets.model_picker()
    content = st.session_state.get("photo")
    with right:
        if content is None:
            widgets.show_hint("Upload a photo of one digit, or take one.")
            return
        try:
            photo = load_photo(content)
            digit = resources.reader(model).read_photo(photo).digits[0]
        except (InputError, RunError) as error:
            widgets.show_hint(str(error))
            return
        widgets.show_answer(digit)
    with left:
        st.image(
            _framed(photo, digit.box),
            alt=f"Your photo, with a frame around what was read: {digit.text}",
            width=_width(photo),
        )


def _source() -> None:
    camera = st.segmented_control("From", ["File", "Camera"], default="File", label_visibility="collapsed")
    if camera == "Camera":
        file = st.camera_input(
            "Take a photo of one digit", key="snapshot", on_change=_keep, args=("snapshot",)
        )
    else:
        file = st.file_uploader("Photo of one digit", _TYPES, key="upload", on_change=_keep, args=("upload",))
    if file is None and st.session_state.get("photo") is not None:
        st.button("Remove photo", on_click=_forget, icon=":material/delete:")  # one from an earlier visit


def _forget() -> None:
    del st.session_state["photo"]


def _width(photo: Photo) -> int:
    height, width = photo.pixels.shape[:2]
    return max(1, round(_PHOTO_SIDE * width / max(width, height)))


def _keep(widget: str) -> None:
    """Remember the photo beyond this page, and forget it when it is removed."""
    file = st.session_state[widget]
    st.session_state["photo"] = file.getvalue() if file else None


def _framed(photo: Photo, box: Box) -> ByteArray:
    """The photo with a frame around what was read."""
    framed = photo.pixels.copy()
    line = max(2, max(framed.shape) // 150)
    left, top = (int(v * photo.scale) - line for v in (box.left, box.top))
    right, bottom = (int(v * photo.scale) + line for v in (box.left + box.width, box.top + box.height))
    cv2.rectangle(framed, (left, top), (right, bottom), _FRAME, line, cv2.LINE_AA)
    return framed
