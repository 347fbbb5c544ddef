"""Actions on runs: export, and for owners rename, annotate, tag and, behind all others, delete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial

import streamlit as st

from mnist_app.domain import Run
from mnist_app.errors import RunError, RunNotFoundError
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.runs.annotations import MAX_TAGS
from mnist_app.runs.archive import export_run
from mnist_app.runs.files import MAX_NOTE
from mnist_app.runs.store import MAX_NAME
from mnist_app.ui import resources
from mnist_app.ui.actions import action_button
from mnist_app.ui.rights import Right, may
from mnist_app.ui.training.links import RUN, leave_run
from mnist_app.ui.words import counted, named, plain

CHOSEN = "runs"  # the key of the runs that are compared, and so the name in the URL


def show_one(run: Run, known_tags: Sequence[str]) -> None:
    """Show the actions for a finished run, in a row."""
    _show_export(run)
    if may(Right.DELETE):
        _show_edits(run)
        _show_tags(run, known_tags)
        show_delete([run.name])


def show_damaged(damaged: Mapping[str, RunError]) -> None:
    """Show the runs that can't be opened and why; owners can delete them."""
    if not damaged:
        return
    title = f"{counted(len(damaged), 'run')} can't be opened"
    with st.expander(title, icon=":material/broken_image:", expanded=len(damaged) == 1, key="damaged"):
        for name, error in damaged.items():
            st.warning(plain(str(error)))
            if may(Right.DELETE) and name in RunStore().names():
                show_delete([name])


def _show_export(run: Run) -> None:
    try:
        resources.check(run)
    except RunError as error:
        st.warning(plain(str(error)))
        return
    st.download_button(
        "Export",
        partial(export_run, RunStore(), run),
        f"{run.name}.zip",
        mime="application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
        help="The whole run as one zip file, which `python -m mnist_app runs import` reads.",
    )


def _rename(old: str) -> str:
    new = str(st.session_state[f"name-{old}"]).strip()
    RunStore().rename(old, new)
    st.session_state[CHOSEN] = [new if name == old else name for name in st.session_state.get(CHOSEN, [])]
    if st.query_params.get(RUN) == old:
        st.query_params[RUN] = new
    return f"{old} is now {new}."


def _show_edits(run: Run) -> None:
    if run.name != DEFAULT_RUN:
        with st.popover("Rename", icon=":material/edit:", key=f"rename-{run.name}"):
            st.text_input("New name", run.name, max_chars=MAX_NAME, key=f"name-{run.name}")
            action_button("Rename", f"do-rename-{run.name}", Right.DELETE, _rename, run.name)
    opened = f"opened-{run.name}"
    st.session_state.setdefault(opened, run.note)
    with st.popover("Note", icon=":material/sticky_note_2:", key=f"note-{run.name}"):
        st.text_area("Note", run.note, max_chars=MAX_NOTE, key=f"text-{run.name}")
        action_button("Save", f"do-note-{run.name}", Right.DELETE, _annotate, run.name, opened)


def _annotate(name: str, opened: str) -> str:
    """Save a note, unless somebody else has written another one since this one was opened."""
    store, note = RunStore(), str(st.session_state[f"text-{name}"])
    there = store.open(name).note
    if there != st.session_state[opened]:
        st.session_state[opened] = there
        raise RunError(f"Somebody has written another note meanwhile: “{there}”. Save again to replace it.")
    store.annotate(name, note)
    st.session_state[opened] = note.strip()
    return f"The note of {name} is saved."


def _show_tags(run: Run, known: Sequence[str]) -> None:
    with st.popover("Tags", icon=":material/sell:", key=f"tags-{run.name}"):
        st.multiselect(
            "Tags",
            sorted({*known, *run.tags}),
            list(run.tags),
            key=f"tagged-{run.name}",
            accept_new_options=True,
            max_selections=MAX_TAGS,
            placeholder="Write a word, then Enter",
        )
        action_button("Save", f"do-tags-{run.name}", Right.DELETE, _tag, run.name)


def _tag(name: str) -> str:
    RunStore().tag(name, st.session_state[f"tagged-{name}"])
    return f"The tags of {name} are saved."


def show_delete(chosen: Sequence[str]) -> None:
    """Show a button that asks before it deletes the runs of these names; the default run stays."""
    names = [name for name in chosen if name != DEFAULT_RUN]
    if not names:
        return
    label, key = f"Delete {plain(named(names, 'run'))}", "-".join(names)
    with st.popover(label, icon=":material/delete:", key=f"delete-{key}"):
        st.markdown(f"Delete {plain(', '.join(names))} for good? This can't be undone; Export keeps a copy.")
        if DEFAULT_RUN in chosen:
            st.caption(f"{DEFAULT_RUN} stays: the app reads with it.")
        action_button("Delete", f"do-delete-{key}", Right.DELETE, _delete, names, type="primary")


def _delete(names: Sequence[str]) -> str:
    for name in names:
        with suppress(RunNotFoundError):  # another tab was faster
            RunStore().delete(name)
    st.session_state[CHOSEN] = [name for name in st.session_state.get(CHOSEN, []) if name not in names]
    leave_run()
    return f"Deleted: {', '.join(names)}."
