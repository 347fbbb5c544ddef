"""The Training page: compare runs, understand them, train new ones, look at the data."""

from __future__ import annotations

import streamlit as st

from mnist_app.runs import RunStore
from mnist_app.ui import actions, resources
from mnist_app.ui.training import data, train
from mnist_app.ui.training.evaluation import view as evaluation
from mnist_app.ui.training.runs import curves, table
from mnist_app.ui.widgets import one_of


def page() -> None:
    """Show one of the views, as the URL says."""
    # The style sheet widens the page that has this key.
    view = one_of("View", ["Runs", "Evaluation", "Train", "Data"], key="view", bind="query-params")
    resources.freeze_gc()
    actions.show_message()
    if view == "Train":
        train.show()
        return
    if view == "Data":
        data.show()
        return
    found, damaged = RunStore().open_all()
    runs = [run for run in found if run.is_finished]
    if view == "Evaluation":
        evaluation.show(runs)
    elif not runs and not damaged:
        st.info("There are no runs yet. Train one here, or with `python -m mnist_app train convnet`.")
    else:
        chosen = table.show(runs)
        table.show_damaged(damaged)
        table.show_actions(chosen)
        curves.show(chosen, runs)
