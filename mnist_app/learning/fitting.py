"""Fit a network to batches of its sources. Each epoch is kept on disk, so that a training can be resumed.

Runs on every backend of Keras.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mnist_app.domain import DIGITS, FASTEST, NOT_A_DIGIT, Epoch, Split, TrainConfig, kinds_of
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.architectures import DIGIT, KIND, build
from mnist_app.learning.checkpoints import CheckpointCallback, is_patience_over, restore_latest
from mnist_app.learning.data.augmentation import augment
from mnist_app.learning.data.sources import TrainingData
from mnist_app.runs import TENSORBOARD
from mnist_app.runs.files import read_epochs
from mnist_app.runs.job_process import JobReport

PREDICT_BATCH = 1_000
POLICIES = ("float32", "mixed_bfloat16")
TIMED_STEPS = 3


def fit(
    config: TrainConfig, data: TrainingData, folder: Path, verbose: int = 0, report: JobReport | None = None
) -> list[Epoch]:
    """Train up to the config's last epoch, from where the folder's history ends. Returns the whole history.

    The config's precision is settled. `verbose` is Keras's: 0 silent, 1 a progress bar, 2 a line an epoch;
    `report` is told the progress. Raises RunError if there is no such network or the latest epoch cannot be
    read, DivergedError if the loss is no number any more, OSError if an epoch cannot be kept.
    """
    history = read_epochs(folder)
    if len(history) >= config.epochs or is_patience_over(history, config):
        return history
    try:
        batches = Batches(data.training, config, epoch=len(history))
        keras.utils.set_random_seed(config.seed)
        model = _compiled(config, config.precision, len(batches))
        if history:
            model.optimizer.build(model.trainable_variables)
            restore_latest(model, folder, len(history))
        checkpoints = CheckpointCallback(folder, history, config, report)
        validation = Split.joined(data.validation_digits.values())
        model.fit(
            batches,
            initial_epoch=len(history),
            epochs=config.epochs,
            validation_data=(from_bytes(validation.images), *targets(validation.labels, config)),
            validation_batch_size=PREDICT_BATCH,
            shuffle=False,  # the batches are shuffled already
            callbacks=[checkpoints, *_callbacks(config, folder)],
            verbose=verbose,
        )
    finally:
        keras.config.set_dtype_policy("float32")
    return checkpoints.history


def settled(config: TrainConfig, data: TrainingData) -> TrainConfig:
    """Return the config with the precision that trains fastest on this machine, if it asks for that.

    Some steps of each are timed. With bfloat16, processors that have it take half the time, and others many
    times as long.
    """
    if config.precision != FASTEST:
        return config
    batch = Batches(data.training, config)[0]
    try:
        fastest = min(POLICIES, key=lambda policy: seconds_per_step(_compiled(config, policy, 1), batch))
    finally:
        keras.config.set_dtype_policy("float32")
    return dataclasses.replace(config, precision=fastest)


def seconds_per_step(model: keras.Model, batch: tuple[Any, ...]) -> float:
    """Return the least time that a compiled network takes to learn from a batch."""
    times = []
    for _ in range(1 + TIMED_STEPS):  # the first step is compiled
        started = time.perf_counter()
        model.train_on_batch(*batch)
        times.append(time.perf_counter() - started)
    return min(times[1:])


def _compiled(config: TrainConfig, policy: str, steps_per_epoch: int) -> keras.Model:
    """Build a network to be trained, with one of Keras's dtype policies, which stays in force."""
    keras.config.set_dtype_policy(policy)
    model = build(config, fused=True)
    if config.learns_non_digits:
        loss: Any = {DIGIT: "sparse_categorical_crossentropy", KIND: "sparse_categorical_crossentropy"}
        measured: Any = {"weighted_metrics": {DIGIT: ["accuracy"], KIND: []}}
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
    return model


def _callbacks(config: TrainConfig, folder: Path) -> list[keras.callbacks.Callback]:
    callbacks: list[keras.callbacks.Callback] = []
    if config.ema:
        callbacks.append(keras.callbacks.SwapEMAWeights(swap_on_epoch=True))
    if (folder / TENSORBOARD).exists():
        callbacks.append(keras.callbacks.TensorBoard(folder / TENSORBOARD, write_graph=False))
    return callbacks


class Batches(keras.utils.PyDataset):
    """Batches that depend on seed and epoch alone, so that a resumed training is the same training.

    They are prepared between two steps, when OpenCV has all cores to itself.
    """

    def __init__(self, sources: Mapping[str, Split], config: TrainConfig, epoch: int = 0) -> None:
        super().__init__(workers=1)
        self._config, self._epoch = config, epoch
        chosen = {name: sources[name] for name, share in config.shares.items() if share > 0}
        self._all = Split.joined(chosen.values())
        self._sizes = [len(split) for split in chosen.values()]
        total = config.epoch_images or sum(self._sizes)
        self._counts = [round(total * config.shares[name]) for name in chosen]
        self._order = self._plan()

    def __len__(self) -> int:
        return -(-len(self._order) // self._config.batch_size)

    def __getitem__(self, index: int) -> tuple[Any, ...]:
        size = self._config.batch_size
        chosen = self._order[index * size : (index + 1) * size]
        rng = np.random.default_rng((self._config.seed, self._epoch, index))
        images = self._all.images[chosen]
        inputs = augment(images, rng) if self._config.augment else from_bytes(images)
        return inputs, *targets(self._all.labels[chosen], self._config)

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self._epoch += 1
        self._order = self._plan()

    def _plan(self) -> np.ndarray:
        """Choose the epoch's images: each source goes on where it stopped, all of it before any twice."""
        order, first = [], 0
        for source, (size, count) in enumerate(zip(self._sizes, self._counts, strict=True)):
            positions = np.arange(self._epoch * count, (self._epoch + 1) * count)
            for lap in np.unique(positions // size):
                shuffled = np.random.default_rng((self._config.seed, source, int(lap))).permutation(size)
                order.append(first + shuffled[positions[positions // size == lap] % size])
            first += size
        rng = np.random.default_rng((self._config.seed, self._epoch))
        return rng.permutation(np.concatenate(order))


def targets(labels: np.ndarray, config: TrainConfig) -> tuple[Any, ...]:
    """Turn (N,) labels into what Keras takes beside the inputs: targets, and weights of the two outputs.

    A non-digit weighs nothing for the output that says which digit it is.
    """
    if not config.learns_non_digits:
        return (np.asarray(keras.utils.to_categorical(labels, len(DIGITS))) if config.one_hot else labels,)
    is_digit = (labels < NOT_A_DIGIT).astype(np.float32)
    digit = np.where(labels < NOT_A_DIGIT, labels, 0)
    return {DIGIT: digit, KIND: kinds_of(labels)}, {DIGIT: is_digit, KIND: np.ones_like(is_digit)}
