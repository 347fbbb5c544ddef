"""Fit a network: epochs that are kept on disk one by one, so that a training can go on where it stopped.

Runs on every backend of Keras.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import keras

from mnist_app.domain import Epoch, TrainConfig
from mnist_app.errors import RunError
from mnist_app.learning.architectures import DIGIT, IS_DIGIT, build
from mnist_app.learning.batches import Batches, targets, validation_inputs
from mnist_app.learning.checkpoints import CheckpointCallback, is_patience_over, log_key, restore_latest
from mnist_app.learning.data.sources import TrainingData
from mnist_app.runs import TENSORBOARD
from mnist_app.runs.files import read_epochs
from mnist_app.runs.job_process import JobReport

PREDICT_BATCH = 1_000


def fit(
    config: TrainConfig, data: TrainingData, folder: Path, verbose: int = 0, report: JobReport | None = None
) -> list[Epoch]:
    """Train up to the config's last epoch, from where the folder's history ends. Returns the whole history.

    `verbose` is Keras's: 0 silent, 1 a progress bar, 2 a line an epoch; `report` is told the progress.
    Raises DivergedError if the loss is no number any more, RunError if the latest epoch cannot be read,
    OSError if an epoch cannot be kept.
    """
    history = read_epochs(folder)
    if len(history) >= config.epochs or is_patience_over(history, config):
        return history
    keras.utils.set_random_seed(config.seed)
    keras.config.set_dtype_policy(config.precision)
    try:
        model = network(config)
        batches = Batches(data.training, config, epoch=len(history))
        _compile(model, config, len(batches))
        if history:
            model.optimizer.build(model.trainable_variables)
            restore_latest(model, folder, len(history))
        checkpoints = CheckpointCallback(folder, history, config)
        inputs, labels = validation_inputs(data.validation_digits)
        model.fit(
            batches,
            initial_epoch=len(history),
            epochs=config.epochs,
            validation_data=(inputs, *targets(labels, config)),
            validation_batch_size=PREDICT_BATCH,
            shuffle=False,  # the batches are shuffled already
            callbacks=[checkpoints, *_callbacks(config, folder, report)],
            verbose=verbose,
        )
    finally:
        keras.config.set_dtype_policy("float32")
    return checkpoints.history


def network(config: TrainConfig) -> keras.Model:
    """Return a fresh, uncompiled network. Raises RunError if there is none of that name."""
    try:
        return build(config)
    except KeyError:
        raise RunError(
            f"There is no network named {config.preset!r:.60}. Put the preset right, or train anew."
        ) from None


def _compile(model: keras.Model, config: TrainConfig, steps_per_epoch: int) -> None:
    if config.learns_non_digits:
        loss: Any = {DIGIT: "sparse_categorical_crossentropy", IS_DIGIT: "binary_crossentropy"}
        measured: Any = {"weighted_metrics": {DIGIT: ["accuracy"], IS_DIGIT: []}}
    else:
        loss = "categorical_crossentropy" if config.one_hot else "sparse_categorical_crossentropy"
        measured = {"metrics": ["accuracy"]}
    rate: Any = config.learning_rate
    if config.cosine_decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, config.epochs * steps_per_epoch, alpha=0.01)
    options: Any = {"use_ema": True, "ema_momentum": config.ema} if config.ema else {}
    if config.weight_decay:
        optimizer = keras.optimizers.AdamW(rate, weight_decay=config.weight_decay, **options)
    else:
        optimizer = keras.optimizers.Adam(rate, **options)
    # XLA compiles for longer than it saves on CPUs; JAX knows nothing else.
    model.compile(optimizer, loss, jit_compile=keras.backend.backend() == "jax", **measured)


def _callbacks(config: TrainConfig, folder: Path, report: JobReport | None) -> list[keras.callbacks.Callback]:
    callbacks: list[keras.callbacks.Callback] = []
    if config.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    if (folder / TENSORBOARD).exists():
        callbacks.append(keras.callbacks.TensorBoard(folder / TENSORBOARD, write_graph=False))
    if report is not None:
        callbacks.append(ProgressCallback(report, config))
    return callbacks


class ProgressCallback(keras.callbacks.Callback):
    """Report the share of each epoch that is done, and its figures so far."""

    def __init__(self, report: JobReport, config: TrainConfig) -> None:
        super().__init__()
        self._report, self._epoch = report, 0
        self._keys = [log_key(figure, config) for figure in ("loss", "accuracy")]

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 (Keras's signature)
        """Remember the epoch."""
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: dict[str, float] | None = None) -> None:
        """Report the step."""
        loss, accuracy = (float((logs or {}).get(key, math.nan)) for key in self._keys)
        self._report.figures(self._epoch + (batch + 1) / self.params["steps"], loss, accuracy)
