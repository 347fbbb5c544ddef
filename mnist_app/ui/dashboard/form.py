"""What to train, and how: the settings of a new training."""

from __future__ import annotations

from functools import partial

import streamlit as st

from mnist_app.domain import SOURCES, TrainConfig
from mnist_app.domain.presets import ABOUT, PRESETS
from mnist_app.errors import RunError
from mnist_app.runs import RunStore
from mnist_app.runs.settings import changed
from mnist_app.runs.trainings import Trainings
from mnist_app.ui.dashboard import notices
from mnist_app.ui.dashboard.jobs import duration

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
        name = st.text_input("Name", key=f"new-{preset}", placeholder=free, max_chars=64)
        augment = st.toggle("Vary the images", base.augment, key=f"augment-{preset}", help=_AUGMENT)
    with right:
        epochs = st.number_input("Epochs", 1, 1_000, base.epochs, key=f"epochs-{preset}")
        batch = st.number_input("Batch size", 1, 4_096, base.batch_size, key=f"batch-{preset}")
        rate = st.number_input(
            "Learning rate", 1e-6, 1.0, base.learning_rate, step=1e-4, format="%.6f", key=f"rate-{preset}"
        )
        seed = st.number_input("Seed", 0, 2**32 - 1, base.seed, key=f"seed-{preset}", help=_SEED)
    shares = _shares(base)
    st.caption(_summary(base, shares, epochs))
    changes = {"epochs": epochs, "batch_size": batch, "learning_rate": rate, "seed": seed, "augment": augment}
    st.button(
        "Start training",
        key="start-training",
        type="primary",
        icon=":material/play_arrow:",
        on_click=notices.act,
        args=[partial(_started, base, {**changes, "shares": shares}, name.strip())],
    )


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
    return f"{text}. So many epochs took {took} where {own.name} was trained."


def _shares(base: TrainConfig) -> dict[str, float]:
    """How much of what is trained on comes from which source, with a sum of 1; what has none is left out."""
    with st.expander("Data"):
        st.caption("What each epoch consists of, in parts that need not sum to 100.")
        parts = {
            source: column.number_input(
                TITLES[source],
                0,
                100,
                round(100 * base.shares.get(source, 0)),
                key=f"{source}-{base.preset}",
                help=_HELP[source],
            )
            for source, column in zip(SOURCES, st.columns(len(SOURCES)), strict=True)
        }
    total = sum(parts.values())
    return {source: part / total for source, part in parts.items() if part} if total else {}


def _started(base: TrainConfig, changes: dict[str, object], name: str) -> str:
    config = changed(base, changes)
    trainings = Trainings(RunStore())
    begun = trainings.begin(config, name or None)
    trainings.start(begun)
    return f"{begun} begins."
