"""Buttons that change something, and what they say after the page has been drawn anew.

The right is asked for when a button is shown, and again before it acts.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from mnist_app.errors import MnistAppError
from mnist_app.runs.audit import Event, acting, record
from mnist_app.ui import rights
from mnist_app.ui.rights import Right
from mnist_app.ui.words import plain

_MESSAGE = "message"


def action_button(
    label: str, key: str, right: Right, action: Callable[..., str], *args: Any, **look: Any
) -> None:
    """Show a button, to those who have the right, that runs an action and says what it returns."""
    if rights.may(right):
        st.button(label, key=key, on_click=run_action, args=[right, partial(action, *args)], **look)


def run_action(right: Right, action: Callable[[], str]) -> None:
    """Run what needs a right, and keep what it says, or why it can't be done."""
    with acting(by=rights.visitor() or "visitor", address=st.context.ip_address or "this machine"):
        # Asked again: a browser can send a click on a button that it was never shown.
        if why_not := rights.refusal(right):
            record(Event.RIGHT_REFUSED, right=right)
            st.session_state[_MESSAGE] = (False, why_not)
            return
        try:
            st.session_state[_MESSAGE] = (True, action())
        except MnistAppError as error:
            record(Event.CHANGE_FAILED, right=right, reason=str(error))
            st.session_state[_MESSAGE] = (False, str(error))


def show_sign_in() -> None:
    """Show a button to sign in, or out again, if [auth] in the app's secrets names a provider."""
    if "is_logged_in" not in st.user:
        return
    if st.user.is_logged_in:
        st.button("Sign out", on_click=st.logout, key="sign-out")
    else:
        st.button("Sign in", on_click=st.login, key="sign-in")


def flash(text: str) -> None:
    """Keep a message until the page is drawn anew."""
    st.session_state[_MESSAGE] = (True, text)


def show_message() -> None:
    """Show the message that was kept, once."""
    is_done, text = st.session_state.pop(_MESSAGE, (True, ""))
    if text and is_done:
        st.toast(plain(text), icon=":material/check:")
    elif text:
        st.error(plain(text))
