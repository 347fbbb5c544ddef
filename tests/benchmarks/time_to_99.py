"""Seconds that a training takes to 99.0 % on MNIST, beside the convnet of Keras's own example.

    python -m tests.benchmarks.time_to_99

Both train on the first 54,000 of MNIST's training images and are judged by the other 6,000, as the example
(https://keras.io/examples/vision/mnist_convnet/) does. Only seconds of training count.
"""

from __future__ import annotations

import dataclasses
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import keras
from keras import layers

from mnist_app.domain import PRESETS
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.data.mnist import load_mnist
from mnist_app.learning.data.sources import TrainingData, split_validation
from mnist_app.learning.fitting import fit
from tests.benchmarks.machine import machine

GOAL = 0.990
BUDGETS = (20_000, 30_000, 40_000, 54_000, 108_000)  # images
_SHARE = 0.1


def main() -> int:
    """Print the seconds of both, and their ratio."""
    training, validation = split_validation(load_mnist().train, _SHARE)
    print(machine())
    data = TrainingData({"mnist": training}, {"mnist": validation})
    theirs, ours = _example(data), _ours(data)
    print(f"ratio {ours / theirs:.2f}")
    return 0


def _ours(data: TrainingData) -> float:
    """Seconds of the shortest training of `convnet`, without varied images, that gets there.

    Each is planned for its number of images, its learning rate falling to nothing over them.
    """
    for images in BUDGETS:
        config = dataclasses.replace(PRESETS["convnet"], epochs=1, epoch_images=images, augment=False)
        with tempfile.TemporaryDirectory() as folder:
            history = fit(config, data, Path(folder))
        seconds, accuracy = history[0].seconds, history[0].val_accuracy
        print(f"convnet, {images:,} images: {accuracy:.2%} after {seconds:.0f} s", flush=True)
        if accuracy >= GOAL:
            return seconds
    return float("inf")


class _Clock(keras.callbacks.Callback):
    """Counts seconds of training until the goal, and stops there."""

    seconds = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002 (Keras's signature)
        """Start."""
        self._started = time.perf_counter()

    def on_test_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """The epoch is over, validation begins."""
        self.seconds += time.perf_counter() - self._started

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        """Stop where the goal is reached."""
        accuracy = (logs or {})["val_accuracy"]
        print(f"Keras's example, epoch {epoch + 1}: {accuracy:.2%} after {self.seconds:.0f} s", flush=True)
        self.model.stop_training = accuracy >= GOAL


def _example(data: TrainingData) -> float:
    """Seconds of the example's network and recipe."""
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Conv2D(64, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"], jit_compile=False)
    clock, (train, held) = _Clock(), (data.training["mnist"], data.validation["mnist"])
    model.fit(
        from_bytes(train.images)[..., None],
        train.labels,
        batch_size=128,
        epochs=30,
        validation_data=(from_bytes(held.images)[..., None], held.labels),
        callbacks=[clock],
        verbose=0,
    )
    return clock.seconds


if __name__ == "__main__":
    sys.exit(main())
