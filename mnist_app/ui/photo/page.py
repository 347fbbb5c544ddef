"""The Photo page: photos of numbers, what was read from them, and boxes that can be corrected."""

from __future__ import annotations

import streamlit as st

from mnist_app.errors import InputError, RunError
from mnist_app.reading.reader import Reader
from mnist_app.ui import prediction_view, resources, widgets
from mnist_app.ui.photo import editor, files, session


def page() -> None:
    """Show the page: a source of photos, then one photo at a time."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Settings", key="photo-settings"):
            model = widgets.model_picker()
        # A photo, once there is one, has the page for itself.
        count = len(session.photos())
        place = st.popover("Photos", icon=":material/add_a_photo:", key=f"photos-{count}") if count else None
    with place or st.container(key="photo-source"):
        files.show_source()
    if not count:
        files.show_samples()
        return
    try:
        reader = resources.reader(model)
        files.say_left_out()
        _read_new(reader, model)
        _show_photo(files.pick_photo(), reader)
    except (InputError, RunError) as error:
        prediction_view.show_hint(str(error))


def _read_new(reader: Reader, model: str) -> None:
    """Read what the model has not read yet, with a progress bar."""
    waiting = [k for k, photo in enumerate(session.photos()) if photo.run != model]
    if waiting:
        bar = st.progress(0.0)
        for done, k in enumerate(waiting):
            bar.progress(done / len(waiting), f"Reading {session.photos()[k].title} …")
            session.read(k, reader, model)
        bar.empty()


def _show_photo(k: int, reader: Reader) -> None:
    """Show one photo with its digits, its text and its downloads."""
    editor.apply_edit(k, reader)
    photo = session.photos()[k]
    if photo.refusal or photo.reading is None:
        prediction_view.show_hint(photo.error)
    if photo.reading is None:
        return
    editor.show(k)
    if photo.reading.turned:
        st.caption(f"Turned by {photo.reading.turned}° to be read.")
    files.show_downloads(photo)
