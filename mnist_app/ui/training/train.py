"""The Train view: start a training, watch those that run, stop and resume them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import streamlit as st

from mnist_app.domain import ABOUT, PRESETS, SOURCES, Run, Status, TrainConfig, best_epoch
from mnist_app.domain.training import MAX_SEED
from mnist_app.errors import RunError, RunExistsError, RunNotFoundError
from mnist_app.runs import RunStore, training_job
from mnist_app.runs.estimates import scoring_seconds, seconds_left
from mnist_app.runs.store import MAX_NAME
from mnist_app.ui import actions, resources
from mnist_app.ui.actions import action_button
from mnist_app.ui.colours import LINE_BLUE
from mnist_app.ui.training import links
from mnist_app.ui.training.runs import curve_chart, curve_data
from mnist_app.ui.training.runs.curve_data import MEASURES, TRAINING, VALIDATION
from mnist_app.ui.training.runs.facts import date
from mnist_app.ui.words import counted, duration, listed, percent, precise

MAX_EPOCHS, MAX_BATCH_SIZE = 1_000, 4_096  # of the form; the command line takes more
MIN_RATE, MAX_RATE = 1e-6, 1.0  # of learning
LIVE = 1.0  # seconds between two looks at a training that is running
IDLE = 5.0  # seconds if none is running: another tab may start one
LINES = 12  # of a log
RECENT = timedelta(days=1)  # for which the result of a training stays in this view
MAX_RESULTS = 3
_CHART_HEIGHT, _LOG_HEIGHT = 200, 240  # pixels
_KNOWN = "known-trainings"
_ICONS = {
    Status.QUEUED: ":material/hourglass_empty:",
    Status.RUNNING: ":material/play_circle:",
    Status.FINISHED: ":material/check_circle:",
    Status.STOPPED: ":material/pause_circle:",
    Status.FAILED: ":material/error:",
    Status.CRASHED: ":material/error:",
}


def show() -> None:
    """Show the form to owners, and all runs that are not finished; watch those that are being trained."""
    if why_not := actions.refusal():
        st.info(why_not)
    else:
        _show_form()
    runs = [run for run in RunStore().open_all()[0] if not run.is_finished]
    st.session_state[_KNOWN] = {run.name: run.status for run in runs}
    pause = LIVE if any(run.status.is_alive for run in runs) else IDLE
    st.fragment(_watch, run_every=pause)()


def _show_form() -> None:
    """Show the settings; a preset's own are the start."""
    left, right = st.columns([1, 1], gap="large")
    with left:
        preset = st.selectbox("Preset", list(PRESETS), key="preset", bind="query-params")
        base = PRESETS[preset]
        st.caption(ABOUT[preset])
        free = RunStore().free_name(preset)
        st.text_input("Name", key=f"new-{preset}", placeholder=free, max_chars=MAX_NAME)
        help_ = "Each image is rotated, sheared, scaled and bent a little, anew in each epoch."
        st.toggle("Vary the images", base.augment, key=f"augment-{preset}", help=help_)
    with right:
        st.number_input("Epochs", 1, MAX_EPOCHS, base.epochs, key=f"epochs-{preset}")
        st.number_input("Batch size", 1, MAX_BATCH_SIZE, base.batch_size, key=f"batch-{preset}")
        st.number_input(
            "Learning rate",
            MIN_RATE,
            MAX_RATE,
            base.learning_rate,
            step=1e-4,
            format="%.6f",
            key=f"rate-{preset}",
        )
        help_ = "The same seed and settings give the same run."
        st.number_input("Seed", 0, MAX_SEED, base.seed, key=f"seed-{preset}", help=help_)
    with st.expander("Data"):
        st.caption("Parts that each epoch consists of. They need not sum to 100.")
        for source, column in zip(SOURCES.values(), st.columns(len(SOURCES)), strict=True):
            part, key = round(100 * base.shares.get(source.key, 0)), f"{source.key}-{preset}"
            column.number_input(source.title, 0, 100, part, key=key, help=source.about)
    changes = _changes(preset)
    st.caption(_summary(base, changes["shares"], changes["epochs"]))
    look = {"type": "primary", "icon": ":material/play_arrow:", "disabled": not changes["shares"]}
    action_button("Start training", "start-training", _start_new, base, **look)


