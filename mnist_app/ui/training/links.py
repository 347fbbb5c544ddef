"""Ways from one view of the Training page to another. The names are widgets' keys, and those in the URL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

VIEW, RUN, SET, AGAINST, LOOK = "view", "run", "set", "against", "look"
RUNS_VIEW, RUN_VIEW, EVALUATION_VIEW, TRAIN_VIEW, DATA_VIEW = "Runs", "Run", "Evaluation", "Train", "Data"
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
    """Choose what was kept, and what a link leaves out: `?run=world` alone is that run's page."""
    if RUN in st.query_params and VIEW not in st.query_params and VIEW not in st.session_state:
        st.session_state[VIEW] = RUN_VIEW
    for key, value in st.session_state.pop(_NEXT, {}).items():
        if key == VIEW:
            st.session_state[VIEW] = value
        else:
            put(key, value)


def forget(view: str) -> None:
    """Take out of the URL what only other views know."""
    known = {RUN_VIEW: {RUN}, EVALUATION_VIEW: {RUN, SET, LOOK, *IN_EVALUATION}}.get(view, set())
    for key in {RUN, SET, LOOK, *IN_EVALUATION} - known:
        put(key, None)


def link(label: str, key: str, choices: dict[str, str], **look: Any) -> None:
    """Show a button that leads to what is to be chosen, also from within a fragment."""
    if st.button(label, key=key, **({"type": "tertiary"} | look)):
        go(choices)
        st.rerun()
