"""The Photo page: photos of numbers, what was read from them, and boxes that can be corrected."""

from __future__ import annotations

import streamlit as st

from mnist_app.errors import InputError, RunError
from mnist_app.reading.annotate import annotated
from mnist_app.reading.reader import Reader
from mnist_app.ui import prediction_view, resources, widgets
from mnist_app.ui.photo import boxes, files, left_out, session


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
    """Show one photo with its frames, its text, and a closer look at each digit."""
    photo = session.photos()[k]
    reading = photo.reading
    if reading is None:
        prediction_view.show_hint(photo.error)
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        picture = annotated(session.pixels(photo), reading)
        words = reading.text.replace("\n", ", ")
        st.image(picture, alt=f"Your photo, with a frame around each digit: {words}", output_format="JPEG")
        if reading.turned:
            st.caption(f"Turned by {reading.turned}° to be read.")
    with right:
        if photo.error:
            prediction_view.show_hint(photo.error)
        elif len(reading.digits) == 1:
            prediction_view.show_digit(reading.digits[0])
        else:
            prediction_view.show_text(reading)
        files.show_downloads(photo, picture)
    if len(reading.digits) == 1:
        with left:
            boxes.show_labels(k, 0, reader)
    elif reading.digits:
        chosen = prediction_view.pick_digit(reading.digits, "read")
        left, right = st.columns([3, 2], gap="medium")
        with left:
            prediction_view.show_digit(reading.digits[chosen], is_part=True)
        with right:
            boxes.show_labels(k, chosen, reader)
    left_out.show(k, reader)
    boxes.show_boxes(k, reader)