def _changes(preset: str) -> dict[str, Any]:
    """Return what the form says now: what was typed last may have come with the click on the button."""
    state = st.session_state
    parts = {source: state[f"{source}-{preset}"] for source in SOURCES}
    total = sum(parts.values())
    return {
        "epochs": state[f"epochs-{preset}"],
        "batch_size": state[f"batch-{preset}"],
        "learning_rate": state[f"rate-{preset}"],
        "seed": state[f"seed-{preset}"],
        "augment": state[f"augment-{preset}"],
        "shares": {source: part / total for source, part in parts.items() if part},
    }


def _summary(base: TrainConfig, shares: dict[str, float], epochs: int) -> str:
    """Say what is learned from, and how long that took when the preset's own run was trained."""
    parts = [f"{percent(share, 0)} {SOURCES[source].title}" for source, share in shares.items()]
    text = f"Learns from {', '.join(parts)}." if parts else "Give at least one source a part above 0."
    try:
        trained = RunStore().open(base.preset)
    except RunError:  # it was never trained, or is deleted
        return text
    if not trained.is_finished:
        return text
    seconds = trained.seconds / trained.epochs * epochs
    scoring = scoring_seconds(base.preset, RunStore().open_all()[0])
    more = "without scoring" if scoring is None else f"and {duration(scoring)} more to be scored"
    return f"{text} {counted(epochs, 'epoch')} of {trained.name} took {duration(seconds)}, {more}."


def _start_new(base: TrainConfig) -> str:
    try:
        config = replace(base, **_changes(base.preset))
    except ValueError as error:
        raise RunError(f"This can't be trained: {error}.") from None
    store = RunStore()
    run = store.create(config, st.session_state[f"new-{base.preset}"].strip() or None)
    training_job.start(store, run.name)
    return f"{run.name} starts."


def _watch() -> None:
    runs = RunStore().open_all()[0]
    unfinished, known = [run for run in runs if not run.is_finished], st.session_state[_KNOWN]
    if {run.name: run.status for run in unfinished} != known:
        done = [
            name for name in RunStore().models() if name in known.keys() - {run.name for run in unfinished}
        ]
        if done:
            actions.flash(f"{listed(done)}: trained and scored.")
        st.rerun()  # of the whole page: there is a new run, or other buttons
    ended = _just_finished(runs)
    if not unfinished and not ended:
        st.caption("No training is running or unfinished.")
    for run in unfinished:
        with st.container(border=True, key=f"training-{run.name}"):
            _show_training(run, runs)
    for run in ended:
        with st.container(border=True, key=f"training-{run.name}"):
            _show_result(run)


def _just_finished(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that were trained here in the last hours, the newest first."""
    earliest = datetime.now(UTC) - RECENT
    trained = [run for run in runs if run.is_finished and run.scoring_seconds is not None]
    recent = [run for run in trained if run.created >= earliest]
    return sorted(recent, key=lambda run: run.created, reverse=True)[:MAX_RESULTS]


def _show_result(run: Run) -> None:
    """Show what came of a training: its figures, its curves and the ways to look on."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"{_ICONS[run.status]} **{run.name}** · {run.preset} · finished {date(run.created)}")
        with st.container(horizontal=True, width="content"):
            links.link("Open", f"open-{run.name}", links.to_run(run.name), type="secondary")
            links.link("Evaluation", f"evaluate-{run.name}", links.to_evaluation(run.name), type="secondary")
    st.markdown(result(run))
    try:
        history = tuple(resources.history(run))
    except RunError as error:
        st.warning(str(error))
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


def _show_training(run: Run, runs: Sequence[Run]) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        preset = f" · {run.preset}" if run.preset else ""
        st.markdown(f"{_ICONS[run.status]} **{run.name}**{preset} · {run.status}")
        if actions.is_owner():
            _show_buttons(run)
    if run.progress.reason:
        st.warning(run.progress.reason)
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
            return progress.phase
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
            action_button("Stop", f"Stop-{run.name}", _stop, run.name, help=help_)
            return
        if run.config:
            help_ = "Go on where it stopped."
            action_button("Resume", f"Resume-{run.name}", _resume, run.name, help=help_)
        if run.config and run.history:
            help_ = "No more epochs: keep the best one."
            action_button("Save as run", f"Save as run-{run.name}", _finish, run.name, help=help_)
        with st.popover("Discard", key=f"discard-{run.name}"):
            st.markdown(f"Delete the training {run.name} with its {counted(run.epochs, 'epoch')}?")
            action_button("Discard", f"Discard-{run.name}", _discard, run.name)


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
