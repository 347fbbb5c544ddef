"""Folders of trainings without a process, for tests of what is read from them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mnist_app.domain import Epoch, TrainConfig
from mnist_app.runs import RunStore
from mnist_app.runs.files import write_history
from mnist_app.runs.trainings import Trainings

CONFIG = TrainConfig("dense-128", epochs=5, batch_size=64)
EPOCHS = [Epoch(n, 0.5, 0.9, 0.4, 0.9, 1e-3, 2.0) for n in (1, 2)]


def with_one_training(root: Path) -> Trainings:
    """Return the trainings of a store with one, `mine`, that has learned two epochs."""
    trainings = Trainings(RunStore(root))
    trainings.begin(CONFIG, "mine")
    write_history(trainings.folder("mine"), EPOCHS)
    return trainings


@contextmanager
def held(trainings: Trainings, name: str = "mine") -> Iterator[None]:
    """Hold the lock of a training, as the process that runs it does."""
    with trainings.lock(name):
        yield


def status(**own: Any) -> dict[str, Any]:
    """Return the status that a learning process writes."""
    return {"state": "running", "phase": "Learning", "since": "2026-01-01T00:00:00+00:00", **own}
