"""A card for each training: how far it is, or what came of it, with its curves and what can be done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from mnist_app.domain import Run, Status, best_epoch
from mnist_app.errors import RunError, RunExistsError, RunNotFoundError
from mnist_app.runs import RunStore, training_job
from mnist_app.runs.estimates import seconds_left
from mnist_app.ui import resources
from mnist_app.ui.actions import action_button
from mnist_app.ui.colours import LINE_BLUE
from mnist_app.ui.rights import Right, may
from mnist_app.ui.training import links
from mnist_app.ui.training.runs import curve_chart, curve_data
from mnist_app.ui.training.runs.curve_data import MEASURES, TRAINING, VALIDATION
from mnist_app.ui.training.runs.facts import date
from mnist_app.ui.words import counted, duration, percent, plain, precise

LINES = 12  # of a log
_CHART_HEIGHT, _LOG_HEIGHT = 200, 240  # pixels
_ICONS = {
    Status.QUEUED: ":material/hourglass_empty:",
    Status.RUNNING: ":material/play_circle:",
    Status.FINISHED: ":material/check_circle:",
    Status.STOPPED: ":material/pause_circle:",
    Status.FAILED: ":material/error:",
    Status.CRASHED: ":material/error:",
}


def show_result(run: Run) -> None:
    """Show what came of a training: its figures, its curves and the ways to look on."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(
            f"{_ICONS[run.status]} **{plain(run.name)}** · {plain(run.preset)} · finished {date(run.created)}"
        )
        with st.container(horizontal=True, width="content"):
            links.link("Open", f"open-{run.name}", links.to_run(run.name), type="secondary")
            links.link("Evaluation", f"evaluate-{run.name}", links.to_evaluation(run.name), type="secondary")
    st.markdown(result(run))
    try:
        history = tuple(resources.history(run))
    except RunError as error:
        st.warning(plain(str(error)))
        return
    _show_charts(replace(run, history=history), run.epochs)


def result(run: Run) -> str:
    """Say how well a finished run reads, and how long that took."""
    accuracy = run.metrics.get("test_accuracy", math.nan)
    parts = [f"{precise(accuracy)} of MNIST's test images right"] if math.isfinite(accuracy) else []
    validation = run.metrics.get("val_accuracy", math.nan)
    if math.isfinite(validation):
        parts.append(f"best {precise(validation)} on validation, epoch {run.best_epoch} of {run.epochs}")
    took = duration(run.seconds + (run.scoring_seconds or 0.0))
    return f"{' · '.join([*parts, f'trained and scored in {took}'])}."


def show_training(run: Run, runs: Sequence[Run]) -> None:
    """Show a training that is not finished; the other `runs` tell how long scoring takes."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        preset = f" · {plain(run.preset)}" if run.preset else ""
        st.markdown(f"{_ICONS[run.status]} **{plain(run.name)}**{preset} · {run.status}")
        _show_buttons(run)
    if run.progress.reason:
        st.warning(plain(run.progress.reason))
    epochs = run.config.epochs if run.config else max(1, run.epochs)
    st.progress(min(1.0, run.progress.done / epochs), _words(run, epochs, seconds_left(run, runs)))
    if run.history or math.isfinite(run.progress.loss):
        _show_charts(run, epochs)
    lines = training_job.log(RunStore(), run.name, LINES)
    if lines:
        with st.expander("Log", expanded=run.status in (Status.FAILED, Status.CRASHED)):
            st.code("\n".join(lines), language=None, height=_LOG_HEIGHT)


def _words(run: Run, epochs: int, left: float | None) -> str:
    """Return a run's progress in words."""
    progress = run.progress
    if run.status.is_alive:
        if run.status is not Status.RUNNING or math.isnan(progress.loss) or progress.done >= epochs:
            return plain(progress.phase)
        return " · ".join(
            [
                f"Epoch {min(epochs, math.floor(progress.done) + 1)} of {epochs}",
                *([f"about {duration(left)} left"] if left is not None else []),
                f"loss {progress.loss:.3f}",
                f"accuracy {percent(progress.accuracy)}",
            ]
        )
    if not run.history:
        return "No epoch is finished"
    best = best_epoch(run.history)
    kept = f"{run.epochs} of {epochs} epochs are finished and kept"
    return f"{kept} · best {precise(best.val_accuracy)} on validation, epoch {best.epoch}"


def _show_charts(run: Run, epochs: int) -> None:
    left, right = st.columns(2)
    with left:
        _show_chart(run, "Loss", run.progress.loss, epochs)
    with right:
        _show_chart(run, "Accuracy", run.progress.accuracy, epochs)


def _show_chart(run: Run, name: str, current: float, epochs: int) -> None:
    """Show a measure so far, the training line up to this moment."""
    measure = MEASURES[name]
    lines = [
        curve_data.curve(run.name, run.history, measure, split, run.best_epoch)
        for split in ([TRAINING, VALIDATION] if run.history else [TRAINING])
    ]
    lines[0] = lines[0].extended(run.progress.done, current)
    lines = [line for line in lines if np.isfinite(line.values).any()]
    colours, dashes = {run.name: LINE_BLUE}, {run.name: ()}
    data = curve_data.table(lines, 0.0, as_error=False, is_log=False)
    span = curve_data.steady_span(data, measure)
    spec = curve_chart.chart(measure, lines, colours, dashes, span, last=epochs) | {"height": _CHART_HEIGHT}
    so_far = "" if run.is_finished else " so far"
    words = f"{name} of the training {run.name}, {counted(run.epochs, 'epoch')}{so_far}"
    st.vega_lite_chart(data, spec, key=f"live-{run.name}-{name}", alt=words)


def _show_buttons(run: Run) -> None:
    with st.container(horizontal=True, width="content"):
        if run.status.is_alive:
            help_ = "Finished epochs are kept, the best one among them."
            action_button("Stop", f"Stop-{run.name}", Right.TRAIN, _stop, run.name, help=help_)
            return
        if run.config:
            help_ = "Go on where it stopped."
            action_button("Resume", f"Resume-{run.name}", Right.TRAIN, _resume, run.name, help=help_)
        if run.config and run.history:
            help_ = "No more epochs: keep the best one."
            action_button(
                "Save as run", f"Save as run-{run.name}", Right.TRAIN, _finish, run.name, help=help_
            )
        if not may(Right.DELETE):
            return
        with st.popover("Discard", key=f"discard-{run.name}"):
            st.markdown(f"Delete the training {plain(run.name)} with its {counted(run.epochs, 'epoch')}?")
            action_button("Discard", f"Discard-{run.name}", Right.DELETE, _discard, run.name)


def _stop(name: str) -> str:
    try:
        training_job.stop(RunStore(), name)
    except (RunNotFoundError, RunExistsError):
        return f"{name} has ended already."
    return f"{name} stops."


def _resume(name: str) -> str:
    training_job.start(RunStore(), name)
    return f"{name} resumes."


def _finish(name: str) -> str:
    training_job.start(RunStore(), name, finish=True)
    return f"{name} is being saved."


def _discard(name: str) -> str:
    store = RunStore()
    store.unfinished(name)  # it may have been finished meanwhile
    store.delete(name)
    return f"The training {name} is deleted."
