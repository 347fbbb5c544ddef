"""The Training page: compare runs, understand them, train new ones, look at the data."""

from __future__ import annotations

import streamlit as st

from mnist_app.runs import RunStore
from mnist_app.ui import messages, resources, visitors, widgets
from mnist_app.ui.training.data import view as data_view
from mnist_app.ui.training.evaluation import view as evaluation_view
from mnist_app.ui.training.runs import curves, manage, table
from mnist_app.ui.training.train import form, jobs

VIEWS = ["Runs", "Evaluation", "Train", "Data"]


def page() -> None:
    """One of the views, as the URL says."""
    widgets.widen()
    view = st.segmented_control(
        "View",
        VIEWS,
        default="Runs",
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    refusal = visitors.refusal()
    may_change = not refusal
    resources.freeze_gc()
    messages.show()
    if view == "Train":
        _train(refusal)
    elif view == "Data":
        data_view.show(may_change)
    else:
        _show_runs(view == "Evaluation", may_change)


def _show_runs(is_evaluation: bool, may_change: bool) -> None:
    runs, damaged = RunStore().open_all()
    if is_evaluation:
        evaluation_view.show(runs, may_change)
    elif runs or damaged:
        chosen = table.show(runs)
        manage.show_damaged(damaged, may_change)
        manage.show(chosen, may_change)
        curves.show(chosen, runs)
    else:
        st.info("There are no runs yet. Train one here, or with `python -m mnist_app train convnet`.")


def _train(refusal: str) -> None:
    if refusal:
        st.info(refusal)
    else:
        form.show()
    jobs.show(may_change=not refusal)
