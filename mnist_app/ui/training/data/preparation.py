"""Images that are not on this machine: what is being done about it, or how they can be had."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mnist_app.errors import DataError
from mnist_app.runs import preparation_job
from mnist_app.runs.image_sets import COMMAND
from mnist_app.runs.preparation_job import Preparing
from mnist_app.ui import messages
from mnist_app.ui.training.evaluation.scored import counted

PAUSE = 1.0  # seconds between two looks at what is being made
_SIZES = "It downloads about 80 MB, keeps 200 MB and takes about a minute, and nobody has to wait for it."


def offer(may_change: bool, is_there: Callable[[], bool] | None = None) -> None:
    """Say that images are missing, and get them: by itself where that needs no download.

    While they are being made, that is shown live, and the page is drawn anew at the end, or as soon as what
    is waited for `is_there`.
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
        _ask(state, may_change)


def is_complete() -> bool:
    """Whether all sets were made that there are."""
    state = preparation_job.state()
    return state.was_begun and not (state.is_running or state.missing or state.failed)


def _watch(is_there: Callable[[], bool] | None) -> None:
    state = preparation_job.state()
    if not state.is_running or (is_there and is_there()):
        st.rerun()
    many = f", {counted(len(state.lines), 'set')} so far" if state.lines else ""
    box = st.status(f"Images are being made{many}")  # not as a context: at its end it would look done
    box.text("\n".join(reversed(state.lines)) or "Reading the data sets")


def _ask(state: Preparing, may_change: bool) -> None:
    if state.failed:
        st.warning(state.failed)
    if state.missing:
        with st.expander(f"{counted(len(state.missing), 'kind')} of images could not be had", key="missing"):
            st.text("\n".join(state.missing))
    if may_change:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                "Get the images",
                key="get-images",
                icon=":material/download:",
                on_click=messages.run_action,
                args=[_started],
                type="primary" if not state.was_begun else "secondary",
            )
            st.caption(_SIZES)
    elif not state.was_begun or state.failed:
        st.info(f"The images are not on this server. There, `{COMMAND}` makes them.")


def _started() -> str:
    preparation_job.start(offline=False)
    return "The images are on their way."
