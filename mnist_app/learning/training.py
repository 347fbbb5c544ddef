"""A training from a config and data to a run on disk."""

from __future__ import annotations

import dataclasses
import math
import platform
import subprocess
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mnist_app.domain import Dataset, Epoch, FloatArray, Run, Split, TrainConfig
from mnist_app.errors import RunError
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.architectures import build
from mnist_app.learning.augmentation import augment
from mnist_app.learning.evaluation import evaluate
from mnist_app.learning.export import export
from mnist_app.runs import TEST_FILE, RunStore, write_run

_PACKAGES = ("keras", "tensorflow", "numpy", "ai-edge-litert")
_PREDICT_BATCH = 1_000


def train(
    config: TrainConfig, data: Dataset, store: RunStore, name: str | None = None, verbose: int = 0
) -> Run:
    """Train, choose the epoch with the best validation accuracy, score the test set once, and save the run.

    Without a `name` the run gets the preset's, or the next free one. `verbose` is Keras's: 0 silent, 1 a
    progress bar, 2 a line an epoch. Raises RunExistsError before any work where the name is taken, RunError
    where the training diverges; where anything fails or is interrupted, nothing is left on disk.
    """
    if name is not None:
        store.claim(name)
    with store.draft() as folder:
        started = time.perf_counter()
        keras.utils.set_random_seed(config.seed)
        model = build(config.preset)
        history, best = _fit(model, config, *split_validation(data.train, config.validation_share), verbose)
        seconds = time.perf_counter() - started
        metrics = {"val_loss": best.val_loss, "val_accuracy": best.val_accuracy}
        kept = build(config.preset)  # without the optimizer's state, which would triple the file
        kept.set_weights(model.get_weights())
        metrics |= _score_test(kept, data.test, folder)
        facts = {"parameters": model.count_params(), "seconds": round(seconds, 1), "best_epoch": best.epoch}
        write_run(folder, {**_provenance(config), **facts, "metrics": metrics}, history)
        return store.publish(folder, name or config.preset, or_next=name is None)


def split_validation(split: Split, share: float) -> tuple[Split, Split]:
    """The split without its last `share`, and that share, as Keras's `validation_split` takes it.

    MNIST lists its writers one after another, so the last images are mostly other writers' as well.
    """
    cut = len(split) - round(len(split) * share)
    return Split(split.images[:cut], split.labels[:cut]), Split(split.images[cut:], split.labels[cut:])


class Batches(keras.utils.PyDataset):
    """Shuffled, prepared batches; the same for a seed however many threads prepare them."""

    def __init__(self, split: Split, config: TrainConfig) -> None:
        super().__init__(workers=2 if config.augment else 1)
        self._split, self._config, self._epoch = split, config, 0
        self._shuffle()

    def __len__(self) -> int:
        return -(-len(self._split) // self._config.batch_size)

    def __getitem__(self, index: int) -> tuple[FloatArray, Any]:
        size = self._config.batch_size
        chosen = self._order[index * size : (index + 1) * size]
        images, labels = self._split.images[chosen], self._split.labels[chosen]
        rng = np.random.default_rng((self._config.seed, self._epoch, index))
        inputs = augment(images, rng) if self._config.augment else from_bytes(images)
        return inputs, _targets(labels, self._config)

    def on_epoch_end(self) -> None:
        """Shuffle anew."""
        self._epoch += 1
        self._shuffle()

    def _shuffle(self) -> None:
        rng = np.random.default_rng((self._config.seed, self._epoch))
        self._order = rng.permutation(len(self._split))


class _Recorder(keras.callbacks.Callback):
    """Keeps every epoch's figures, and the weights of the best one."""

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Epoch] = []
        self.best: Epoch | None = None
        self.weights: list[np.ndarray] = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 (Keras's signature)
        """Start the clock."""
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Note the epoch's figures."""
        figures = {k: float((logs or {})[k]) for k in ("loss", "accuracy", "val_loss", "val_accuracy")}
        rate = float(self.model.optimizer.learning_rate)
        seconds = round(time.perf_counter() - self._started, 3)
        record = Epoch(epoch=epoch + 1, learning_rate=rate, seconds=seconds, **figures)
        self.history.append(record)
        if self.best is None or record.val_accuracy > self.best.val_accuracy:
            self.best, self.weights = record, self.model.get_weights()


def _fit(
    model: keras.Model, config: TrainConfig, training: Split, validation: Split, verbose: int
) -> tuple[list[Epoch], Epoch]:
    """Train the model and leave it with its best epoch's weights."""
    batches, recorder = Batches(training, config), _Recorder()
    loss = "categorical_crossentropy" if config.one_hot else "sparse_categorical_crossentropy"
    # XLA compiles for longer than it saves on CPUs.
    model.compile(_optimizer(config, len(batches)), loss, metrics=["accuracy"], jit_compile=False)
    images = from_bytes(validation.images)
    model.fit(
        batches,
        epochs=config.epochs,
        validation_data=(images, _targets(validation.labels, config)),
        validation_batch_size=_PREDICT_BATCH,
        shuffle=False,  # the batches are shuffled already
        callbacks=[recorder],
        verbose=verbose,
    )
    if recorder.best is None:
        raise ValueError(f"epochs must be at least 1, got {config.epochs}")
    if not math.isfinite(recorder.best.val_loss):
        raise RunError("The training diverged: its loss is no number. Try a lower learning rate.")
    model.set_weights(recorder.weights)
    return recorder.history, recorder.best


def _optimizer(config: TrainConfig, steps_per_epoch: int) -> keras.optimizers.Optimizer:
    rate: Any = config.learning_rate
    if config.cosine_decay:
        rate = keras.optimizers.schedules.CosineDecay(rate, config.epochs * steps_per_epoch, alpha=0.01)
    if config.weight_decay:
        return keras.optimizers.AdamW(rate, weight_decay=config.weight_decay)
    return keras.optimizers.Adam(rate)


def _targets(labels: np.ndarray, config: TrainConfig) -> np.ndarray:
    return np.asarray(keras.utils.to_categorical(labels, 10)) if config.one_hot else labels


def _score_test(model: keras.Model, test: Split, folder: Path) -> dict[str, float]:
    """Export the model, and save and score what it says of the test set."""
    images = from_bytes(test.images)
    export(model, folder, images)
    probabilities = np.asarray(model.predict(images, batch_size=_PREDICT_BATCH, verbose=0), np.float32)
    np.savez_compressed(folder / TEST_FILE, probabilities=probabilities, labels=test.labels)
    scores = evaluate(probabilities, test.labels)
    return {"test_loss": scores.loss, "test_accuracy": scores.accuracy}


def _provenance(config: TrainConfig) -> dict[str, Any]:
    versions = {"python": platform.python_version()} | {p: version(p) for p in _PACKAGES}
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": dataclasses.asdict(config),
        "versions": versions | {"keras backend": keras.backend.backend()},
        "commit": _commit(),
    }


def _commit() -> str | None:
    """The commit that is checked out, with `-dirty` where files differ from it; None outside a clone."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
