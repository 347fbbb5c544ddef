"""Buttons that change something, and what they say after the page has been drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from mnist_app.errors import MnistAppError
from mnist_app.ui import visitors

_MESSAGE = "message"


def action_button(label: str, key: str, action: Callable[..., str], *args: Any, **look: Any) -> None:
    """Show a button, to owners only, that runs an action and says what it returns."""
    if visitors.is_owner():
        st.button(label, key=key, on_click=run_action, args=[partial(action, *args)], **look)


def run_action(action: Callable[[], str]) -> None:
    """Run what only owners may do, and keep what it says, or why it can't be done."""
    refusal = (
        visitors.refusal()
    )  # asked again: a browser can send a click on a button that it was never shown
    try:
        st.session_state[_MESSAGE] = (False, refusal) if refusal else (True, action())
    except MnistAppError as error:
        st.session_state[_MESSAGE] = (False, str(error))


def flash(text: str) -> None:
    """Keep a message until the page is drawn anew."""
    st.session_state[_MESSAGE] = (True, text)


def show_message() -> None:
    """Show the message that was kept, once."""
    is_done, text = st.session_state.pop(_MESSAGE, (True, ""))
    if text and is_done:
        st.toast(text, icon=":material/check:")
    elif text:
        st.error(text)
