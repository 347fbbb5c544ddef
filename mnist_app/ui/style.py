"""The style sheet, which must be in the browser before what it styles: the page would jump."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STYLE = Path(__file__).with_name("style.css")
_style = st.components.v2.component(
    "digit_reader_style",
    css=STYLE.read_text(),
    js="export default ({ data, setTriggerValue }) => data.waits && setTriggerValue('there', true)",
    isolate_styles=False,
)


def show_style() -> None:
    """Send the style sheet. A visitor's first run ends here; the browser asks for the rest once it has it."""
    is_there = st.session_state.get("style_there", False)  # the component forgets when pages change
    _style(key="style", data={"waits": not is_there}, on_there_change=_note)
    if not is_there:
        st.stop()


def _note() -> None:
    st.session_state["style_there"] = True
