"""“It was a …”: a click stores a digit with its right label, and another takes all of one's own back.

What can't be stored waits in the session, and is stored with the next one.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import streamlit as st

from mnist_app.domain import DIGITS, NOT_A_DIGIT, Correction, Digit, Drawing
from mnist_app.errors import CorrectionsError, CorrectionsFullError
from mnist_app.ink.canonical import to_bytes
from mnist_app.ui import resources
from mnist_app.ui.why.subject import Subject
from mnist_app.ui.words import class_name, counted

NOTICE = (
    "A click stores the digit as you wrote it, the answer and what you say it was in this app's database, "
    "where all who use the app can see it and train on it, until you press “Delete my corrections”."
)
MAX_WAITING = 100
_WIDTH = 440  # pixels: eleven labels in a row
_WAITING, _MESSAGE, _ROUND = "corrections-waiting", "corrections-message", "corrections-round"
_VISITOR, _IS_NEW = "visitor", "visitor-is-new"
_YEAR = 365 * 24 * 3600  # seconds


def ask(subject: Callable[[], Subject], key: str) -> None:
    """Show a button that opens the labels that a digit may have had."""
    # Another key closes it once a label is chosen.
    with (
        st.popover("It was a …", key=f"{key}-{st.session_state.get(_ROUND, 0)}"),
        st.container(width=_WIDTH),
    ):
        show_labels(subject, key)


def show_labels(subject: Callable[[], Subject], key: str) -> None:
    """Show the labels that a digit may have had, and what a click on one does."""
    name = f"{key}-label-{st.session_state.get(_ROUND, 0)}"
    st.pills(
        "It was a",
        [*DIGITS, NOT_A_DIGIT],
        format_func=class_name,
        key=name,
        on_change=_keep_chosen,
        args=(subject, name),
        wrap=True,
    )
    st.caption(NOTICE)
    if waiting := st.session_state.get(_WAITING):
        st.caption(f"{counted(len(waiting), 'correction')} could not be stored yet.")
    show_deletion(key)


def show_deletion(key: str) -> None:
    """Show a button that deletes all of this visitor's corrections, if there may be any."""
    if visitor():
        st.button("Delete my corrections", key=f"{key}-delete", type="tertiary", on_click=_delete_mine)


def _keep_chosen(subject: Callable[[], Subject], name: str) -> None:
    label = st.session_state[name]
    if label is not None:
        chosen = subject()
        keep([correction(chosen.digit, chosen.model, int(label), chosen.drawing)])


def correction(digit: Digit, run: str, label: int, drawing: Drawing | None = None) -> Correction:
    """Return the correction of a digit as a run read it, with the strokes that it was drawn by."""
    confidence = float(digit.probabilities.max()) * digit.digit_probability
    return Correction(datetime.now(UTC), run, digit.text, confidence, label, to_bytes(digit.image), drawing)


def keep(corrections: Sequence[Correction]) -> None:
    """Store corrections, with those that are waiting, and say what came of it."""
    state = st.session_state
    every = [*state.get(_WAITING, []), *corrections]
    state[_WAITING] = []
    state[_ROUND] = state.get(_ROUND, 0) + 1
    try:
        resources.corrections().add(every, visitor() or _new_visitor())
    except CorrectionsFullError as error:
        state[_MESSAGE] = (False, f"Not stored. {error}")
    except CorrectionsError as error:
        state[_WAITING] = every[-MAX_WAITING:]
        state[_MESSAGE] = (False, f"Not stored yet. {error} It waits here, and is stored with the next one.")
    else:
        labels = {class_name(each.label) for each in corrections}
        what = counted(len(every), "correction") if len(every) > 1 else f"It was {labels.pop()}: stored"
        state[_MESSAGE] = (True, f"{what}. Thank you.")


def _delete_mine() -> None:
    from mnist_app.corrections.store import Filter  # see `resources.corrections`

    waiting = len(st.session_state.pop(_WAITING, []))
    attempt(
        lambda: (
            counted(waiting + resources.corrections().delete_all(Filter(visitor=visitor())), "correction")
            + " of yours deleted."
        )
    )


def attempt(change: Callable[[], str]) -> None:
    """Change what is stored, and keep what that says, or why it can't be done."""
    state = st.session_state
    state[_ROUND] = state.get(_ROUND, 0) + 1
    try:
        state[_MESSAGE] = (True, change())
    except CorrectionsError as error:
        state[_MESSAGE] = (False, f"Not done. {error}")


def show_message() -> None:
    """Say once what came of the last click, and let the browser keep a new visitor's id."""
    is_done, text = st.session_state.pop(_MESSAGE, (True, ""))
    if text:
        st.toast(text, icon=":material/check:" if is_done else ":material/error:", duration="long")
    if st.session_state.pop(_IS_NEW, False):
        cookie = f"{_cookie()}={visitor()}; max-age={_YEAR}; path=/; samesite=strict"
        st.html(f"<script>document.cookie = {json.dumps(cookie)}</script>", unsafe_allow_javascript=True)


def visitor() -> str:
    """Return this visitor's secret id, which their browser keeps; empty if they have stored nothing."""
    kept = str(st.session_state.get(_VISITOR) or st.context.cookies.get(_cookie(), ""))
    return kept if re.fullmatch("[0-9a-f]{32}", kept) else ""


def _new_visitor() -> str:
    st.session_state[_VISITOR], st.session_state[_IS_NEW] = secrets.token_hex(16), True
    return visitor()


def _cookie() -> str:
    return f"digit_reader_visitor_{st.get_option('server.port')}"  # browsers share cookies between ports
