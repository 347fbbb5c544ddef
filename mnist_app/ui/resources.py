"""Everything that is cached for all visitors. Keyed by names and digests, never by a visitor's data."""

from __future__ import annotations

import gc

import streamlit as st
from PIL import Image

from mnist_app.domain import Epoch, Run
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.drawing import ink_from_drawing, parse_drawing
from mnist_app.reading.reader import Reader
from mnist_app.runs import SERVED_FILE, RunStore
from mnist_app.ui.samples import sample_objects


def reader(name: str) -> Reader:
    """The Reader of a run. Raises RunNotFoundError or RunDamagedError, anew each time."""
    run = RunStore().open(name)
    return _reader(name, run.files.get(SERVED_FILE, ""), run)


def history(run: Run) -> list[Epoch]:
    """Every epoch of a run. Raises RunDamagedError."""
    return _history(run.name, tuple(sorted(run.files.items())), run)


@st.cache_resource(show_spinner=False)
def icon() -> Image.Image:
    """The browser tab's picture: a sample digit as the model sees it."""
    sample = parse_drawing({"objects": sample_objects(5, side=280, pen=16, ink="black")})
    return Image.fromarray(to_bytes(canonical(ink_from_drawing(sample))))


@st.cache_resource(show_spinner=False, max_entries=16)
def _reader(name: str, digest: str, _run: Run) -> Reader:  # noqa: ARG001 (name and digest are the key)
    loaded = Reader.load(RunStore(), _run)
    # What is loaded now stays: without this, each full collection walks all the imported libraries.
    gc.collect()
    gc.freeze()
    return loaded


@st.cache_data(show_spinner=False, max_entries=256)
def _history(name: str, files: tuple[tuple[str, str], ...], _run: Run) -> list[Epoch]:  # noqa: ARG001 (key)
    return RunStore().history(_run)
