"""Checkpoints: epochs in a run's folder, from which its training can go on, or be finished.

They are the latest epoch's weights with the optimizer's state, the best epoch's weights, and the history. It
is written after them, and before those of earlier epochs are deleted: all that it lists is always complete.
"""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import keras
import numpy as np

from mnist_app.domain import FIGURES, Epoch, TrainConfig, best_epoch
from mnist_app.errors import DivergedError, RunError
from mnist_app.learning.architectures import DIGIT
from mnist_app.runs.atomic import flush
from mnist_app.runs.decoding import read_npz
from mnist_app.runs.files import read_epochs, write_history
from mnist_app.runs.job_process import JobReport


class CheckpointCallback(keras.callbacks.Callback):
    """Keep every epoch's figures and weights on disk, report progress, and stop when nothing gets better."""

    def __init__(
        self, folder: Path, history: list[Epoch], config: TrainConfig, report: JobReport | None
    ) -> None:
        super().__init__()
        self.history = history
        self._folder, self._config, self._report = folder, config, report

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 (Keras's signature)
        """Start the clock."""
        self._started = time.perf_counter()

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Report the share of the epoch that is done, and its figures so far."""
        if self._report:
            keys = [log_key(figure, self._config) for figure in ("loss", "accuracy")]
            loss, accuracy = (float((logs or {}).get(key, math.nan)) for key in keys)
            self._report.figures(len(self.history) + (batch + 1) / self.params["steps"], loss, accuracy)

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep the epoch, the history last."""
        figures = {name: float((logs or {})[log_key(name, self._config)]) for name in FIGURES}
        if not math.isfinite(figures["val_loss"]):
            raise DivergedError("The training diverged: its loss is no number. Try a lower learning rate.")
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        seconds = round(time.perf_counter() - self._started, 3)
        self.history.append(Epoch(epoch=epoch + 1, learning_rate=rate, seconds=seconds, **figures))
        save_checkpoint(self._folder, self.model, self.history)
        if is_patience_over(self.history, self._config):
            self.model.stop_training = True


def log_key(figure: str, config: TrainConfig) -> str:
    """Return Keras's key for a figure such as `val_loss`: with two heads, that of the digit's head."""
    if not config.learns_non_digits:
        return figure
    return f"val_{DIGIT}_{figure.removeprefix('val_')}" if figure.startswith("val_") else f"{DIGIT}_{figure}"


def is_patience_over(history: Sequence[Epoch], config: TrainConfig) -> bool:
    """Return True if the validation loss was last improved at least `config.patience` epochs ago."""
    if not config.patience or not history:
        return False
    best = min(history, key=lambda epoch: epoch.val_loss)
    return history[-1].epoch - best.epoch >= config.patience


def save_checkpoint(folder: Path, model: keras.Model, history: Sequence[Epoch]) -> None:
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
    """Restore a compiled network as it was after an epoch. Raises RunError if its file does not fit."""
    with _readable(_latest(folder, epoch)) as file, warnings.catch_warnings():
        warnings.filterwarnings("error", "Skipping")  # Keras would silently learn anew what it leaves out
        model.load_weights(file)


def restore_best(model: keras.Model, folder: Path) -> None:
    """Give a network the best epoch's weights. Raises RunError if their file does not fit."""
    best = best_epoch(read_epochs(folder)).epoch
    with _readable(_best(folder, best)) as file:
        model.set_weights(list(read_npz(file.read_bytes()).values()))


@contextmanager
def _readable(file: Path) -> Iterator[Path]:
    """Turn an error of reading a checkpoint into a RunError."""
    try:
        yield file
    # NumPy, HDF5 and Keras raise these for a file that is damaged or of another network.
    except (OSError, EOFError, ValueError, KeyError, RuntimeError, BadZipFile, UserWarning) as error:
        problem = "does not belong to these settings, or is damaged" if file.exists() else "is not there"
        raise RunError(
            f"{file.name} {problem}: the training can't go on from it. Put it back, or train anew."
        ) from error


def _write(file: Path, write: Callable[[Path], object]) -> None:
    unfinished = file.with_name(f"unfinished-{file.name}")
    try:
        write(unfinished)
        flush(unfinished)
        unfinished.replace(file)
    except (OSError, RuntimeError):  # HDF5 raises either on a full disk, which half a file would keep full
        unfinished.unlink(missing_ok=True)
        raise


def _latest(folder: Path, epoch: int) -> Path:
    return folder / f"epoch-{epoch:03d}.weights.h5"


def _best(folder: Path, epoch: int) -> Path:
    return folder / f"best-{epoch:03d}.npz"
