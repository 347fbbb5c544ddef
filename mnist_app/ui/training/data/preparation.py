"""Image sets that are not on this machine: what is being done about it, or how to get them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mnist_app.errors import DataError
from mnist_app.runs import preparation_job
from mnist_app.runs.image_sets import COMMAND
from mnist_app.runs.preparation_job import Preparing
from mnist_app.ui import visitors
from mnist_app.ui.messages import action_button
from mnist_app.ui.words import counted

PAUSE = 1.0  # seconds between two looks at what is being made
_COST = "Downloads about 80 MB, keeps 200 MB, and takes about a minute in the background."


def offer(is_there: Callable[[], bool] | None = None) -> None:
    """Say that images are missing, and get them: without asking if that needs no download.

    While they are being made, progress is shown live, and the page is drawn anew at the end, or as soon as
    `is_there`.
    """
    state = preparation_job.state()
    try:
        if not state.was_begun and preparation_job.is_at_hand():
            preparation_job.start(offline=True)
            state = preparation_job.state()
    except DataError as error:
        st.warning(str(error))
    if state.is_running:
        is_missing = is_there is not None and not is_there()  # else this would draw the page forever
        st.fragment(_watch, run_every=PAUSE)(is_there if is_missing else None)
    else:
        _show_result(state)


def is_complete() -> bool:
    """Return whether all sets have been made."""
    state = preparation_job.state()
    return state.was_begun and not (state.is_running or state.missing or state.failed)


def _watch(is_there: Callable[[], bool] | None) -> None:
    state = preparation_job.state()
    if not state.is_running or (is_there and is_there()):
        st.rerun()
    done = f", {counted(len(state.lines), 'set')} so far" if state.lines else ""
    box = st.status(f"Making the images{done}")  # not as a context: at its end it would look done
    box.text("\n".join(reversed(state.lines)) or "Reading the data sets")


def _show_result(state: Preparing) -> None:
    """Show what could not be made, and a button to try; visitors are told the command."""
    if state.failed:
        st.warning(state.failed)
    if state.missing:
        with st.expander(f"{counted(len(state.missing), 'set')} could not be made", key="missing"):
            st.text("\n".join(state.missing))
    if visitors.is_owner():
        kind = "secondary" if state.was_begun else "primary"
        with st.container(horizontal=True, vertical_alignment="center"):
            action_button("Get the images", "get-images", _start, icon=":material/download:", type=kind)
            st.caption(_COST)
    elif not state.was_begun or state.failed:
        st.info(f"The images are not on this server. There, `{COMMAND}` makes them.")


def _start() -> str:
    preparation_job.start(offline=False)
    return "Getting the images."
