"""All finished runs in a table: filter them, choose some to compare, and open one by a click."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from mnist_app.domain import Run
from mnist_app.reading.formats import no_formula
from mnist_app.runs import DEFAULT_RUN
from mnist_app.runs.columns import COLUMNS, Column, Unit
from mnist_app.ui.rights import Right, may
from mnist_app.ui.training import links
from mnist_app.ui.training.runs import manage
from mnist_app.ui.training.runs.manage import CHOSEN
from mnist_app.ui.words import plain

FILTER, TAGS, SETTINGS = "filter", "tags", "columns"  # the widgets' keys, and so the names in the URL
_SHOWN, _SHEET = "runs-shown", "runs-sheet"
_NOTE_WIDTH, _FILTER_WIDTH = 200, 248  # pixels; on a phone, one more button fits beside the filter
_MIN_NAME_WIDTH, _MAX_NAME_WIDTH, _CHARACTER_WIDTH = 110, 400, 7.5  # pixels
_ROW, _MAX_ROWS = 35, 10  # pixels of Streamlit's rows, and how many are shown without scrolling
_MAX_PINNED = 180  # pixels
_MAX_FILTER = 100  # characters
_SETTINGS = {column.title: column for column in COLUMNS.values() if column.is_setting}
_FORMATS = {
    Unit.COUNT: "localized",
    Unit.SHARE: "%.2f %%",
    Unit.MILLISECONDS: "%.2f ms",
    Unit.SECONDS: "%.0f s",
    Unit.BYTES: "%.2f MB",
    Unit.RATE: "%g",
}
_SCALES = {Unit.SHARE: 100, Unit.BYTES: 1e-6}  # to the unit that is shown


def show(runs: Sequence[Run]) -> list[Run]:
    """Show the table of the finished runs. Returns the chosen ones, in its order.

    Runs that are being trained can be chosen, too, as soon as they have an epoch.
    """
    finished = [run for run in runs if run.is_finished]
    names = [run.name for run in runs if run.is_finished or run.history or run.status.is_alive]
    # A link, and an earlier choice, may name runs that are gone; the widget drops them silently.
    wanted = st.session_state.get(CHOSEN) or st.query_params.get_all(CHOSEN)
    gone = [f"{name:.64}" for name in wanted if name and name not in names]
    if gone:
        st.info(f"There is no run named {plain(' or '.join(gone))} here.")
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = _filtered(finished)
        columns = _pick_columns()
    place = st.container()
    with st.container(key="compare"):
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
        if shown:
            _show_table(shown, columns, chosen)
        elif finished:
            st.caption("No run is like that.")
    return [run for run in runs if run.name in chosen]


def _filtered(runs: Sequence[Run]) -> list[Run]:
    """Show what to filter by. Returns the runs that have every word and every tag."""
    tags = sorted({tag for run in runs for tag in run.tags})
    text = st.text_input(
        "Filter",
        key=FILTER,
        bind="query-params",
        max_chars=_MAX_FILTER,
        placeholder="Name, preset, note or tag",
        label_visibility="collapsed",
        icon=":material/search:",
        width=_FILTER_WIDTH,
    )
    look: Any = {"selection_mode": "multi", "label_visibility": "collapsed", "wrap": True}
    wanted = st.pills("Tags", tags, format_func=plain, key=TAGS, bind="query-params", **look) if tags else []
    return [run for run in runs if matches(run, text, wanted)]


def matches(run: Run, text: str, tags: Sequence[str]) -> bool:
    """Return whether a run has all these tags, and every word of a text somewhere in its own."""
    own = f"{run.name} {run.preset} {' '.join(run.tags)} {run.note}".lower()
    return all(word in own for word in text.lower().split()) and set(tags) <= set(run.tags)


def _pick_columns() -> list[Column]:
    """Return the columns to show; settings are shown on demand."""
    with st.popover("Columns", type="tertiary", key="more-columns"):
        picked = st.pills(
            "Settings as columns",
            list(_SETTINGS),
            selection_mode="multi",
            key=SETTINGS,
            bind="query-params",
        )
    return [column for column in COLUMNS.values() if not column.is_setting or column.title in picked]


def _show_table(runs: Sequence[Run], columns: Sequence[Column], chosen: Sequence[str]) -> None:
    """Show the rows, the chosen ones selected.

    A selection is made of row numbers. So if anything but a click in the table changes what is chosen, it
    becomes another table, and what a browser still says of the one before is ignored.
    """
    names = [run.name for run in runs]
    shown = _state(names, columns, chosen)
    if st.session_state.get(_SHOWN) != shown:
        st.session_state[_SHOWN] = shown
        st.session_state[_SHEET] = st.session_state.get(_SHEET, 0) + 1
    key = f"runs-table-{st.session_state[_SHEET]}"
    values: dict[str, list[Any]] = {}
    for column in columns:
        scale = _SCALES.get(column.unit, 1)
        found = [column.value(run) for run in runs]
        if column.unit is Unit.TEXT:  # which the table's own download leaves as they are
            found = [v if v is None else no_formula(v) for v in found]
        values[column.key] = found if scale == 1 else [v if v is None else v * scale for v in found]
    rows = [names.index(name) for name in chosen if name in names]
    st.caption("A click on a run opens it; the boxes choose those to compare.")
    st.dataframe(
        pa.table(values),  # which Streamlit sends as it is
        hide_index=True,
        height=height(len(runs)),
        column_config={column.key: _look(column, names) for column in columns},
        placeholder="–",
        key=key,
        on_select=lambda: _select(names, columns, key),
        selection_mode=["multi-row", "single-cell"],
        selection_default={"selection": {"rows": rows}},
        alt="The runs and their figures",
    )


def height(rows: int) -> int:
    """Return the height in pixels of a table, which so has its place while it is still being loaded."""
    return _ROW * (1 + min(rows, _MAX_ROWS)) + 2


def _state(names: Sequence[str], columns: Sequence[Column], chosen: Sequence[str]) -> tuple[Any, ...]:
    return (tuple(names), tuple(column.key for column in columns), tuple(sorted(chosen)))


def _select(names: Sequence[str], columns: Sequence[Column], key: str) -> None:
    """Choose what was selected in the table, or open the run whose cell was clicked.

    Chosen runs that it does not show stay chosen.
    """
    selection = st.session_state[key]["selection"]
    cells = [row for row, _ in selection.get("cells", []) if row < len(names)]
    if cells:
        links.go(links.to_run(names[cells[0]]))
        return
    chosen = [names[row] for row in sorted(selection["rows"]) if row < len(names)]
    chosen += [name for name in st.session_state.get(CHOSEN, []) if name not in names]
    st.session_state[CHOSEN] = chosen
    st.session_state[_SHOWN] = _state(names, columns, chosen)


def _look(column: Column, names: Sequence[str]) -> Any:
    help_ = column.help or None
    if column.unit is Unit.TIME:
        return st.column_config.DatetimeColumn(column.title, format="D MMM YYYY, HH:mm", help=help_)
    if column.key == "name":
        width = round(_CHARACTER_WIDTH * max(map(len, names))) + 24
        width = min(max(width, _MIN_NAME_WIDTH), _MAX_NAME_WIDTH)
        # On a phone, a wide column that stays would leave no room for the others.
        return st.column_config.TextColumn(column.title, width=width, pinned=width <= _MAX_PINNED)
    if column.unit is Unit.TEXT:
        is_long = column.key == "note"
        return st.column_config.TextColumn(column.title, help=help_, width=_NOTE_WIDTH if is_long else None)
    return st.column_config.NumberColumn(column.title, format=_FORMATS[column.unit], help=help_)


def show_chosen(chosen: Sequence[Run], every: Sequence[Run]) -> None:
    """Show a link to each chosen run, what can be done with them, and the note of a single one."""
    if not chosen:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="manage"):
        for run in chosen:
            links.link(
                plain(run.name), f"open-{run.name}", links.to_run(run.name), icon=":material/arrow_forward:"
            )
        finished = [run for run in chosen if run.is_finished]
        if len(chosen) == len(finished) == 1:
            manage.show_one(chosen[0], [tag for run in every for tag in run.tags])
        elif may(Right.DELETE):
            manage.show_delete([run.name for run in finished])
    if len(chosen) == 1 and chosen[0].note:
        st.caption(f"Note: {plain(chosen[0].note)}")
