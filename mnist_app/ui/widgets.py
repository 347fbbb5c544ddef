"""Widgets that pages share: choices and pictures."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import cv2
import streamlit as st

from mnist_app.domain import ByteArray
from mnist_app.runs import DEFAULT_RUN, RunStore

CLIPBOARD = Path(__file__).with_name("clipboard.js").read_text()  # a function for scripts of components
PENS = {"Fine": 8, "Medium": 16, "Broad": 28}  # of the paper's 300 units
_PEN, _MEDIUM = "pen", "Medium"


def picture_url(image: ByteArray) -> str:
    """Return a (H, W) uint8 image as a data URL: a PNG with exactly its values."""
    _, content = cv2.imencode(".png", image)
    return "data:image/png;base64," + base64.b64encode(content.tobytes()).decode("ascii")


def model_picker() -> str:
    """Return the name of the run to read with, the same on every page; DEFAULT_RUN if there are no runs."""
    names = RunStore().models()
    index = names.index(DEFAULT_RUN) if DEFAULT_RUN in names else 0
    help_ = "The trained run that reads"
    chosen = st.selectbox("Model", names, index, key="model", help=help_, persist_state="session")
    return chosen or DEFAULT_RUN


def one_of(label: str, options: Iterable[str], key: str | None = None, **look: Any) -> str:
    """Show a row of options, at first without the label. Returns the chosen one: the first until a click."""
    names = list(options)
    look = {"default": names[0], "label_visibility": "collapsed"} | look
    return st.segmented_control(label, names, key=key, required=True, **look)


def download(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    """Show a button for a file, which is made when it is pressed: a picture takes a tenth of a second."""
    icon, key = ":material/download:", f"download-{label}"
    st.download_button(label, make, name, mime, on_click="ignore", icon=icon, key=key)


def pen_picker() -> None:
    """Show the choice of `pen_width`."""
    one_of("Pen", PENS, _PEN, default=_MEDIUM, label_visibility="visible", persist_state="session")


def pen_width() -> int:
    """Return the chosen pen's width in units of the paper."""
    return PENS[st.session_state.get(_PEN, _MEDIUM)]
