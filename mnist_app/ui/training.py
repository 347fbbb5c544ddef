"""The Training page: the shipped runs, and how each of them learned."""

from __future__ import annotations

from typing import Any

import streamlit as st

from mnist_app.domain import Run
from mnist_app.errors import RunError
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.ui import charts, resources

_NUMBER = st.column_config.NumberColumn


def page() -> None:
    """All runs in a table, the curves of one of them below."""
    runs, damaged = RunStore().open_all()
    st.subheader("Runs", anchor=False)
    for error in damaged:
        st.warning(str(error))
    if not runs:
        st.info("There are no runs yet. Train one: `python -m mnist_app train convnet`")
        return
    st.dataframe(_table(runs), hide_index=True, column_config=_COLUMNS, alt="The runs and their figures")
    names = [run.name for run in runs]
    default = DEFAULT_RUN if DEFAULT_RUN in names else names[0]
    chosen = st.segmented_control("Curves of", names, default=default, required=True)
    _curves(runs[names.index(chosen or default)])


_COLUMNS: dict[str, Any] = {
    "run": "Run",
    "epochs": "Epochs",
    "best epoch": "Best epoch",
    "test": _NUMBER("Test accuracy", format="percent"),
    "validation": _NUMBER("Validation", format="percent"),
    "parameters": _NUMBER("Parameters", format="localized"),
    "seconds": _NUMBER("Seconds", format="%.0f"),
    "created": st.column_config.DatetimeColumn("Trained", format="D MMM YYYY"),
}


def _table(runs: list[Run]) -> list[dict[str, Any]]:
    return [
        {
            "run": run.name,
            "test": run.metrics.get("test_accuracy"),
            "validation": run.metrics.get("val_accuracy"),
            "parameters": run.parameters,
            "epochs": run.config.epochs,
            "best epoch": run.best_epoch,
            "seconds": run.seconds,
            "created": run.created,
        }
        for run in runs
    ]


def _curves(run: Run) -> None:
    try:
        history = resources.history(run)
    except RunError as error:
        st.warning(str(error))
        return
    best = history[run.best_epoch - 1]
    st.markdown(f"**Accuracy on images held back for validation is best at epoch {best.epoch}**")
    st.altair_chart(charts.accuracy_chart(history, best.epoch), alt=f"Accuracy of {run.name} by epoch")
    lowest = min(history, key=lambda epoch: epoch.val_loss)
    st.markdown(f"**Validation loss is lowest at epoch {lowest.epoch}**")
    st.altair_chart(charts.loss_chart(history, best.epoch), alt=f"Loss of {run.name} by epoch")
    note = " Training images are varied anew in each epoch, so they are the harder ones."
    st.caption("The dashed line marks the epoch whose weights were kept." + note * run.config.augment)
