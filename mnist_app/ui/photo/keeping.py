"""A button that stores the corrections that a visitor has made in a photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from mnist_app.domain import Digit
from mnist_app.ui import correcting
from mnist_app.ui.photo.session import UploadedPhoto

_KEPT = "photo_kept"  # photos' keys, boxes and labels


def show(photo: UploadedPhoto) -> None:
    """Show the button if there are corrections that are not stored yet."""
    new = _new(photo)
    with st.container():  # also if it is empty: what is below stays in its place
        if new:
            st.button(
                "Keep these corrections",
                key="keep-corrections",
                icon=":material/save:",
                on_click=_keep,
                args=(photo, new),
            )
            st.caption(correcting.NOTICE)
        if new or st.session_state.get(_KEPT):
            correcting.show_deletion("photo")
    correcting.show_message()


def _new(photo: UploadedPhoto) -> list[Digit]:
    digits = photo.reading.digits if photo.reading else ()
    kept = st.session_state.setdefault(_KEPT, set())
    return [d for d in digits if d.label is not None and (photo.key, d.box, d.label) not in kept]


def _keep(photo: UploadedPhoto, digits: Sequence[Digit]) -> None:
    own = {digit.box: digit for digit in photo.own.digits} if photo.own else {}
    st.session_state[_KEPT] |= {(photo.key, digit.box, digit.label) for digit in digits}
    read = [(own.get(digit.box) or replace(digit, label=None), digit.label) for digit in digits]
    correcting.keep([correcting.correction(d, photo.run, label) for d, label in read if label is not None])
