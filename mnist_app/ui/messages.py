"""What an action says after the page has been drawn anew."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mnist_app.errors import MnistAppError
from mnist_app.ui import visitors

_NOTICE = "notice"
Action = Callable[[str], str]


def run_action(action: Callable[[], str]) -> None:
    """Do what only some visitors may do, and keep what it says, or why it can't be done."""
    try:
        visitors.check()
        flash(action())
    except MnistAppError as error:
        st.session_state[_NOTICE] = (False, str(error))


def flash(text: str) -> None:
    """Keep what is to be said once the page has been drawn anew."""
    st.session_state[_NOTICE] = (True, text)


def show() -> None:
    """Show that once."""
    is_done, text = st.session_state.pop(_NOTICE, (True, ""))
    if text and is_done:
        st.toast(text, icon=":material/check:")
    elif text:
        st.error(text)
