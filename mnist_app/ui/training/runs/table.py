"""All finished runs in a table: sort it, choose some of them to compare."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import streamlit as st

from mnist_app.domain import Run
from mnist_app.runs import DEFAULT_RUN
from mnist_app.runs.columns import COLUMNS, Column, Unit

CHOSEN = "runs"  # the widget's key, and so the name in the URL
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
    wanted = st.session_state.get(CHOSEN) or st.query_params.get_all(CHOSEN)
    gone = [f"{name:.64}" for name in wanted if name and name not in names]
    if gone:
        st.info(f"There is no run named {' or '.join(gone)} here.")
    place = st.container(key="runs-place")
    chosen = st.multiselect(  # made before the table, because it knows what the URL says
        "Compare",
        names,
        default=[DEFAULT_RUN] if DEFAULT_RUN in names else names[:1],
        key=CHOSEN,
        bind="query-params",
        persist_state="session",
        placeholder="Choose runs, here or in the table",
    )
    with place:
        _show_table(runs, names, chosen)
    return [run for run in runs if run.name in chosen]


def chosen() -> list[str]:
    """Return the names of the runs that are chosen."""
    return list(st.session_state.get(CHOSEN, []))


def choose(names: list[str]) -> None:
    """Choose other runs, before the page is drawn."""
    st.session_state[CHOSEN] = names


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
    choose([names[row] for row in sorted(rows) if row < len(names)])
    st.session_state[_SHOWN] = (names, sorted(chosen()))


def _look(column: Column) -> Any:
    help_ = column.help or None
    if column.unit is Unit.TIME:
        return st.column_config.DatetimeColumn(column.title, format="D MMM YYYY, HH:mm", help=help_)
    if column.unit is Unit.TEXT:
        is_pinned = column.key == "name" or None
        width = _NOTE_WIDTH if column.key == "note" else None
        return st.column_config.TextColumn(column.title, help=help_, width=width, pinned=is_pinned)
    return st.column_config.NumberColumn(column.title, format=_FORMATS[column.unit], help=help_)
