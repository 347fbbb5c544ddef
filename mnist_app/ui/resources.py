"""Everything that is cached for all visitors: keyed by names and digests, never by a visitor's data.

Values are frozen, so that all visitors can share them: copying them, as `st.cache_data` does, would take
longer than reading them. An error is not cached: what is damaged is looked at anew each time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from mnist_app.domain import CorrectionScore, Epoch, ImageSet, Run, SetPredictions, SetScore, Split
from mnist_app.explaining.activations import Inspector
from mnist_app.explaining.look_alikes import LookAlikes
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.drawing import ink_from_drawing, parse_drawing
from mnist_app.reading.reader import Reader
from mnist_app.reading.scoring import score_on_corrections
from mnist_app.runs import RUN_FILE, SERVED_FILE, RunStore
from mnist_app.runs.files import LOOK_ALIKES_FILE
from mnist_app.runs.folders import corrections_url
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.results import damaged, read_file, read_history, read_predictions, read_scores
from mnist_app.ui.paper.samples import sample_objects

if TYPE_CHECKING:
    from mnist_app.corrections.store import CorrectionStore


def _files(run: Run) -> tuple[str, ...]:
    """Tell a run's files from those of every other, and of an earlier one with the same name."""
    return (run.name, str(run.path), *sorted(run.files.values()))


def reader(name: str) -> Reader:
    """Return the Reader of a run. Raises RunNotFoundError or RunDamagedError."""
    store = RunStore()
    try:
        stat = (store.path(name) / RUN_FILE).stat()
    except OSError:
        return Reader.load(store.open(name))  # the store says why it can't
    return _reader(name, f"{store.root}, {stat.st_ino}, {stat.st_mtime_ns}, {stat.st_size}")


@lru_cache(maxsize=16)  # also for the server itself, and a visitor's message to clear caches can't reach it
def _reader(name: str, version: str) -> Reader:  # noqa: ARG001 # `version` tells it from earlier ones of the name
    return Reader.load(RunStore().open(name))


def inspector(name: str) -> Inspector:
    """Return the Inspector of a run's model. Raises as `reader`."""
    return _inspector(RunStore().open(name))


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={Run: _files})
def _inspector(run: Run) -> Inspector:
    return Inspector(read_file(run, SERVED_FILE))


def look_alikes(name: str) -> LookAlikes | None:
    """Return the training images of a run that look-alikes are found among; None if it keeps none."""
    run = RunStore().open(name)
    return _look_alikes(run) if LOOK_ALIKES_FILE in run.files else None


@st.cache_resource(show_spinner=False, max_entries=2, hash_funcs={Run: _files})
def _look_alikes(run: Run) -> LookAlikes:
    try:
        return LookAlikes.parse(read_file(run, LOOK_ALIKES_FILE))
    except ValueError as error:
        raise damaged(run.name, LOOK_ALIKES_FILE, f"is no index of images ({error!s:.80})") from error


@st.cache_resource(show_spinner=False, max_entries=256, hash_funcs={Run: _files})
def history(run: Run) -> list[Epoch]:
    """Return every epoch of a run. Raises RunDamagedError."""
    return read_history(run)


@st.cache_resource(show_spinner=False, max_entries=256, hash_funcs={Run: _files})
def scores(run: Run) -> list[SetScore]:
    """Return a run's score on every test set. Raises RunDamagedError."""
    return read_scores(run)


@st.cache_resource(show_spinner=False, max_entries=64, hash_funcs={Run: _files})
def predictions(run: Run, name: str) -> SetPredictions:
    """Return a run's prediction for each image of a labelled test set. Raises RunDamagedError."""
    return read_predictions(run, name)


@st.cache_resource(show_spinner=False, max_entries=256, hash_funcs={Run: _files})
def check(run: Run) -> None:
    """Check every file of a run once. Raises RunDamagedError or RunNotFoundError."""
    for file in run.files:
        read_file(run, file)


@st.cache_resource(show_spinner=False, max_entries=64)
def image_set(digest: str) -> ImageSet:
    """Return the images with this digest. Raises DataError if they are not on this machine."""
    return SetStore().open(digest)


def corrections() -> CorrectionStore:
    """Return the store of corrections. Raises CorrectionsError if its address names no database."""
    return _corrections(corrections_url())


@st.cache_resource(show_spinner=False, max_entries=4)
def _corrections(url: str) -> CorrectionStore:
    from mnist_app.corrections.store import CorrectionStore  # here: SQLAlchemy takes 30 MB, which few need

    return CorrectionStore(url)


def correction_score(name: str, images: Split) -> CorrectionScore:
    """Return a run's score on these corrections. Raises as `reader`."""
    return _correction_score(RunStore().open(name), images)


@st.cache_resource(
    show_spinner=False, max_entries=64, hash_funcs={Run: _files, Split: lambda split: split.digest}
)
def _correction_score(run: Run, images: Split) -> CorrectionScore:
    return score_on_corrections(reader(run.name), images)


@st.cache_resource(show_spinner=False)
def icon() -> Image.Image:
    """Return the browser tab's picture: a sample digit as the model sees it."""
    sample = parse_drawing({"objects": sample_objects(5, side=280, pen=16, ink="black")})
    return Image.fromarray(to_bytes(canonical(ink_from_drawing(sample))))
