"""What runs take for what: any run on any set that it was scored on, down to the single image."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape

import streamlit as st

from mnist_app.domain import Run
from mnist_app.errors import RunDamagedError, RunError
from mnist_app.runs import DEFAULT_RUN
from mnist_app.ui import resources
from mnist_app.ui.colours import colours
from mnist_app.ui.training.evaluation import comparison, confusion, corruptions, image_grid, metrics
from mnist_app.ui.training.evaluation.scored import Scored, has_evaluations, load, precise

RUN, SET, AGAINST, LOOK = "run", "set", "against", "look"  # the widgets' keys, and so the names in the URL
_STYLE = """
<style>
.figures {display: flex; flex-wrap: wrap; gap: .75rem 2.25rem; margin: 0; padding: 0 !important}
.figures div {min-width: 7.5rem}
.figures dt {font-size: .85rem; opacity: .75; font-weight: normal}
.figures dd {margin: 0; font-size: 1.65rem; line-height: 1.3; font-variant-numeric: tabular-nums}
</style>
"""


def show(runs: Sequence[Run], may_change: bool) -> None:
    """Choose a run, a set and a run to compare with, then look at it in several ways."""
    evaluated = {run.name: run for run in runs if has_evaluations(run)}
    if not evaluated:
        st.info("No run was scored image by image yet. Train one: `python -m mnist_app train convnet`")
        return
    st.html(_STYLE)
    image_grid.style()
    notes: list[str] = []
    place = st.container(horizontal=True)
    try:
        with place:
            run = evaluated[_pick_run(list(evaluated), runs, notes)]
            scored = load(run, _pick_set(run, notes))
            others = [name for name in evaluated if name != run.name]
            against = evaluated.get(_pick_other(others, run, runs, notes))
    except RunError as error:
        st.warning(str(error))
        return
    for note in notes:
        st.info(note)
    _figures(scored)
    _look(scored, against, colours(runs), may_change)


def _pick_run(names: list[str], runs: Sequence[Run], notes: list[str]) -> str:
    index = names.index(DEFAULT_RUN) if DEFAULT_RUN in names else 0
    wanted = _wanted(RUN)
    chosen = st.selectbox("Run", names, index, key=RUN, bind="query-params")
    if wanted and wanted not in names:
        notes.append(f"{_absent(wanted, runs)} This is {chosen!r}.")
    return chosen


def _pick_set(run: Run, notes: list[str]) -> str:
    """Raises RunDamagedError, or RunNotFoundError where the run was deleted."""
    names = list(resources.evaluations(run))
    if not names:
        raise RunDamagedError(f"The run {run.name!r} was scored on no set of digits. Choose another run.")
    wanted = _wanted(SET)
    chosen = st.selectbox("Set", names, key=SET, bind="query-params")
    if wanted and wanted not in names:
        notes.append(f"{run.name} was not scored on {wanted!r:.80}. This is {chosen!r}.")
    return chosen


def _pick_other(names: list[str], run: Run, runs: Sequence[Run], notes: list[str]) -> str:
    """The run to compare with; empty for none."""
    wanted = _wanted(AGAINST)
    chosen = st.selectbox(
        "Against", names, None, key=AGAINST, bind="query-params", placeholder="No other run"
    )
    if wanted and wanted not in (*names, run.name):
        notes.append(_absent(wanted, runs))
    return chosen or ""


def _wanted(key: str) -> str:
    """What a widget should show: the visitor's choice, else the link's. It may be there no more."""
    return st.session_state.get(key) or st.query_params.get(key, "")


def _absent(name: str, runs: Sequence[Run]) -> str:
    if any(run.name == name for run in runs):
        return f"The run {name!r} was not scored image by image."
    return f"There is no run named {name!r:.80}."


def _figures(scored: Scored) -> None:
    """How good it is, in a row of numbers."""
    evaluation, score = scored.evaluation, scored.score
    figures = {
        "Read right": precise(evaluation.accuracy),
        f"Errors, of {evaluation.images:,}": f"{scored.errors:,}",
    }
    if score is not None and score.calibration_error is not None and score.coverage is not None:
        figures |= {
            "Confidence is off by": precise(score.calibration_error),
            "Turned away as no digit": precise(score.rejection_rate),
            "Right digit among those named": precise(score.coverage),
        }
    parts = [f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in figures.items()]
    st.html(f'<dl class="figures">{"".join(parts)}</dl>')


@st.fragment
def _look(scored: Scored, against: Run | None, shades: Mapping[str, str], may_change: bool) -> None:
    """One of the ways to look at it. A click in here leaves the rest of the page alone."""
    views: dict[str, Callable[[], None]] = {
        "Confusion": lambda: confusion.show(scored, may_change),
        "Digits": lambda: metrics.digits(scored),
        "Confidence": lambda: metrics.confidence(scored),
        "Examples": lambda: metrics.examples(scored, may_change),
        "Corruptions": lambda: corruptions.show(scored.run, against, shades),
    }
    if against is not None:
        views["Against"] = lambda: comparison.show(scored, against, may_change)
    view = st.segmented_control(
        "Look at",
        list(views),
        default="Confusion",
        required=True,
        key=LOOK,
        bind="query-params",
        label_visibility="collapsed",
    )
    views[view]()
