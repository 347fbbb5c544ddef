"""Ways from one view of the Training page to another. The names are widgets' keys, and those in the URL."""

from __future__ import annotations

from typing import Any

import streamlit as st

VIEW, RUN, SET, AGAINST, LOOK = "view", "run", "set", "against", "look"
RUNS_VIEW, RUN_VIEW, EVALUATION_VIEW, TRAIN_VIEW, DATA_VIEW = "Runs", "Run", "Evaluation", "Train", "Data"
_NEXT = "next-choices"


def to_run(name: str) -> dict[str, str]:
    """Return what is to be chosen for a run's own page."""
    return {VIEW: RUN_VIEW, RUN: name}


def to_evaluation(name: str, images: str = "", look: str = "") -> dict[str, str]:
    """Return what is to be chosen for a run's evaluation, on one of its sets and in one way if named."""
    others = {SET: images, LOOK: look}
    return {VIEW: EVALUATION_VIEW, RUN: name} | {key: value for key, value in others.items() if value}


def go(choices: dict[str, str]) -> None:
    """Keep what is to be chosen until the page is drawn anew, since its widgets are made already."""
    st.session_state[_NEXT] = choices


def follow() -> None:
    """Choose what was kept, and what a link leaves out: `?run=world` alone is that run's page."""
    if RUN in st.query_params and VIEW not in st.query_params and VIEW not in st.session_state:
        st.session_state[VIEW] = RUN_VIEW
    for key, value in st.session_state.pop(_NEXT, {}).items():
        st.session_state[key] = value


def link(label: str, key: str, choices: dict[str, str], **look: Any) -> None:
    """Show a button that leads to what is to be chosen, also from within a fragment."""
    if st.button(label, key=key, **({"type": "tertiary"} | look)):
        go(choices)
        st.rerun()
