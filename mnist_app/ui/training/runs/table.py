"""All finished runs in a table: choose some to compare, export, rename, annotate or delete them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

import pyarrow as pa
import streamlit as st

from mnist_app.domain import Run
from mnist_app.errors import RunError, RunNotFoundError
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.runs.archive import export_run
from mnist_app.runs.columns import COLUMNS, Column, Unit
from mnist_app.runs.files import MAX_NOTE
from mnist_app.runs.store import MAX_NAME
from mnist_app.ui import resources
from mnist_app.ui.actions import action_button, is_owner
from mnist_app.ui.words import counted, named

_CHOSEN = "runs"  # the widget's key, and so the name in the URL
_SHOWN, _SHEET = "runs-shown", "runs-sheet"
_NOTE_WIDTH = 200  # pixels
_FORMATS = {
    Unit.COUNT: "localized",
    Unit.SHARE: "%.2f %%",
    Unit.MILLISECONDS: "%.2f ms",
    Unit.SECONDS: "%.0f s",
    Unit.BYTES: "%.2f MB",
}
_SCALES = {Unit.SHARE: 100, Unit.BYTES: 1e-6}  # to the unit that is shown


def show(runs: list[Run]) -> list[Run]:
    """Show the table. Returns the chosen runs, in its order."""
    names = [run.name for run in runs]
    # A link, and an earlier choice, may name runs that are gone; the widget drops them silently.
    wanted = st.session_state.get(_CHOSEN) or st.query_params.get_all(_CHOSEN)
    gone = [f"{name:.64}" for name in wanted if name and name not in names]
    if gone:
        st.info(f"There is no run named {' or '.join(gone)} here.")
    place = st.container(key="runs-place")
    chosen = st.multiselect(  # made before the table, because it knows what the URL says
        "Compare",
        names,
        default=[DEFAULT_RUN] if DEFAULT_RUN in names else names[:1],
        key=_CHOSEN,
        bind="query-params",
        persist_state="session",
        placeholder="Choose runs, here or in the table",
    )
    with place:
        _show_table(runs, names, chosen)
    return [run for run in runs if run.name in chosen]


def _show_table(runs: list[Run], names: list[str], chosen: list[str]) -> None:
    """Show the rows, the chosen ones selected.

    A selection is made of row numbers. So if anything but a click in the table changes what is chosen, it
    becomes another table, and what a browser still says of the one before is ignored.
    """
    shown = (names, sorted(chosen))
    if st.session_state.get(_SHOWN) != shown:
        st.session_state[_SHOWN] = shown
        st.session_state[_SHEET] = st.session_state.get(_SHEET, 0) + 1
    key = f"runs-table-{st.session_state[_SHEET]}"
    values: dict[str, list[Any]] = {}
    for column in COLUMNS.values():
        scale = _SCALES.get(column.unit, 1)
        found = [column.value(run) for run in runs]
        values[column.key] = found if scale == 1 else [v if v is None else v * scale for v in found]
    st.dataframe(
        pa.table(values),  # which Streamlit sends as it is
        hide_index=True,
        column_config={key: _look(column) for key, column in COLUMNS.items()},
        placeholder="–",
        key=key,
        on_select=lambda: _select(names, key),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": [names.index(name) for name in chosen]}},
        alt="The runs and their figures",
    )


def _select(names: list[str], key: str) -> None:
    """Choose what was selected in the table."""
    rows = st.session_state[key]["selection"]["rows"]
    chosen = [names[row] for row in sorted(rows) if row < len(names)]
    st.session_state[_CHOSEN] = chosen
    st.session_state[_SHOWN] = (names, sorted(chosen))


def _look(column: Column) -> Any:
    help_ = column.help or None
    if column.unit is Unit.TIME:
        return st.column_config.DatetimeColumn(column.title, format="D MMM YYYY, HH:mm", help=help_)
    if column.unit is Unit.TEXT:
        is_pinned = column.key == "name" or None
        width = _NOTE_WIDTH if column.key == "note" else None
        return st.column_config.TextColumn(column.title, help=help_, width=width, pinned=is_pinned)
    return st.column_config.NumberColumn(column.title, format=_FORMATS[column.unit], help=help_)


def show_actions(chosen: Sequence[Run]) -> None:
    """Show a row of actions for the chosen runs, and the note of a single one."""
    if not chosen:
        return
    with st.container(horizontal=True, key="manage"):
        if len(chosen) == 1:
            _show_export(chosen[0])
        if is_owner():
            if len(chosen) == 1:
                _show_edits(chosen[0])
            _show_delete([run.name for run in chosen])
    if len(chosen) == 1 and chosen[0].note:
        st.caption(f"Note: {chosen[0].note}")


def show_damaged(damaged: Mapping[str, RunError]) -> None:
    """Show the runs that can't be opened and why; owners can delete them."""
    if not damaged:
        return
    title = f"{counted(len(damaged), 'run')} can't be opened"
    with st.expander(title, icon=":material/broken_image:", expanded=len(damaged) == 1, key="damaged"):
        for name, error in damaged.items():
            st.warning(str(error))
            if is_owner() and name in RunStore().names():
                _show_delete([name])


def _show_export(run: Run) -> None:
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
        help="The whole run as one zip file, which `python -m mnist_app runs import` reads.",
    )


def _rename(old: str) -> str:
    new = str(st.session_state[f"name-{old}"]).strip()
    RunStore().rename(old, new)
    st.session_state[_CHOSEN] = [new if name == old else name for name in st.session_state[_CHOSEN]]
    return f"{old} is now {new}."


def _show_edits(run: Run) -> None:
    if run.name != DEFAULT_RUN:
        with st.popover("Rename", icon=":material/edit:", key=f"rename-{run.name}"):
            st.text_input("New name", run.name, max_chars=MAX_NAME, key=f"name-{run.name}")
            action_button("Rename", f"do-rename-{run.name}", _rename, run.name)
    opened = f"opened-{run.name}"
    st.session_state.setdefault(opened, run.note)
    with st.popover("Note", icon=":material/sticky_note_2:", key=f"note-{run.name}"):
        st.text_area("Note", run.note, max_chars=MAX_NOTE, key=f"text-{run.name}")
        action_button("Save", f"do-note-{run.name}", _annotate, run.name, opened)


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


def _show_delete(chosen: Sequence[str]) -> None:
    names = [name for name in chosen if name != DEFAULT_RUN]
    if not names:
        return
    label, key = f"Delete {named(names, 'run')}", "-".join(names)
    with st.popover(label, icon=":material/delete:", key=f"delete-{key}"):
        st.markdown(f"Delete {', '.join(names)} for good? This can't be undone; Export keeps a copy.")
        if DEFAULT_RUN in chosen:
            st.caption(f"{DEFAULT_RUN} stays: the app reads with it.")
        action_button("Delete", f"do-delete-{key}", _delete, names, type="primary")


def _delete(names: Sequence[str]) -> str:
    for name in names:
        with suppress(RunNotFoundError):  # another tab was faster
            RunStore().delete(name)
    st.session_state[_CHOSEN] = [name for name in st.session_state[_CHOSEN] if name not in names]
    return f"Deleted: {', '.join(names)}."
