"""Everything that is cached for all visitors. Keyed by names and digests, never by a visitor's data."""

from __future__ import annotations

import gc

import streamlit as st
from PIL import Image

from mnist_app.domain import Calibration, Epoch, Evaluation, ImageSet, Run, SetPredictions, SetScore
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.drawing import ink_from_drawing, parse_drawing
from mnist_app.reading.reader import Reader
from mnist_app.runs import SERVED_FILE, RunStore
from mnist_app.runs.image_sets import SetStore
from mnist_app.ui.sample_drawings import sample_objects


def reader(name: str) -> Reader:
    """The Reader of a run. Raises RunNotFoundError or RunDamagedError, anew each time."""
    run = RunStore().open(name)
    return _reader(name, run.files.get(SERVED_FILE, ""), run.calibration, run)


def history(run: Run) -> list[Epoch]:
    """Every epoch of a run. Raises RunDamagedError."""
    return _history(_key(run), run)


def scores(run: Run) -> list[SetScore]:
    """A run's score on every test set. Raises RunDamagedError."""
    return _scores(_key(run), run)


def evaluations(run: Run) -> dict[str, Evaluation]:
    """What a run took for what in every labelled test set, by name. Raises RunDamagedError."""
    return _evaluations(_key(run), run)


def answers(run: Run, name: str) -> SetPredictions:
    """What a run said of each image of one of those sets. Raises RunDamagedError."""
    return _answers(_key(run), name, run)


def check(run: Run) -> None:
    """Check every file of a run once. Raises RunDamagedError or RunNotFoundError, anew each time."""
    _check(_key(run), run)


@st.cache_resource(show_spinner=False, max_entries=64)
def image_set(digest: str) -> ImageSet:
    """The images with this digest. Raises DataError where they are not on this machine, anew each time."""
    return SetStore().open(digest)


@st.cache_resource(show_spinner=False)
def icon() -> Image.Image:
    """The browser tab's picture: a sample digit as the model sees it."""
    sample = parse_drawing({"objects": sample_objects(5, side=280, pen=16, ink="black")})
    return Image.fromarray(to_bytes(canonical(ink_from_drawing(sample))))


@st.cache_resource(show_spinner=False, max_entries=16)
def _reader(name: str, digest: str, calibration: Calibration | None, _run: Run) -> Reader:  # noqa: ARG001 (key)
    loaded = Reader.load(RunStore(), _run)
    freeze_gc()
    return loaded


@st.cache_resource(show_spinner=False)
def freeze_gc() -> None:
    """What is loaded now stays: else the collection after each rerun walks through all imported libraries."""
    gc.collect()
    gc.freeze()


@st.cache_resource(show_spinner=False, max_entries=256)
def _check(key: tuple[str, ...], _run: Run) -> None:  # noqa: ARG001 (the key)
    for file in _run.files:
        RunStore().read(_run, file)


def _key(run: Run) -> tuple[str, ...]:
    """What tells a run's files from those of every other, and of a former one with the same name."""
    return (run.name, str(run.path), *sorted(run.files.values()))


# Values are frozen, so all visitors can share them: copying them, as st.cache_data does, would take longer
# than reading them.
@st.cache_resource(show_spinner=False, max_entries=256)
def _history(key: tuple[str, ...], _run: Run) -> list[Epoch]:  # noqa: ARG001 (the key)
    return RunStore().history(_run)


@st.cache_resource(show_spinner=False, max_entries=256)
def _scores(key: tuple[str, ...], _run: Run) -> list[SetScore]:  # noqa: ARG001 (the key)
    return RunStore().scores(_run)


@st.cache_resource(show_spinner=False, max_entries=64)
def _evaluations(key: tuple[str, ...], _run: Run) -> dict[str, Evaluation]:  # noqa: ARG001 (the key)
    return RunStore().evaluations(_run)


@st.cache_resource(show_spinner=False, max_entries=64)
def _answers(key: tuple[str, ...], name: str, _run: Run) -> SetPredictions:  # noqa: ARG001 (the key)
    return RunStore().answers(_run, name)
