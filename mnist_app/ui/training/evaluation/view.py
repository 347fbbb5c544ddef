"""The Evaluation view: a run on a set that it was scored on, from its figures down to the single image."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from mnist_app.domain import Run, SetScore
from mnist_app.errors import RunDamagedError, RunError
from mnist_app.runs import DEFAULT_RUN
from mnist_app.ui import resources
from mnist_app.ui.colours import run_colours
from mnist_app.ui.training import links
from mnist_app.ui.training.evaluation import (
    comparison,
    confusion,
    corruptions,
    figures,
    image_grid,
    metrics,
    others,
    sets,
)
from mnist_app.ui.training.evaluation.scored import (
    Scored,
    comparable,
    has_predictions,
    load,
    scores_of_digits,
)
from mnist_app.ui.widgets import one_of
from mnist_app.ui.words import plain, precise


def show(runs: Sequence[Run]) -> None:
    """Choose a run, a set and a run to compare with, then look at it in several ways."""
    evaluated = {run.name: run for run in runs if has_predictions(run)}
    if not evaluated:
        st.info("No run has been scored image by image yet. Train one: `python -m mnist_app train convnet`")
        return
    notes: list[str] = []
    try:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            run = evaluated[_pick_run(list(evaluated), runs, notes)]
            score = _pick_set(run, notes)
            against = evaluated.get(_pick_other(list(evaluated), run.name, runs, notes))
            links.link("About this run", "about-run", links.to_run(run.name), icon=":material/arrow_forward:")
        for note in notes:
            st.info(plain(note))
        _show(run, score, against, run_colours(runs))
    except RunError as error:
        st.warning(plain(str(error)))


def _show(run: Run, score: SetScore, against: Run | None, colours: Mapping[str, str]) -> None:
    """Show a set of digits in several ways, another one in its own. Raises RunError."""
    if score.loss is None:
        others.show(run, score, against)
        return
    scored = load(run, score.name)
    other = comparable(scored, against) if against else None
    runs = [scored, *([other] if isinstance(other, Scored) else [])]
    figures.show([_figures(each) for each in runs], [each.run.name for each in runs])
    _look(scored, other, against, colours)


def _pick_run(names: list[str], runs: Sequence[Run], notes: list[str]) -> str:
    wanted = st.query_params.get(links.RUN, "")
    choice = links.bound(links.RUN, names, DEFAULT_RUN if DEFAULT_RUN in names else names[0])
    chosen = st.selectbox("Run", names, **choice)
    if wanted and wanted not in names:
        notes.append(f"{_absence(wanted, runs)} This is {chosen!r}.")
    return chosen


def _pick_set(run: Run, notes: list[str]) -> SetScore:
    """Raise RunDamagedError, or RunNotFoundError if the run was deleted."""
    scores = {score.name: score for score in resources.scores(run)}
    names = list(scores)
    if not scores_of_digits(run):
        raise RunDamagedError(f"The run {run.name!r} was scored on no set of digits. Choose another run.")
    wanted = st.query_params.get(links.SET, "")
    chosen = st.selectbox("Set", names, **links.bound(links.SET, names, names[0]))
    if wanted and wanted not in names:
        notes.append(f"{run.name} was not scored on {wanted!r:.80}. This is {chosen!r}.")
    return scores[chosen]


def _pick_other(names: list[str], run: str, runs: Sequence[Run], notes: list[str]) -> str:
    """Return the run to compare with; empty for none."""
    wanted, others = _wanted(links.AGAINST), [name for name in names if name != run]
    chosen = st.selectbox(
        "Against", others, None, key=links.AGAINST, bind="query-params", placeholder="No other run"
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


def _figures(scored: Scored) -> dict[str, str]:
    evaluation, score = scored.evaluation, scored.score
    found = {
        "Accuracy": precise(evaluation.accuracy),
        f"Errors, of {evaluation.images:,}": f"{scored.errors:,}",
    }
    if score.calibration_error is not None and score.coverage is not None:
        found |= {
            "Calibration error": precise(score.calibration_error),
            "Rejection rate": precise(score.rejection_rate),
            "Coverage": precise(score.coverage),
        }
    return found


@st.fragment
def _look(
    scored: Scored, other: Scored | str | None, against: Run | None, colours: Mapping[str, str]
) -> None:
    """Look at it in one way. A click in here leaves the rest of the page alone."""
    beside = other if isinstance(other, Scored) else None
    looks: dict[str, Callable[[], None]] = {
        "Confusion": lambda: confusion.show(scored, beside),
        "Digits": lambda: metrics.show_digits(scored, beside, colours),
        "Confidence": lambda: metrics.show_confidence(scored, beside),
        "Examples": lambda: image_grid.show_examples(scored, beside),
        "Sets": lambda: sets.show(scored.run, against, colours),
        "Corruptions": lambda: corruptions.show(scored.run, against, colours),
    }
    if other is not None:
        looks["Against"] = lambda: comparison.show(scored, other)
    names = list(looks)
    choice = links.bound(links.LOOK, names, names[0])
    looks[one_of("Look at", names, default=None, **choice)]()
