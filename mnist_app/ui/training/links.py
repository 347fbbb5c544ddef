"""Ways from one view of the Training page to another. The names are widgets' keys, and those in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from mnist_app.runs import DEFAULT_RUN

VIEW, RUN, SET, AGAINST, LOOK = "view", "run", "set", "against", "look"
RUNS_VIEW, RUN_VIEW, EVALUATION_VIEW, TRAIN_VIEW, DATA_VIEW = "Runs", "Run", "Evaluation", "Train", "Data"
CORRECTIONS_VIEW = "Corrections"
CORRUPTION = "corruption"
IN_EVALUATION = (CORRUPTION,)
_NEXT = "next-choices"


def to_run(name: str) -> dict[str, str]:
    """Return what is to be chosen for a run's own page."""
    return {VIEW: RUN_VIEW, RUN: name}


def to_evaluation(name: str, images: str = "", look: str = "") -> dict[str, str]:
    """Return what is to be chosen for a run's evaluation, on one of its sets and in one way if named."""
    others = {SET: images, LOOK: look}
    return {VIEW: EVALUATION_VIEW, RUN: name} | others


def bound(key: str, options: Sequence[str], default: str | None) -> dict[str, Any]:
    """Return what binds a widget of one choice to the URL, which leads, since other views may write it.

    Streamlit's own binding takes a widget that comes back for one of the link that opened the page.
    """
    wanted = st.query_params.get(key)
    st.session_state[key] = wanted if wanted in options else default

    def changed() -> None:
        put(key, st.session_state[key])

    return {"key": key, "on_change": changed}


def put(key: str, value: str | None) -> None:
    """Put a choice into the URL; None takes it out."""
    if value:
        st.query_params[key] = value
    else:
        st.query_params.pop(key, None)


def go(choices: dict[str, str]) -> None:
    """Keep what is to be chosen until the page is drawn anew, since its widgets are made already."""
    st.session_state[_NEXT] = choices


def follow() -> None:
    """Choose what was kept."""
    choices = st.session_state.pop(_NEXT, {})
    for key in (key for key, value in choices.items() if not value):
        put(key, None)
    if full := {key: value for key, value in choices.items() if value}:
        st.query_params.update(full)  # at once: each change is an entry of the browser's history


def view_choice(views: Sequence[str]) -> dict[str, Any]:
    """Return what binds the choice of a view to the URL; `?run=world` alone is that run's page."""
    wanted = st.query_params.get(VIEW)
    default = RUN_VIEW if RUN in st.query_params else RUNS_VIEW
    st.session_state[VIEW] = wanted if wanted in views else default
    return {"on_change": _change_view}


def _change_view() -> None:
    view = st.session_state[VIEW]
    if view == RUN_VIEW:
        run = st.query_params.get(RUN) or st.session_state.get(RUN) or DEFAULT_RUN
        st.query_params.update({VIEW: view, RUN: run})
    elif view == RUNS_VIEW:
        leave_run()
    else:
        put(VIEW, view)


def leave_run() -> None:
    """Go to all runs."""
    put(VIEW, None)
    put(RUN, None)


def forget(view: str) -> None:
    """Take out of the URL what only other views know."""
    known = {RUN_VIEW: {RUN}, EVALUATION_VIEW: {RUN, SET, LOOK, *IN_EVALUATION}}.get(view, set())
    for key in sorted({RUN, SET, LOOK, *IN_EVALUATION} - known):
        put(key, None)


def link(label: str, key: str, choices: dict[str, str], **look: Any) -> None:
    """Show a button that leads to what is to be chosen, also from within a fragment."""
    if st.button(label, key=key, **({"type": "tertiary"} | look)):
        go(choices)
        st.rerun()
