"""Epochs on disk: a training's folder, from which it can go on, or become a run.

It holds the latest epoch's weights with the optimizer's state, the best epoch's weights, and the history,
which is written after them and before those of earlier epochs are deleted: whenever the process ends, what
the history lists is complete.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from zipfile import BadZipFile

import keras
import numpy as np

from mnist_app.domain import Epoch, best_epoch
from mnist_app.errors import RunError
from mnist_app.runs.atomic import flush
from mnist_app.runs.files import read_history, write_history

# What NumPy, HDF5 and Keras raise for a file that is damaged or of another network.
_UNREADABLE = (OSError, EOFError, ValueError, KeyError, RuntimeError, BadZipFile, UserWarning)


def keep(folder: Path, model: keras.Model, history: Sequence[Epoch]) -> None:
    """Keep a network as it is after the last epoch of the history. Raises OSError or RuntimeError."""
    latest, best = history[-1].epoch, best_epoch(history).epoch
    kept = [_latest(folder, latest), _best(folder, best)]
    _write(kept[0], model.save_weights)
    if best == latest:
        _write(kept[1], lambda file: np.savez(file, *model.get_weights()))
    write_history(folder, history)
    for file in [*folder.glob("epoch-*"), *folder.glob("best-*")]:
        if file not in kept:
            file.unlink(missing_ok=True)


def restore_latest(model: keras.Model, folder: Path, epoch: int) -> None:
    """Make a compiled network what it was after an epoch. Raises RunError where its file does not fit."""
    with _readable(_latest(folder, epoch)) as file, warnings.catch_warnings():
        warnings.filterwarnings("error", "Skipping")  # what Keras leaves out would be learned anew, unsaid
        model.load_weights(file)


def restore_best(model: keras.Model, folder: Path) -> None:
    """Give a network the best epoch's weights. Raises RunError where their file does not fit."""
    best = best_epoch(read_history(folder)).epoch
    with _readable(_best(folder, best)) as file, file.open("rb") as stream, np.load(stream) as archive:
        model.set_weights([archive[f"arr_{i}"] for i in range(len(archive.files))])


@contextmanager
def _readable(file: Path) -> Iterator[Path]:
    try:
        yield file
    except _UNREADABLE as error:
        what = "does not belong to these settings, or is damaged" if file.exists() else "is not there"
        raise RunError(
            f"{file.name} {what}: the training can't go on from it. Put it back, or train anew."
        ) from error


def _write(file: Path, write: Callable[[Path], object]) -> None:
    unfinished = file.with_name(f"unfinished-{file.name}")
    try:
        write(unfinished)
        flush(unfinished)
        unfinished.replace(file)
    except (OSError, RuntimeError):  # HDF5 has both for a full disk, which half a file would keep full
        unfinished.unlink(missing_ok=True)
        raise


def _latest(folder: Path, epoch: int) -> Path:
    return folder / f"epoch-{epoch:03d}.weights.h5"


def _best(folder: Path, epoch: int) -> Path:
    return folder / f"best-{epoch:03d}.npz"
