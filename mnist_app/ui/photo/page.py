"""The Photo page: photos of numbers in, what was read out, and every box can be put right."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import Reading
from mnist_app.errors import InputError, RunError
from mnist_app.reading.annotate import annotated
from mnist_app.reading.reader import Reader
from mnist_app.ui import prediction_view, resources, widgets
from mnist_app.ui.photo import box_editor, downloads, session, upload


def page() -> None:
    """Photos from somewhere, then one of them at a time."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Settings", key="photo-settings"):
            model = widgets.model_picker()
        # Where there is a photo, it has the page.
        count = len(session.photos())
        place = st.popover("Photos", icon=":material/add_a_photo:", key=f"photos-{count}") if count else None
    with place or st.container():
        upload.show()
    if not session.photos():
        prediction_view.show_hint("Show a photo of handwritten numbers.")
        upload.invite()
        return
    try:
        reader = resources.reader(model)
        upload.read_waiting(reader, model)
        _show(upload.chosen(), reader)
    except (InputError, RunError) as error:
        prediction_view.show_hint(str(error))


def _show(k: int, reader: Reader) -> None:
    """One photo with its frames, its text, and a closer look at each digit."""
    shot = session.photos()[k]
    if shot.reading is None:
        prediction_view.show_hint(shot.error)
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        picture = annotated(session.pixels(shot), shot.reading)
        words = shot.reading.text.replace("\n", ", ")
        st.image(picture, alt=f"Your photo, with a frame around each digit: {words}", output_format="JPEG")
        if shot.reading.turned:
            st.caption(f"Turned by {shot.reading.turned}° to be read.")
    with right:
        if shot.error:
            prediction_view.show_hint(shot.error)
        elif len(shot.reading.digits) == 1:
            prediction_view.show_answer(shot.reading.digits[0])
        else:
            prediction_view.show_text(shot.reading)
        downloads.show(shot, picture)
    if len(shot.reading.digits) == 1:
        with left:
            box_editor.correct(k, 0, reader)
    elif shot.reading.digits:
        _look_closer(k, shot.reading, reader)
    box_editor.edit(k, reader)


def _look_closer(k: int, reading: Reading, reader: Reader) -> None:
    """One digit of several, to look at and to correct."""
    chosen = prediction_view.pick_digit(reading.digits, "read")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        prediction_view.show_answer(reading.digits[chosen], is_part=True)
    with right:
        box_editor.correct(k, chosen, reader)
