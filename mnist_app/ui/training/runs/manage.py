"""What can be done with a run: export it, and for some visitors rename, annotate and delete it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

import streamlit as st

from mnist_app.domain import Run
from mnist_app.errors import RunError, RunNotFoundError
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.runs.archive import export_run
from mnist_app.runs.files import MAX_NOTE
from mnist_app.ui import messages, resources, visitors
from mnist_app.ui.training.runs import table
from mnist_app.ui.words import counted, named


def show(chosen: Sequence[Run]) -> None:
    """A row of actions for the chosen runs."""
    if not chosen:
        return
    with st.container(horizontal=True, key="manage"):
        if len(chosen) == 1:
            (run,) = chosen
            _export(run)
            if visitors.is_owner():
                _rename(run)
                _annotate(run)
        if visitors.is_owner():
            names = [run.name for run in chosen]
            _delete([n for n in names if n != DEFAULT_RUN], [n for n in names if n == DEFAULT_RUN])
    if len(chosen) == 1 and chosen[0].note:
        st.caption(f"Note: {chosen[0].note}")


def show_damaged(damaged: Mapping[str, RunError]) -> None:
    """The runs that can't be opened: why, and for some visitors a way to be rid of them."""
    if not damaged:
        return
    title = f"{counted(len(damaged), 'run')} can't be opened"
    with st.expander(title, icon=":material/broken_image:", expanded=len(damaged) == 1, key="damaged"):
        for name, error in damaged.items():
            st.warning(str(error))
            if visitors.is_owner() and name != DEFAULT_RUN:
                _delete([name], [])


def _export(run: Run) -> None:
    try:
        resources.check(run)
    except RunError as error:
        st.warning(str(error))
        return
    st.download_button(
        "Export",
        partial(export_run, RunStore(), run),
        f"{run.name}.zip",
        mime="application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="The whole run as one zip file. `python -m mnist_app runs import` takes it in elsewhere.",
    )


def _rename(run: Run) -> None:
    if run.name == DEFAULT_RUN:
        return
    with st.popover("Rename", icon=":material/edit:", key=f"rename-{run.name}"):
        st.text_input("New name", run.name, max_chars=64, key=f"name-{run.name}")
        action = partial(_renamed, run.name)
        st.button("Rename", key=f"do-rename-{run.name}", on_click=messages.run_action, args=[action])


def _renamed(old: str) -> str:
    new = str(st.session_state[f"name-{old}"]).strip()
    RunStore().rename(old, new)
    table.choose([new if name == old else name for name in table.chosen()])
    return f"{old} is {new} now."


def _annotate(run: Run) -> None:
    opened = f"opened-{run.name}"
    st.session_state.setdefault(opened, run.note)
    with st.popover("Note", icon=":material/sticky_note_2:", key=f"note-{run.name}"):
        st.text_area("Note", run.note, max_chars=MAX_NOTE, key=f"text-{run.name}")
        action = partial(_annotated, run.name, opened)
        st.button("Save", key=f"do-note-{run.name}", on_click=messages.run_action, args=[action])


def _annotated(name: str, opened: str) -> str:
    """Save a note, unless somebody else has written another one since this one was opened."""
    store, note = RunStore(), str(st.session_state[f"text-{name}"])
    there = store.open(name).note
    if there != st.session_state[opened]:
        st.session_state[opened] = there
        raise RunError(f"Somebody has written another note meanwhile: “{there}”. Save again to replace it.")
    store.annotate(name, note)
    st.session_state[opened] = note.strip()
    return f"The note of {name} is saved."


def _delete(names: Sequence[str], staying: Sequence[str]) -> None:
    if not names:
        return
    label, key = f"Delete {named(names, 'run')}", "-".join(names)
    with st.popover(label, icon=":material/delete:", key=f"delete-{key}"):
        st.markdown(f"Delete {', '.join(names)} for good? There is no way back; Export keeps a copy.")
        if staying:
            st.caption(f"{staying[0]} stays: the app reads with it.")
        action = partial(_deleted, names)
        st.button(
            "Delete", key=f"do-delete-{key}", type="primary", on_click=messages.run_action, args=[action]
        )


def _deleted(names: Sequence[str]) -> str:
    for name in names:
        with suppress(RunNotFoundError):  # another tab was faster
            RunStore().delete(name)
    table.choose([name for name in table.chosen() if name not in names])
    return f"Deleted: {', '.join(names)}."
