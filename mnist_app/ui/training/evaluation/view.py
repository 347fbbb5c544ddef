"""The Evaluation view: a run on a set that it was scored on, from its figures down to the single image."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st

from mnist_app.domain import Run
from mnist_app.errors import RunDamagedError, RunError
from mnist_app.runs import DEFAULT_RUN
from mnist_app.ui.colours import run_colours
from mnist_app.ui.training.evaluation import comparison, confusion, corruptions, image_grid, metrics
from mnist_app.ui.training.evaluation.scored import Scored, has_predictions, load, scores_of_digits
from mnist_app.ui.widgets import one_of
from mnist_app.ui.words import precise

RUN, SET, AGAINST, LOOK = "run", "set", "against", "look"  # the widgets' keys, and so the names in the URL


def show(runs: Sequence[Run]) -> None:
    """Choose a run, a set and a run to compare with, then look at it in several ways."""
    evaluated = {run.name: run for run in runs if has_predictions(run)}
    if not evaluated:
        st.info("No run has been scored image by image yet. Train one: `python -m mnist_app train convnet`")
        return
    notes: list[str] = []
    try:
        with st.container(horizontal=True):
            run = evaluated[_pick_run(list(evaluated), runs, notes)]
            scored = load(run, _pick_set(run, notes))
            against = evaluated.get(_pick_other(list(evaluated), run.name, runs, notes))
    except RunError as error:
        st.warning(str(error))
        return
    for note in notes:
        st.info(note)
    _show_figures(scored)
    _look(scored, against, run_colours(runs))


def _pick_run(names: list[str], runs: Sequence[Run], notes: list[str]) -> str:
    index = names.index(DEFAULT_RUN) if DEFAULT_RUN in names else 0
    wanted = _wanted(RUN)
    chosen = st.selectbox("Run", names, index, key=RUN, bind="query-params")
    if wanted and wanted not in names:
        notes.append(f"{_absence(wanted, runs)} This is {chosen!r}.")
    return chosen


def _pick_set(run: Run, notes: list[str]) -> str:
    """Raise RunDamagedError, or RunNotFoundError if the run was deleted."""
    names = list(scores_of_digits(run))
    if not names:
        raise RunDamagedError(f"The run {run.name!r} was scored on no set of digits. Choose another run.")
    wanted = _wanted(SET)
    chosen = st.selectbox("Set", names, key=SET, bind="query-params")
    if wanted and wanted not in names:
        notes.append(f"{run.name} was not scored on {wanted!r:.80}. This is {chosen!r}.")
    return chosen


def _pick_other(names: list[str], run: str, runs: Sequence[Run], notes: list[str]) -> str:
    """Return the run to compare with; empty for none."""
    wanted, others = _wanted(AGAINST), [name for name in names if name != run]
    chosen = st.selectbox(
        "Against", others, None, key=AGAINST, bind="query-params", placeholder="No other run"
    )
    if wanted and wanted not in names:
        notes.append(_absence(wanted, runs))
    return chosen or ""


def _wanted(key: str) -> str:
    """Return the visitor's choice for a widget, else the link's. It may no longer exist."""
    return st.session_state.get(key) or st.query_params.get(key, "")


def _absence(name: str, runs: Sequence[Run]) -> str:
    if any(run.name == name for run in runs):
        return f"The run {name!r} was not scored image by image."
    return f"There is no run named {name!r:.80}."


def _show_figures(scored: Scored) -> None:
    evaluation, score = scored.evaluation, scored.score
    figures = {
        "Accuracy": precise(evaluation.accuracy),
        f"Errors, of {evaluation.images:,}": f"{scored.errors:,}",
    }
    if score.calibration_error is not None and score.coverage is not None:
        figures |= {
            "Calibration error": precise(score.calibration_error),
            "Rejection rate": precise(score.rejection_rate),
            "Coverage": precise(score.coverage),
        }
    parts = [f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in figures.items()]
    st.html(f'<dl class="figures">{"".join(parts)}</dl>')


@st.fragment
def _look(scored: Scored, against: Run | None, colours: Mapping[str, str]) -> None:
    """Look at it in one way. A click in here leaves the rest of the page alone."""
    looks: dict[str, Callable[[], None]] = {
        "Confusion": lambda: confusion.show(scored),
        "Digits": lambda: metrics.show_digits(scored),
        "Confidence": lambda: metrics.show_confidence(scored),
        "Examples": lambda: image_grid.show_examples(scored),
        "Corruptions": lambda: corruptions.show(scored.run, against, colours),
    }
    if against is not None:
        looks["Against"] = lambda: comparison.show(scored, against)
    looks[one_of("Look at", looks, LOOK, bind="query-params")]()
