"""The Photo page: photos of numbers in, what was read out, and every box can be put right."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import Reading
from mnist_app.errors import InputError, RunError
from mnist_app.reading.annotate import annotated
from mnist_app.reading.reader import Reader
from mnist_app.ui import album, answers, downloads, marks, resources, sources, widgets


def page() -> None:
    """Photos from somewhere, then one of them at a time."""
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Settings", key="photo-settings"):
            model = widgets.model_picker()
        # Where there is a photo, it has the page.
        count = len(album.photos())
        place = st.popover("Photos", icon=":material/add_a_photo:", key=f"photos-{count}") if count else None
    with place or st.container():
        sources.show()
    if not album.photos():
        answers.show_hint("Show a photo of handwritten numbers.")
        sources.invite()
        return
    try:
        reader = resources.reader(model)
        sources.read_waiting(reader, model)
        _show(sources.chosen(), reader)
    except (InputError, RunError) as error:
        answers.show_hint(str(error))


def _show(k: int, reader: Reader) -> None:
    """One photo with its frames, its text, and a closer look at each digit."""
    shot = album.photos()[k]
    if shot.reading is None:
        answers.show_hint(shot.error)
        return
    left, right = st.columns([3, 2], gap="medium")
    with left:
        picture = annotated(album.pixels(shot), shot.reading)
        words = shot.reading.text.replace("\n", ", ")
        st.image(picture, alt=f"Your photo, with a frame around each digit: {words}", output_format="JPEG")
        if shot.reading.turned:
            st.caption(f"Turned by {shot.reading.turned}° to be read.")
    with right:
        if shot.error:
            answers.show_hint(shot.error)
        elif len(shot.reading.digits) == 1:
            answers.show_answer(shot.reading.digits[0])
        else:
            answers.show_text(shot.reading)
        downloads.show(shot, picture)
    if len(shot.reading.digits) == 1:
        with left:
            marks.correct(k, 0, reader)
    elif shot.reading.digits:
        _look_closer(k, shot.reading, reader)
    marks.edit(k, reader)


def _look_closer(k: int, reading: Reading, reader: Reader) -> None:
    """One digit of several, to look at and to correct."""
    chosen = answers.pick_digit(reading.digits, "read")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        answers.show_answer(reading.digits[chosen], is_part=True)
    with right:
        marks.correct(k, chosen, reader)
