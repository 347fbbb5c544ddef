"""The Draw page: paper on the left, the answer on the right."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import DIGITS
from mnist_app.errors import InputError, RunError
from mnist_app.runs.audit import Event, record
from mnist_app.ui import address, correcting, prediction_view, resources, widgets
from mnist_app.ui.paper.paper import Paper
from mnist_app.ui.quiz import page as quiz
from mnist_app.ui.share import opened, popover
from mnist_app.ui.why import dialog
from mnist_app.ui.why.subject import of_drawing

_KINDS = {"Auto": None, "Digit": False, "Number": True}
_SAMPLES_WIDTH = 320  # pixels; five buttons a row


@st.fragment
def page() -> None:
    """Show the page."""
    paper = Paper(widgets.pen_width())
    opened.put_on(paper)
    with st.container(key="desk"):
        left, right = st.columns(2, gap="medium")
    with left:
        paper.show()
        with st.container(horizontal=True, gap="xsmall", key="tools"):
            paper.show_tools()
            with st.popover("Settings", key="settings"):
                widgets.pen_picker()
                is_number = _pick_kind()
                model = widgets.model_picker()
            address.show_address()
    with right:
        # A stroke reruns the answer alone, if it comes from the companion, which is a part of it.
        show = st.fragment(_answer) if paper.is_found else _answer
        show(paper, model, is_number)


def _answer(paper: Paper, model: str, is_number: bool | None) -> None:
    paper.receive()
    left_out: tuple[int, ...] = ()
    try:
        if paper.is_empty:
            _invite(paper)
        else:
            reader = resources.reader(model)
            reading = paper.read(reader, is_number)
            digit = prediction_view.show_drawing(reading)
            with st.container(horizontal=True, gap="small"):
                dialog.button(lambda: of_drawing(digit, model, paper.drawing), key="why")
                correcting.ask(lambda: of_drawing(digit, model, paper.drawing), key="correct")
                popover.show(paper, reading, reader, is_number)
            record(Event.READING, kind="drawing", digits=len(reading.digits), doubtful=len(reading.doubtful))
            left_out = prediction_view.strokes_left_out(reading)
    except (InputError, RunError) as error:
        prediction_view.show_hint(str(error))
        record(Event.READING_REFUSED, kind="drawing", reason=type(error).__name__)
    correcting.show_message()
    paper.answer(left_out)


def _pick_kind() -> bool | None:
    """Return whether the drawing is a number; None lets its strokes decide."""
    look = {"label_visibility": "visible", "persist_state": "session"}
    help_ = "Usually the strokes tell whether they are one digit or a whole number."
    return _KINDS[widgets.one_of("Read as", _KINDS, "kind", help=help_, **look)]


def _invite(paper: Paper) -> None:
    about = "A neural network reads your handwriting and shows what it sees."
    prediction_view.show_hint("Draw a digit from 0 to 9, or a whole number.", about)
    st.caption("Or start from a sample")
    with st.container(horizontal=True, gap="small", width=_SAMPLES_WIDTH):
        for digit in DIGITS:
            st.button(str(digit), on_click=paper.put, args=(digit,), key=f"sample-{digit}", width=48)
    st.page_link(st.Page(quiz.page, url_path="quiz"), label="Take the quiz", icon=":material/arrow_forward:")
