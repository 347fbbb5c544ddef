"""The long part of a training: epochs, kept on disk one by one, so that it can go on where it stopped.

Runs on every backend of Keras.
"""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

import keras

from mnist_app.domain import Epoch, TrainConfig
from mnist_app.errors import DivergedError, RunError
from mnist_app.learning.architectures import DIGIT, IS_DIGIT, build
from mnist_app.learning.batches import Batches, targets, validation_inputs
from mnist_app.learning.checkpoints import keep, restore_latest
from mnist_app.learning.data.sources import TrainingData
from mnist_app.runs.files import read_history
from mnist_app.runs.trainings import TENSORBOARD
from mnist_app.runs.turn import Progress

PREDICT_BATCH = 1_000


def fit(
    config: TrainConfig,
    material: TrainingData,
    folder: Path,
    verbose: int = 0,
    progress: Progress | None = None,
) -> list[Epoch]:
    """Train up to the config's last epoch, from where the folder's history ends. Returns the whole history.

    `verbose` is Keras's: 0 silent, 1 a progress bar, 2 a line an epoch; `progress` is told how far it has
    come. Raises DivergedError where the loss is no number any more, RunError where the latest epoch cannot be
    read, OSError where one cannot be kept.
    """
    history = read_history(folder)
    if len(history) >= config.epochs or _is_patient_no_more(history, config):
        return history
    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy(config.precision)
    try:
        model = network(config)
        batches = Batches(material.training, config, epoch=len(history))
        _compile(model, config, len(batches))
        keeper = CheckpointCallback(folder, history, config)
        if history:
            model.optimizer.build(model.trainable_variables)
            restore_latest(model, folder, len(history))
        inputs, labels = validation_inputs(material.validation_digits)
        model.fit(
            batches,
            initial_epoch=len(history),
            epochs=config.epochs,
            validation_data=(inputs, *targets(labels, config)),
            validation_batch_size=PREDICT_BATCH,
            shuffle=False,  # the batches are shuffled already
            callbacks=[keeper, *_moving_average(config), *_extras(folder, progress, config)],
            verbose=verbose,
        )
    finally:
        keras.config.set_dtype_policy("float32")
    return keeper.history


def network(config: TrainConfig) -> keras.Model:
    """A fresh, uncompiled network. Raises RunError where there is none of that name."""
    try:
        return build(config)
    except KeyError:
        raise RunError(
            f"There is no network named {config.preset!r:.60}. Put the preset right, or train anew."
        ) from None


def _compile(model: keras.Model, config: TrainConfig, steps: int) -> None:
    if config.learns_non_digits:
        loss: Any = {DIGIT: "sparse_categorical_crossentropy", IS_DIGIT: "binary_crossentropy"}
        measured: Any = {"weighted_metrics": {DIGIT: ["accuracy"], IS_DIGIT: []}}
    else:
        loss = "categorical_crossentropy" if config.one_hot else "sparse_categorical_crossentropy"
        measured = {"metrics": ["accuracy"]}
    # XLA compiles for longer than it saves on CPUs; JAX knows nothing else.
    compiled = keras.backend.backend() == "jax"
    model.compile(_optimizer(config, steps), loss, jit_compile=compiled, **measured)


def _optimizer(config: TrainConfig, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    rate: Any = config.learning_rate
    average: Any = {"use_ema": True, "ema_momentum": config.ema} if config.ema else {}
    if config.cosine_decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, config.epochs * steps_per_epoch, alpha=0.01)
    if config.weight_decay:
        return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, **average)
    return keras.optimizers.Adam(rate, **average)


def _moving_average(config: TrainConfig) -> list[keras.callbacks.Callback]:
    return [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)] if config.ema else []


def _extras(folder: Path, progress: Progress | None, config: TrainConfig) -> list[keras.callbacks.Callback]:
    events = folder / TENSORBOARD
    board = [keras.callbacks.TensorBoard(events, write_graph=False)] if events.exists() else []
    return board + ([ProgressCallback(progress, config)] if progress else [])


class ProgressCallback(keras.callbacks.Callback):
    """Tells how far each epoch has come."""

    def __init__(self, progress: Progress, config: TrainConfig) -> None:
        super().__init__()
        self._progress, self._epoch = progress, 0
        self._head = f"{DIGIT}_" if config.learns_non_digits else ""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 (Keras's signature)
        """Remember which epoch it is."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Tell the share of the epoch that is done, and its figures so far."""
        figures = [float((logs or {}).get(self._head + kind, math.nan)) for kind in ("loss", "accuracy")]
        self._progress.step(self._epoch + (batch + 1) / self.params["steps"], *figures)


class CheckpointCallback(keras.callbacks.Callback):
    """Keeps every epoch's figures and weights on disk, and stops where nothing gets better any more."""

    def __init__(self, folder: Path, history: list[Epoch], config: TrainConfig) -> None:
        super().__init__()
        self.history = history
        self._folder, self._config = folder, config
        self._head = f"{DIGIT}_" if config.learns_non_digits else ""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 (Keras's signature)
        """Start the clock."""
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Keep the epoch, the history last."""
        record = self._record(epoch + 1, logs or {})
        if not math.isfinite(record.val_loss):
            raise DivergedError("The training diverged: its loss is no number. Try a lower learning rate.")
        self.history.append(record)
        keep(self._folder, self.model, self.history)
        if _is_patient_no_more(self.history, self._config):
            self.model.stop_training = True

    def _record(self, epoch: int, logs: dict[str, float]) -> Epoch:
        kinds = ("loss", "accuracy", "val_loss", "val_accuracy")
        keys = [
            kind.replace("val_", f"val_{self._head}") if "val" in kind else self._head + kind
            for kind in kinds
        ]
        figures = {kind: float(logs[key]) for kind, key in zip(kinds, keys, strict=True)}
        rate = float(keras.ops.convert_to_numpy(self.model.optimizer.learning_rate))
        seconds = round(time.perf_counter() - self._started, 3)
        return Epoch(epoch=epoch, learning_rate=rate, seconds=seconds, **figures)


def _is_patient_no_more(history: list[Epoch], config: TrainConfig) -> bool:
    if not config.patience or not history:
        return False
    best = min(history, key=lambda epoch: epoch.val_loss)
    return history[-1].epoch - best.epoch >= config.patience
