"""The Draw page: paper on the left, the answer on the right."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import DIGITS
from mnist_app.errors import InputError, RunError
from mnist_app.ui import address, prediction_view, resources, widgets

_KINDS = {"Auto": None, "Digit": False, "Number": True}
_SAMPLES_WIDTH = 320  # pixels; five buttons a row


@st.fragment
def page() -> None:
    """Show the page. A stroke reruns this fragment alone."""
    paper = widgets.Paper()
    left, right = st.columns(2, gap="medium")
    with left, st.container(horizontal_alignment="center", gap="small"):
        # Before the buttons, which depend on what is on the paper now.
        drawing = paper.show(widgets.pen_width())
        with st.container(horizontal=True, horizontal_alignment="center", width=widgets.PAPER_SIDE):
            st.button("Undo", on_click=paper.undo, icon=":material/undo:", disabled=paper.is_empty)
            st.button("Clear", on_click=paper.clear, icon=":material/delete:", disabled=paper.is_empty)
            with st.popover("Settings"):
                widgets.pen_picker()
                is_number = _pick_kind()
                model = widgets.model_picker()
            address.show_address()
    with right:
        try:
            if paper.is_empty:
                _invite(paper)
            else:
                reading = resources.reader(model).read_drawing(drawing, is_number)
                prediction_view.show_drawing(reading)
        except (InputError, RunError) as error:
            prediction_view.show_hint(str(error))


def _pick_kind() -> bool | None:
    """Return whether the drawing is a number; None lets its strokes decide."""
    look = {"label_visibility": "visible", "persist_state": "session"}
    help_ = "Usually the strokes tell whether they are one digit or a whole number."
    return _KINDS[widgets.one_of("Read as", _KINDS, "kind", help=help_, **look)]


def _invite(paper: widgets.Paper) -> None:
    prediction_view.show_hint("Draw a digit from 0 to 9, or a whole number.")
    st.caption("Or start from a sample")
    with st.container(horizontal=True, gap="small", width=_SAMPLES_WIDTH):
        for digit in DIGITS:
            objects = widgets.sample_objects(digit, widgets.PAPER_SIDE, widgets.pen_width(), widgets.INK)
            st.button(str(digit), on_click=paper.replace, args=(objects,), key=f"sample-{digit}", width=48)
