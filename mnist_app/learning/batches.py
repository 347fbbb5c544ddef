"""Batches of several sources in the shares that a config states, shuffled and augmented."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from mnist_app.domain import DIGITS, NOT_A_DIGIT, FloatArray, Split, TrainConfig
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.architectures import DIGIT, IS_DIGIT
from mnist_app.learning.data.augmentation import augment


class Batches(keras.utils.PyDataset):
    """Batches that depend on seed and epoch alone, so that a resumed training is the same training.

    They are prepared between two steps, when OpenCV has all cores to itself.
    """

    def __init__(self, sources: Mapping[str, Split], config: TrainConfig, epoch: int = 0) -> None:
        super().__init__(workers=1)
        self._config, self._epoch = config, epoch
        chosen = {name: sources[name] for name, share in config.shares.items() if share > 0}
        self._images = np.concatenate([split.images for split in chosen.values()])
        self._labels = np.concatenate([split.labels for split in chosen.values()])
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
        images = self._images[chosen]
        inputs = augment(images, rng) if self._config.augment else from_bytes(images)
        return inputs, *targets(self._labels[chosen], self._config)

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
    is_digit = (labels != NOT_A_DIGIT).astype(np.float32)
    digit = np.where(labels == NOT_A_DIGIT, 0, labels)
    weights = {DIGIT: is_digit, IS_DIGIT: np.ones_like(is_digit)}
    return {DIGIT: digit, IS_DIGIT: is_digit[:, None]}, weights


def validation_inputs(digits: Mapping[str, Split]) -> tuple[FloatArray, np.ndarray]:
    """Join the digits of all sources: (N, 28, 28) inputs and (N,) labels."""
    images = np.concatenate([split.images for split in digits.values()])
    return from_bytes(images), np.concatenate([split.labels for split in digits.values()])
