"""Runs that are not finished and have no process, for tests of what is read from their folders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mnist_app.domain import Epoch, TrainConfig
from mnist_app.runs import RunStore
from mnist_app.runs.files import write_history
from mnist_app.runs.job import STATUS_FILE, Job

CONFIG = TrainConfig("dense-128", epochs=5, batch_size=64)
EPOCHS = [Epoch(n, 0.5, 0.9, 0.4, 0.9, 1e-3, 2.0) for n in (1, 2)]


def store_with_one_training(root: Path) -> RunStore:
    """Return a store with one run, `mine`, that has learned two epochs."""
    store = RunStore(root)
    store.create(CONFIG, "mine")
    write_history(store.path("mine"), EPOCHS)
    return store


@contextmanager
def held(store: RunStore, name: str = "mine") -> Iterator[None]:
    """Hold the lock of a run, as the process that trains it does."""
    with Job(store.path(name)).lock:
        yield


def write_status(store: RunStore, name: str = "mine", **status: Any) -> None:
    """Write the status of a process that learns, with changes."""
    learning = {"state": "running", "phase": "Learning", "since": "2026-01-01T00:00:00+00:00"}
    (store.path(name) / STATUS_FILE).write_text(json.dumps(learning | status))
