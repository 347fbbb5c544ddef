"""The Photo page: photos of numbers, what was read from them, and a way to put that right."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mnist_app.errors import InputError, RunError
from mnist_app.reading.reader import Reader
from mnist_app.ui import prediction_view, resources, widgets
from mnist_app.ui.photo import downloads, editor, files, keeping, session, thumbnails
from mnist_app.ui.words import plain

_REFUSED_WIDTH = 480  # pixels


def page() -> None:
    """Show the page: a source of photos, then one photo at a time."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Settings", key="photo-settings"):
            model = widgets.model_picker()
        # A photo, once there is one, has the page for itself.
        count = len(session.photos())
        icon, key = ":material/add_a_photo:", f"photos-{count}"  # another key closes it
        place = st.popover("Add photos", icon=icon, key=key) if count else None
        if count:
            args = (session.chosen(),)
            st.button("Remove", on_click=session.remove, args=args, icon=":material/delete:", key="remove")
    source = st.empty()  # emptied at once when there are photos: what was here would stay while they are read
    if count and place:
        with place:
            files.show_source()
    else:
        with source.container(key="photo-source"):
            files.show_source()
            files.show_samples()
        return
    try:
        _show_photos(resources.reader(model), model)
    except (InputError, RunError) as error:
        prediction_view.show_hint(str(error))


def _show_photos(reader: Reader, model: str) -> None:
    """Show the chosen photo as soon as it is read, then read the others, one a run."""
    files.say_left_out()
    chosen = session.chosen()
    editor.apply_edits(reader)
    thumbnails.show()
    photo = session.photos()[chosen]
    with st.container(key="photo"):
        if photo.run == model:
            _show_photo(chosen)
        else:  # in the place of the photo before, which would go pale otherwise
            beside = st.container(horizontal=True, vertical_alignment="center")
            with beside, st.spinner(f"Reading {plain(photo.title)} …"):
                session.read(chosen, reader, model, on_try=partial(thumbnails.say_way, st.empty()))
            st.rerun()
    waiting = next((k for k, other in enumerate(session.photos()) if other.run != model), None)
    if waiting is not None:
        session.read(waiting, reader, model, keep=False)
        st.rerun()


def _show_photo(k: int) -> None:
    """Show one photo with its digits, its text and its downloads."""
    photo = session.photos()[k]
    with st.container():  # also if it is empty: what is below stays in its place
        if photo.refusal:
            prediction_view.show_hint(photo.refusal)
    if photo.reading is None:
        if photo.thumbnail:  # it could be decoded
            st.image(session.picture(photo), alt=photo.title, width=_REFUSED_WIDTH)
        return
    editor.show(k)
    if photo.reading.turned:
        st.caption(f"Turned by {photo.reading.turned}° to be read.")
    downloads.show(photo)
    keeping.show(photo)
