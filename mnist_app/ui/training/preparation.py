"""Image sets that are not on this machine: what is being done about it, or how to get them."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from mnist_app.domain import Status
from mnist_app.errors import DataError
from mnist_app.runs import preparation_job
from mnist_app.runs.image_sets import COMMAND
from mnist_app.runs.job import JobStatus
from mnist_app.ui.actions import action_button
from mnist_app.ui.rights import Right, may
from mnist_app.ui.words import counted, plain

PAUSE = 1.0  # seconds between two looks at what is being made
_COST = "Downloads about 80 MB, keeps 200 MB, and takes about a minute in the background."


def offer(is_there: Callable[[], bool] | None = None) -> None:
    """Say that images are missing, and get them: without asking if that needs no download.

    While they are being made, progress is shown live, and the page is drawn anew at the end, or as soon as
    `is_there`.
    """
    status = preparation_job.status()
    try:
        if status is None and preparation_job.is_data_at_hand():
            preparation_job.start(offline=True)
            status = preparation_job.status()
    except DataError as error:
        st.warning(plain(str(error)))
    if status is not None and status.state.is_alive:
        is_missing = is_there is not None and not is_there()  # else this would draw the page forever
        st.fragment(_watch, run_every=PAUSE)(is_there if is_missing else None)
    else:
        _show_result(status)


def is_complete() -> bool:
    """Return whether all sets have been made."""
    status = preparation_job.status()
    return status is not None and status.state is Status.FINISHED and not status.missing


def _watch(is_there: Callable[[], bool] | None) -> None:
    status = preparation_job.status()
    if status is None or not status.state.is_alive or (is_there and is_there()):
        st.rerun()
    done = f", {counted(len(status.lines), 'set')} so far" if status.lines else ""
    box = st.status(f"Making the images{done}")  # not as a context: at its end it would look done
    box.text("\n".join(reversed(status.lines)) or "Reading the data sets")


def _show_result(status: JobStatus | None) -> None:
    """Show what could not be made, and a button to try; visitors are told the command."""
    if status is not None and status.reason:
        st.warning(plain(status.reason))
    if status is not None and status.missing:
        with st.expander(f"{counted(len(status.missing), 'set')} could not be made", key="missing"):
            st.text("\n".join(status.missing))
    if may(Right.TRAIN):
        look = {"icon": ":material/download:", "type": "primary" if status is None else "secondary"}
        with st.container(horizontal=True, vertical_alignment="center"):
            action_button("Get the images", "get-images", Right.TRAIN, _start, **look)
            st.caption(_COST)
    elif status is None or status.reason:
        st.info(f"The images are not on this server. There, `{COMMAND}` makes them.")


def _start() -> str:
    preparation_job.start(offline=False)
    return "Getting the images."
