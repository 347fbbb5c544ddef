"""Several photos: small pictures with what became of each, the way from one to the next, and out."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from mnist_app.reading.ways import MOST_WAYS
from mnist_app.ui.photo import session
from mnist_app.ui.photo.session import UploadedPhoto
from mnist_app.ui.words import plain

_WIDTH = 108  # pixels


def say_way(place: DeltaGenerator, way: int) -> None:
    """Say in which way a photo is being looked at: one that is not plain takes seconds."""
    if way > 1:
        place.caption(f"It is not plain: trying way {way} of {MOST_WAYS} at most")


def show() -> None:
    """Show each photo as a button, and which one is looked at; nothing for a single one."""
    photos, chosen = session.photos(), session.chosen()
    with st.container():  # also if it is empty: what is below stays in its place
        if len(photos) == 1:
            return
        with st.container(horizontal=True, gap="small", key="photo-thumbnails"):
            for k, photo in enumerate(photos):
                _show_thumbnail(k, photo, k == chosen)
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="photo-steps"):
            _show_steps(chosen, len(photos))
            st.text(f"{photos[chosen].title}, {chosen + 1} of {len(photos)}", width="content")


def _show_thumbnail(k: int, photo: UploadedPhoto, is_chosen: bool) -> None:
    with st.container(width=_WIDTH, key=f"photo-card-{k}", gap=None):
        if photo.thumbnail:
            st.image(photo.thumbnail, alt="", width="stretch")
        else:
            st.html('<div class="no-thumbnail"></div>')
        st.button(
            f"{k + 1}: {state_of(photo)}",
            on_click=session.choose,
            args=(k,),
            key=f"thumbnail-{k}",
            type="primary" if is_chosen else "secondary",
            help=plain(f"{photo.title}{f': {photo.refusal}' if photo.refusal else ''}"),
            width="stretch",
        )


def _show_steps(chosen: int, count: int) -> None:
    steps = (("Previous", -1, ":material/chevron_left:"), ("Next", 1, ":material/chevron_right:"))
    for label, step, icon in steps:
        target = chosen + step
        st.button(
            label,
            on_click=session.choose,
            args=(target,),
            icon=icon,
            key=f"photo-{label.lower()}",
            disabled=not 0 <= target < count,
        )


def state_of(photo: UploadedPhoto) -> str:
    """Return in a word or two what became of a photo."""
    if photo.refusal:
        return "not read"
    if photo.reading is None:
        return "reading …"
    doubtful = len(photo.reading.doubtful)
    return f"{doubtful} doubtful" if doubtful else "sure"
