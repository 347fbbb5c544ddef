"""The Training page: compare runs, understand them, train new ones, look at the data."""

from __future__ import annotations

import streamlit as st

from mnist_app.runs import RunStore
from mnist_app.ui import resources, visitors
from mnist_app.ui.messages import show_message
from mnist_app.ui.training.data import view as data_view
from mnist_app.ui.training.evaluation import view as evaluation_view
from mnist_app.ui.training.runs import curves, manage, table
from mnist_app.ui.training.train import form, jobs

VIEWS = ["Runs", "Evaluation", "Train", "Data"]


def page() -> None:
    """Show one of the views, as the URL says."""
    view = st.segmented_control(
        "View",
        VIEWS,
        default="Runs",
        required=True,
        key="view",  # the style sheet widens the page that has it
        bind="query-params",
        label_visibility="collapsed",
    )
    resources.freeze_gc()
    show_message()
    if view == "Train":
        if refusal := visitors.refusal():
            st.info(refusal)
        else:
            form.show()
        jobs.show()
    elif view == "Data":
        data_view.show()
    elif view == "Evaluation":
        evaluation_view.show([run for run in RunStore().open_all()[0] if run.is_finished])
    else:
        _compare_runs()


def _compare_runs() -> None:
    found, damaged = RunStore().open_all()
    runs = [run for run in found if run.is_finished]
    if not runs and not damaged:
        st.info("There are no runs yet. Train one here, or with `python -m mnist_app train convnet`.")
        return
    chosen = table.show(runs)
    manage.show_damaged(damaged)
    manage.show_actions(chosen)
    curves.show(chosen, runs)
