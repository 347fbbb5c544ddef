"""The style sheet, which must be in the browser before what it styles: the page would jump."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

STYLE = Path(__file__).with_name("style.css")
_style = st.components.v2.component(
    "digit_reader_style",
    css=STYLE.read_text(),
    js="export default ({ setStateValue }) => setStateValue('there', true)",
    isolate_styles=False,
)


def show_style() -> None:
    """Send the style sheet. A visitor's first run ends here; the browser asks for the rest once it has it."""
    _style(key="style", on_there_change=lambda: None)
    if not st.session_state["style"].get("there"):
        st.stop()
