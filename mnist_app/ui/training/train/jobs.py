"""Runs that are not finished, live: their progress and their log, and buttons to stop and to resume them."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial

import streamlit as st

from mnist_app.domain import Run, Status, best_epoch
from mnist_app.errors import RunExistsError, RunNotFoundError
from mnist_app.runs import RunStore, training_job
from mnist_app.ui import visitors
from mnist_app.ui.colours import LINE_BLUE
from mnist_app.ui.messages import action_button, flash
from mnist_app.ui.training.runs import curve_chart, curve_data
from mnist_app.ui.training.runs.curve_data import MEASURES, TRAINING, VALIDATION
from mnist_app.ui.words import counted, duration, listed, percent, precise

LIVE = 1.0  # seconds between two looks at a training that is running
IDLE = 5.0  # seconds if none is running: another tab may start one
LINES = 12  # of a log
_CHART_HEIGHT, _LOG_HEIGHT = 200, 240  # pixels
_KNOWN = "known-trainings"
_ICONS = {
    Status.QUEUED: ":material/hourglass_empty:",
    Status.RUNNING: ":material/play_circle:",
    Status.STOPPED: ":material/pause_circle:",
    Status.FAILED: ":material/error:",
    Status.CRASHED: ":material/error:",
}


def show() -> None:
    """Show all runs that are not finished, and watch those that are being trained."""
    runs = _unfinished()
    st.session_state[_KNOWN] = {run.name: run.status for run in runs}
    pause = LIVE if any(run.status.is_alive for run in runs) else IDLE
    st.fragment(_watch, run_every=pause)()


def _unfinished() -> list[Run]:
    return [run for run in RunStore().open_all()[0] if not run.is_finished]


def _watch() -> None:
    runs, known = _unfinished(), st.session_state[_KNOWN]
    if {run.name: run.status for run in runs} != known:
        done = [name for name in RunStore().models() if name in known.keys() - {run.name for run in runs}]
        if done:
            flash(f"{listed(done)}: trained and scored. See Runs and Evaluation.")
        st.rerun()  # of the whole page: there is a new run, or other buttons
    if not runs:
        st.caption("No training is running or unfinished.")
    for run in runs:
        with st.container(border=True, key=f"training-{run.name}"):
            _show_training(run)


def _show_training(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        preset = f" · {run.preset}" if run.preset else ""
        st.markdown(f"{_ICONS[run.status]} **{run.name}**{preset} · {run.status}")
        if visitors.is_owner():
            _show_buttons(run)
    if run.progress.reason:
        st.warning(run.progress.reason)
    epochs = run.config.epochs if run.config else max(1, run.epochs)
    st.progress(min(1.0, run.progress.done / epochs), _words(run, epochs))
    if run.history or math.isfinite(run.progress.loss):
        left, right = st.columns(2)
        with left:
            _show_chart(run, "Loss", run.progress.loss, epochs)
        with right:
            _show_chart(run, "Accuracy", run.progress.accuracy, epochs)
    lines = training_job.log(RunStore(), run.name, LINES)
    if lines:
        with st.expander("Log", expanded=run.status in (Status.FAILED, Status.CRASHED)):
            st.code("\n".join(lines), language=None, height=_LOG_HEIGHT)


def _words(run: Run, epochs: int) -> str:
    """Return a run's progress in words."""
    progress = run.progress
    if run.status.is_alive:
        if run.status is not Status.RUNNING or math.isnan(progress.loss) or progress.done >= epochs:
            return progress.phase
        left = run.seconds_left
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


def _show_chart(run: Run, name: str, current: float, epochs: int) -> None:
    """Show a measure so far, the training line up to this moment."""
    measure = MEASURES[name]
    lines = [
        curve_data.curve(run.name, run.history, measure, split)
        for split in ([TRAINING, VALIDATION] if run.history else [TRAINING])
    ]
    lines[0] = lines[0].extended(run.progress.done, current)
    colours, dashes = {run.name: LINE_BLUE}, {run.name: ()}
    spec = curve_chart.chart(measure, lines, colours, dashes, None, last=epochs) | {"height": _CHART_HEIGHT}
    data = curve_data.table(lines, 0.0, as_error=False, is_log=False)
    words = f"{name} of the training {run.name}, {counted(run.epochs, 'epoch')} so far"
    st.vega_lite_chart(data, spec, key=f"live-{run.name}-{name}", alt=words)


def _show_buttons(run: Run) -> None:
    with st.container(horizontal=True, width="content"):
        if run.status.is_alive:
            _show_button("Stop", run.name, _stop, "Finished epochs are kept, the best one among them.")
            return
        if run.config:
            _show_button("Resume", run.name, _start, "Go on where it stopped.")
        if run.config and run.history:
            finish = partial(_start, finish=True)
            _show_button("Save as run", run.name, finish, "No more epochs: keep the best one.")
        with st.popover("Discard", key=f"discard-{run.name}"):
            st.markdown(f"Delete the training {run.name} with its {counted(run.epochs, 'epoch')}?")
            _show_button("Discard", run.name, _discard, None)


def _show_button(label: str, name: str, action: Callable[[str], str], help_: str | None) -> None:
    action_button(label, f"{label}-{name}", action, name, help=help_)


def _stop(name: str) -> str:
    try:
        training_job.stop(RunStore(), name)
    except (RunNotFoundError, RunExistsError):
        return f"{name} has ended already."
    return f"{name} stops."


def _start(name: str, finish: bool = False) -> str:
    training_job.start(RunStore(), name, finish)
    return f"{name} is being saved." if finish else f"{name} resumes."


def _discard(name: str) -> str:
    store = RunStore()
    store.unfinished(name)  # it may have been finished meanwhile
    store.delete(name)
    return f"The training {name} is deleted."
