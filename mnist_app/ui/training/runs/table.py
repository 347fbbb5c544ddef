"""All runs in a table: sort it, choose some of them to compare."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from mnist_app.domain import Run
from mnist_app.runs import DEFAULT_RUN
from mnist_app.runs.files import served_bytes

CHOSEN = "runs"  # the widget's key, and so the name in the URL
_SHOWN, _SHEET = "runs-shown", "runs-sheet"
_NUMBER = st.column_config.NumberColumn

_COLUMNS: dict[str, Any] = {
    "run": st.column_config.TextColumn("Run", pinned=True),
    "preset": "Preset",
    "test": _NUMBER("Test accuracy", format="%.2f %%", help="Of MNIST's test images, scored once"),
    "errors": _NUMBER("Errors", help="Of MNIST's test images, of which there are 10,000"),
    "validation": _NUMBER("Validation", format="%.2f %%", help="Accuracy of the epoch that was kept"),
    "calibration": _NUMBER(
        "Calibration error", format="%.2f %%", help="Mean distance of confidence from accuracy"
    ),
    "parameters": _NUMBER("Parameters", format="localized"),
    "epochs": "Epochs",
    "best": _NUMBER("Best epoch", help="The one whose weights were kept"),
    "latency": _NUMBER("Latency", format="%.2f ms", help="One image, one thread, where it was trained"),
    "size": _NUMBER("Size", format="%.2f MB", help="Of the file that is served"),
    "seconds": _NUMBER("Training", format="%.0f s"),
    "created": st.column_config.DatetimeColumn("Date", format="D MMM YYYY, HH:mm"),
    "note": st.column_config.TextColumn("Note", width="medium"),
}


def show(runs: list[Run]) -> list[Run]:
    """The table, and what is chosen of it, in its order."""
    names = [run.name for run in runs]
    _say_who_is_gone(names)
    table = st.container(key="runs-place")
    chosen = st.multiselect(  # made before the table, because it knows what the URL says
        "Compare",
        names,
        default=_default(names),
        key=CHOSEN,
        bind="query-params",
        persist_state="session",
        placeholder="Choose runs, here or in the table",
    )
    with table:
        _table(runs, names, chosen)
    return [run for run in runs if run.name in chosen]


def _say_who_is_gone(names: Sequence[str]) -> None:
    """A link, and what was chosen before, may name runs that are gone; the widget drops them silently."""
    wanted = st.session_state.get(CHOSEN) or st.query_params.get_all(CHOSEN)
    gone = [name for name in wanted if name and name not in names]
    if gone:
        st.info(f"There is no run named {' or '.join(f'{name:.64}' for name in gone)} here.")


def _table(runs: list[Run], names: list[str], chosen: list[str]) -> None:
    """Where something else than a click in it changed what is chosen, it is another table.

    Its rows are known by their place. What a browser still says of the table before is heard no more.
    """
    shown = (names, sorted(chosen))
    if st.session_state.get(_SHOWN) != shown:
        st.session_state[_SHOWN] = shown
        st.session_state[_SHEET] = st.session_state.get(_SHEET, 0) + 1
    key = f"runs-table-{st.session_state[_SHEET]}"
    rows = [names.index(name) for name in chosen]
    st.dataframe(
        _rows(runs),
        hide_index=True,
        column_config=_COLUMNS,
        placeholder="–",
        key=key,
        on_select=lambda: _choose(names, key),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": rows}},
        alt="The runs and their figures",
    )


def chosen() -> list[str]:
    """The names of the runs that are chosen."""
    return list(st.session_state.get(CHOSEN, []))


def choose(names: list[str]) -> None:
    """Choose others, before the page is drawn."""
    st.session_state[CHOSEN] = names


def _default(names: list[str]) -> list[str]:
    return [DEFAULT_RUN] if DEFAULT_RUN in names else names[:1]


def _choose(names: list[str], key: str) -> None:
    """Choose what was selected in the table."""
    rows = st.session_state[key]["selection"]["rows"]
    st.session_state[CHOSEN] = [names[row] for row in sorted(rows) if row < len(names)]
    st.session_state[_SHOWN] = (names, sorted(st.session_state[CHOSEN]))


def _rows(runs: list[Run]) -> pa.Table:
    """An Arrow table, which Streamlit sends as it is."""
    columns = {
        "run": [run.name for run in runs],
        "preset": [run.preset or "curves only" for run in runs],
        "test": [_percent(run.metrics.get("test_accuracy")) for run in runs],
        "errors": [run.errors for run in runs],
        "validation": [_percent(run.metrics.get("val_accuracy")) for run in runs],
        "calibration": [_percent(run.metrics.get("test_calibration_error")) for run in runs],
        "parameters": [run.parameters for run in runs],
        "epochs": [run.epochs for run in runs],
        "best": [run.best_epoch for run in runs],
        "latency": [None if math.isnan(run.latency_ms) else run.latency_ms for run in runs],
        "size": [_megabytes(served_bytes(run)) for run in runs],
        "seconds": [run.seconds or None for run in runs],
        "created": [run.created for run in runs],
        "note": [run.note for run in runs],
    }
    return pa.table(columns)


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100


def _megabytes(size: int | None) -> float | None:
    return None if size is None else size / 1e6
