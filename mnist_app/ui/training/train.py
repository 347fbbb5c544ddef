"""The Train view: start a training, watch those that run, stop and resume them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from mnist_app.domain import ABOUT, PRESETS, SOURCES, Run, TrainConfig
from mnist_app.domain.training import MAX_SEED
from mnist_app.errors import CorrectionsError, RunError
from mnist_app.runs import RunStore, training_job
from mnist_app.runs.estimates import scoring_seconds
from mnist_app.runs.store import MAX_NAME
from mnist_app.ui import actions, resources, rights
from mnist_app.ui.actions import action_button
from mnist_app.ui.rights import Right
from mnist_app.ui.training import cards
from mnist_app.ui.words import counted, duration, listed, percent, plain

MAX_EPOCHS, MAX_BATCH_SIZE = 1_000, 4_096  # of the form; the command line takes more
MIN_RATE, MAX_RATE = 1e-6, 1.0  # of learning
LIVE = 1.0  # seconds between two looks at a training that is running
IDLE = 5.0  # seconds if none is running: another tab may start one
RECENT = timedelta(days=1)  # for which the result of a training stays in this view
MAX_RESULTS = 3
_KNOWN = "known-trainings"


def show() -> None:
    """Show the form to owners, and all runs that are not finished; watch those that are being trained."""
    if why_not := rights.refusal(Right.TRAIN):
        st.info(plain(why_not))
    else:
        _show_form()
    actions.show_sign_in()
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
        offered = [source for source in SOURCES.values() if not source.is_local or _has_corrections()]
        for source, column in zip(offered, st.columns(len(offered)), strict=True):
            part, key = round(100 * base.shares.get(source.key, 0)), f"{source.key}-{preset}"
            column.number_input(source.title, 0, 100, part, key=key, help=source.about)
    changes = _changes(preset)
    st.caption(_summary(base, changes["shares"], changes["epochs"]))
    look = {"type": "primary", "icon": ":material/play_arrow:", "disabled": not changes["shares"]}
    action_button("Start training", "start-training", Right.TRAIN, _start_new, base, **look)


def _has_corrections() -> bool:
    try:
        return resources.corrections().count() > 0
    except CorrectionsError:  # their own view says why
        return False


def _changes(preset: str) -> dict[str, Any]:
    """Return what the form says now: what was typed last may have come with the click on the button."""
    state = st.session_state
    parts = {source: state.get(f"{source}-{preset}", 0) for source in SOURCES}
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
    more = "without scoring" if scoring is None else f"and scoring about {duration(scoring)} more"
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
            cards.show_training(run, runs)
    for run in ended:
        with st.container(border=True, key=f"training-{run.name}"):
            cards.show_result(run)


def _just_finished(runs: Sequence[Run]) -> list[Run]:
    """Return the runs that were trained here in the last hours, the newest first."""
    earliest = datetime.now(UTC) - RECENT
    trained = [run for run in runs if run.is_finished and run.scoring_seconds is not None]
    recent = [run for run in trained if run.created >= earliest]
    return sorted(recent, key=lambda run: run.created, reverse=True)[:MAX_RESULTS]
