"""Stores of many invented runs, for tests and measurements of the pages that show them."""

from __future__ import annotations

import math
import os
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from mnist_app.domain import Epoch
from mnist_app.runs import HISTORY_FILE, RUN_FILE, RunStore
from mnist_app.runs.files import write_history, write_run

_FIRST_DAY = datetime.fromisoformat("2026-01-01T12:00:00+00:00")


def make_runs(root: Path, source: Path, count: int, epochs: int) -> None:
    """Write the runs `run-01`, `run-02` …: the files of `source`, each with a history of its own.

    Large files are hard links to one copy, so that they take no space.
    """
    root.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, root / ".source")
    original = RunStore(source.parent).open(source.name)
    for k in range(count):
        folder = root / f"run-{k + 1:02d}"
        shutil.copytree(root / ".source", folder, copy_function=os.link)
        for file in (RUN_FILE, HISTORY_FILE):
            (folder / file).unlink()
        history = [epoch(n, epochs, k) for n in range(1, epochs + 1)]
        write_history(folder, history)
        best = max(history, key=lambda e: e.val_accuracy)
        created = _FIRST_DAY + timedelta(days=k)
        write_run(folder, replace(original, epochs=epochs, best_epoch=best.epoch, created=created))
    shutil.rmtree(root / ".source")


def epoch(number: int, epochs: int, k: int) -> Epoch:
    """Return an epoch of the k-th run: a falling curve with a wave on it."""
    loss = 0.02 + 0.3 / number + 0.002 * k
    wave = 0.004 * math.sin(number * (1 + k / 10))
    return Epoch(
        epoch=number,
        loss=loss,
        accuracy=1 - loss / 3,
        val_loss=loss + 0.01 + wave,
        val_accuracy=1 - (loss + 0.01 + wave) / 3,
        learning_rate=0.003 * (1 - number / (epochs + 1)),
        seconds=2 + k / 20,
    )
