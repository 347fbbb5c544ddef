"""What to train, and how: the settings of a new training."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from mnist_app.domain import SOURCES, TrainConfig
from mnist_app.domain.training import ABOUT, PRESETS
from mnist_app.errors import RunError
from mnist_app.runs import RunStore
from mnist_app.runs.settings import changed
from mnist_app.runs.trainings import Trainings
from mnist_app.ui import messages
from mnist_app.ui.training.train.jobs import duration

TITLES = {"mnist": "MNIST", "pen": "Pen strokes", "fonts": "Handwriting fonts", "nondigits": "No digits"}
_HELP = {
    "mnist": "60,000 digits of American hands",
    "pen": "Drawn on a tablet by 22 people",
    "fonts": "Handwriting that schools teach in many countries",
    "nondigits": "Letters, scribbles, shapes: with some, the model learns to say that there is no digit",
}


def show() -> None:
    """The settings, with a preset's own as a start."""
    left, right = st.columns([1, 1], gap="large")
    with left:
        preset = st.selectbox("Preset", list(PRESETS), key="preset", bind="query-params")
        base = PRESETS[preset]
        st.caption(ABOUT[preset])
        free = RunStore().free_name(preset)
        st.text_input("Name", key=f"new-{preset}", placeholder=free, max_chars=64)
        st.toggle("Vary the images", base.augment, key=f"augment-{preset}", help=_AUGMENT)
    with right:
        st.number_input("Epochs", 1, 1_000, base.epochs, key=f"epochs-{preset}")
        st.number_input("Batch size", 1, 4_096, base.batch_size, key=f"batch-{preset}")
        st.number_input(
            "Learning rate", 1e-6, 1.0, base.learning_rate, step=1e-4, format="%.6f", key=f"rate-{preset}"
        )
        st.number_input("Seed", 0, 2**32 - 1, base.seed, key=f"seed-{preset}", help=_SEED)
    _ask_shares(base)
    changes = _changes(preset)
    st.caption(_summary(base, changes["shares"], changes["epochs"]))
    st.button(
        "Start training",
        key="start-training",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not changes["shares"],
        on_click=messages.run_action,
        args=[partial(_started, base)],
    )


def _changes(preset: str) -> dict[str, Any]:
    """What the form says at this moment: whoever presses a button may just have typed something."""
    said = st.session_state
    parts = {source: said[f"{source}-{preset}"] for source in SOURCES}
    total = sum(parts.values())
    return {
        "epochs": said[f"epochs-{preset}"],
        "batch_size": said[f"batch-{preset}"],
        "learning_rate": said[f"rate-{preset}"],
        "seed": said[f"seed-{preset}"],
        "augment": said[f"augment-{preset}"],
        "shares": {source: part / total for source, part in parts.items() if part},
    }


_AUGMENT = "Turned, sheared, scaled and bent a little, anew in each epoch"
_SEED = "With the same seed and settings, the same run comes out."


def _summary(base: TrainConfig, shares: dict[str, float], epochs: int) -> str:
    """What is learned from, and how long that took where the preset's own run was trained."""
    text = "Learns from " + (
        ", ".join(f"{share:.0%} {TITLES[s]}" for s, share in shares.items()) or "nothing"
    )
    try:
        own = RunStore().open(base.preset)
    except RunError:  # it was never trained, or is deleted
        return text + "."
    took = duration(own.seconds / own.epochs * epochs)
    return f"{text}. So many epochs took {took} where {own.name} was trained; scoring comes on top."


def _ask_shares(base: TrainConfig) -> None:
    """How much of what is trained on comes from which source."""
    with st.expander("Data"):
        st.caption("What each epoch consists of, in parts that need not sum to 100.")
        for source, column in zip(SOURCES, st.columns(len(SOURCES)), strict=True):
            part = round(100 * base.shares.get(source, 0))
            key = f"{source}-{base.preset}"
            column.number_input(TITLES[source], 0, 100, part, key=key, help=_HELP[source])


def _started(base: TrainConfig) -> str:
    config = changed(base, _changes(base.preset))
    trainings = Trainings(RunStore())
    begun = trainings.begin(config, st.session_state[f"new-{base.preset}"].strip() or None)
    trainings.start(begun)
    return f"{begun} begins."
