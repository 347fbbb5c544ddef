"""The dialog behind “Why?”: one section at a time."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mnist_app.errors import RunError
from mnist_app.ui import correcting
from mnist_app.ui.why import changes, evidence, layers, look_alikes, opinions, replay, sight
from mnist_app.ui.why.subject import Subject
from mnist_app.ui.widgets import one_of

SECTIONS: dict[str, Callable[[Subject], None]] = {
    "What it sees": sight.show,
    "What mattered": evidence.show,
    "Stroke by stroke": replay.show,
    "What would change it": changes.show,
    "Look-alikes": look_alikes.show,
    "Layers": layers.show,
    "Other models": opinions.show,
}


def button(subject: Callable[[], Subject], key: str) -> None:
    """Show a button that opens the explanation of a digit."""
    if st.button("Why?", key=key, icon=":material/help_outline:"):
        show(subject())


@st.dialog("Why?", width="large")
def show(subject: Subject) -> None:
    """Show the explanation of a digit."""
    sections = [name for name in SECTIONS if name != "Stroke by stroke" or subject.drawing]
    section = one_of("Look at", sections, "why-section")
    with st.container(key="why-body"):
        try:
            SECTIONS[section](subject)
        except RunError as error:
            st.info(str(error))
    correcting.show_labels(lambda: subject, "why")
    correcting.show_message()
