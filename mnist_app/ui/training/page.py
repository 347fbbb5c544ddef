"""The Training page: compare runs, understand each of them, train new ones, look at the data."""

from __future__ import annotations

import streamlit as st

from mnist_app.runs import RunStore
from mnist_app.ui import actions
from mnist_app.ui.training import corrections, data, links, train
from mnist_app.ui.training.evaluation import view as evaluation
from mnist_app.ui.training.runs import curves, differences, manage, run_page, table
from mnist_app.ui.widgets import one_of

_VIEWS = (
    links.RUNS_VIEW,
    links.RUN_VIEW,
    links.EVALUATION_VIEW,
    links.TRAIN_VIEW,
    links.DATA_VIEW,
    links.CORRECTIONS_VIEW,
)


def page() -> None:
    """Show one of the views, as the URL says."""
    links.follow()
    # The style sheet widens the page that has this key.
    view = one_of("View", _VIEWS, key="view", default=None, **links.view_choice(_VIEWS))
    links.forget(view)
    actions.show_message()
    if view == links.TRAIN_VIEW:
        train.show()
        return
    if view == links.DATA_VIEW:
        data.show()
        return
    if view == links.CORRECTIONS_VIEW:
        corrections.show()
        return
    found, damaged = RunStore().open_all()
    runs = [run for run in found if run.is_finished]
    if view == links.EVALUATION_VIEW:
        evaluation.show(runs)
    elif not found and not damaged:
        st.info("There are no runs yet. Train one here, or with `python -m mnist_app train convnet`.")
    elif view == links.RUN_VIEW:
        run_page.show(found)
    else:
        chosen = table.show(found)
        manage.show_damaged(damaged)
        table.show_chosen(chosen, found)
        differences.show(chosen)
        curves.show(chosen, found)
