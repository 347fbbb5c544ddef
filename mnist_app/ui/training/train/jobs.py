"""Trainings that are no runs yet, live: how far they are, what they say, how to stop them or to go on."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable
from functools import partial

import streamlit as st

from mnist_app.domain import Training, best_epoch
from mnist_app.errors import RunNotFoundError
from mnist_app.runs import RunStore
from mnist_app.runs.trainings import Trainings
from mnist_app.ui import messages, visitors
from mnist_app.ui.colours import PALETTE
from mnist_app.ui.training.runs import curve_chart, curve_data
from mnist_app.ui.training.runs.curve_data import MEASURES, TRAINING, VALIDATION
from mnist_app.ui.words import duration

LIVE = 1.0  # seconds between two looks at a training that is running
IDLE = 5.0  # seconds, where none is: another tab may start one
LINES = 12  # of a log
_LOG = 240  # pixels
_KNOWN = "known-trainings"
_ICONS = {
    "queued": ":material/hourglass_empty:",
    "running": ":material/play_circle:",
    "stopped": ":material/pause_circle:",
    "failed": ":material/error:",
    "crashed": ":material/error:",
}


def show() -> None:
    """All trainings of the store; those that run are watched."""
    trainings = Trainings(RunStore()).open_all()
    st.session_state[_KNOWN] = _states(trainings)
    pause = LIVE if any(training.is_alive for training in trainings) else IDLE
    st.fragment(_watch, run_every=pause)()


def _watch() -> None:
    trainings = Trainings(RunStore()).open_all()
    if _states(trainings) != st.session_state[_KNOWN]:
        _announce(st.session_state[_KNOWN], {training.name for training in trainings})
        st.rerun()  # of the whole page: there is a new run, or other buttons
    if not trainings:
        st.caption("No training is running, and none is unfinished.")
    for training in trainings:
        with st.container(border=True, key=f"training-{training.name}"):
            _show(training)


def _announce(known: Iterable[str], now: Container[str]) -> None:
    """Say which trainings have become runs."""
    runs = RunStore().names()
    done = [name for name in known if name not in now and name in runs]
    if done:
        messages.flash(f"{' and '.join(done)}: trained and scored. See Runs and Evaluation.")


def _states(trainings: list[Training]) -> dict[str, str]:
    return {training.name: training.state for training in trainings}


def _show(training: Training) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        preset = f" · {training.config.preset}" if training.config else ""
        st.markdown(f"{_ICONS.get(training.state, '')} **{training.name}**{preset} · {training.state}")
        if visitors.is_owner():
            _buttons(training)
    if training.reason:
        st.warning(training.reason)
    epochs = training.config.epochs if training.config else max(1, len(training.history))
    st.progress(min(1.0, training.done / epochs), _words(training, epochs))
    if training.history or math.isfinite(training.loss):
        left, right = st.columns(2)
        with left:
            _chart(training, "Loss", training.loss, epochs)
        with right:
            _chart(training, "Accuracy", training.accuracy, epochs)
    lines = Trainings(RunStore()).log(training.name, LINES)
    if lines:
        with st.expander("Log", expanded=training.state in ("failed", "crashed")):
            st.code("\n".join(lines), language=None, height=_LOG)


def _words(training: Training, epochs: int) -> str:
    """How far it is, in words."""
    parts = [training.phase] if training.is_alive and training.phase else []
    if training.state == "running" and math.isfinite(training.loss) and training.done < epochs:
        parts = [f"Epoch {min(epochs, math.floor(training.done) + 1)} of {epochs}"]
        left = training.seconds_left
        parts += [f"about {duration(left)} left"] if left is not None else []
        parts += [f"loss {training.loss:.3f}", f"accuracy {training.accuracy:.1%}"]
    elif not training.is_alive:
        done = len(training.history)
        parts = [f"{done} of {epochs} epochs are finished and kept" if done else "No epoch is finished"]
    if training.history and not training.is_alive:
        best = best_epoch(training.history)
        parts.append(f"best {best.val_accuracy:.2%} on validation, epoch {best.epoch}")
    return " · ".join(parts)


def _chart(training: Training, name: str, current: float, epochs: int) -> None:
    """A measure so far, the training line up to this moment."""
    measure = MEASURES[name]
    learned = curve_data.curve(training.name, training.history, measure, TRAINING)
    lines = [learned.extended(training.done, current)]
    lines += (
        [curve_data.curve(training.name, training.history, measure, VALIDATION)] if training.history else []
    )
    looks: tuple[dict[str, str], dict[str, tuple[int, ...]]] = (
        {training.name: PALETTE[0]},
        {training.name: ()},
    )
    spec = curve_chart.chart(measure, lines, *looks, None, last=epochs)
    spec["height"] = 200
    data = curve_data.table(lines, 0.0, as_error=False, is_log=False)
    words = f"{name} of the training {training.name}, {len(training.history)} epochs so far"
    st.vega_lite_chart(data, spec, key=f"live-{training.name}-{name}", alt=words)


def _buttons(training: Training) -> None:
    name = training.name
    with st.container(horizontal=True, width="content"):
        if training.is_alive:
            _button("Stop", name, _stopped, "Finished epochs are kept, the best one among them.")
            return
        if training.config:
            _button("Resume", name, partial(_started, finish=False), "Go on where it stopped.")
        if training.config and training.history:
            _button("Save as run", name, partial(_started, finish=True), "No more epochs: keep the best one.")
        with st.popover("Discard", key=f"discard-{name}"):
            st.markdown(f"Delete the training {name} with its {len(training.history)} epochs?")
            _button("Discard", name, _discarded, None)


def _button(label: str, name: str, action: Callable[[str], str], help_: str | None) -> None:
    key = f"{label}-{name}"
    st.button(label, key=key, help=help_, on_click=messages.run_action, args=[partial(action, name)])


def _stopped(name: str) -> str:
    try:
        Trainings(RunStore()).stop(name)
    except RunNotFoundError:
        return f"{name} has ended already."
    return f"{name} stops."


def _started(name: str, finish: bool) -> str:
    Trainings(RunStore()).start(name, finish)
    return f"{name} is being saved." if finish else f"{name} goes on."


def _discarded(name: str) -> str:
    Trainings(RunStore()).discard(name)
    return f"The training {name} is deleted."
