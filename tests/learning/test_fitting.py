from __future__ import annotations

import dataclasses
import time

import keras
import numpy as np
import pytest

from mnist_app.domain import FASTEST, FIRST_SIGN, NOT_A_DIGIT, Split, TrainConfig
from mnist_app.learning import fitting
from mnist_app.learning.architectures import DIGIT, KIND
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.sources import TrainingData
from mnist_app.learning.fitting import Batches, targets

TINY = TrainConfig("dense-128", epochs=1, batch_size=64)


@pytest.mark.parametrize("augment", [False, True])
def test_batches_hold_every_image_once_in_a_new_order_each_epoch(small: Dataset, augment: bool) -> None:
    split = Split(small.train.images[:130], np.arange(130, dtype=np.uint8))
    batches = Batches({"mnist": split}, dataclasses.replace(TINY, augment=augment))
    first = np.concatenate([batches[i][1] for i in range(len(batches))])
    batches.on_epoch_end()
    second = np.concatenate([batches[i][1] for i in range(len(batches))])
    assert sorted(first) == sorted(second) == list(range(130))
    assert not np.array_equal(first, second)


def test_batches_hold_the_shares_that_are_stated_and_all_of_a_source_before_any_twice() -> None:
    def split(first: int, size: int) -> Split:
        return Split(np.zeros((size, 28, 28), np.uint8), np.arange(first, first + size, dtype=np.uint8))

    config = dataclasses.replace(TINY, shares={"mnist": 0.75, "pen": 0.25}, epoch_images=80, batch_size=32)
    batches = Batches({"mnist": split(0, 120), "pen": split(200, 30)}, config)
    epochs = []
    for _ in range(3):
        epochs.append(np.concatenate([batches[i][1] for i in range(len(batches))]))
        batches.on_epoch_end()
    assert [((labels < 200).sum(), (labels >= 200).sum()) for labels in epochs] == [(60, 20)] * 3
    assert sorted(np.concatenate(epochs[:2])[np.concatenate(epochs[:2]) < 200]) == list(range(120))
    assert set(np.concatenate(epochs[:2])[np.concatenate(epochs[:2]) >= 200]) == set(range(200, 230))


def test_a_non_digit_weighs_nothing_for_which_digit_it_is() -> None:
    config = dataclasses.replace(TINY, shares={"mnist": 0.5, "nondigits": 0.5})
    given, weights = targets(np.array([3, NOT_A_DIGIT, FIRST_SIGN + 2], np.uint8), config)
    assert given[KIND].tolist() == [0, 1, 4]
    assert weights[DIGIT].tolist() == [1, 0, 0]
    assert weights[KIND].tolist() == [1, 1, 1]
    assert given[DIGIT][0] == 3


def test_the_fastest_precision_is_trained_with(small: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    config = dataclasses.replace(TINY, precision=FASTEST)
    data = TrainingData({"mnist": Split(small.train.images[:64], small.train.labels[:64])}, {})
    for fastest in fitting.POLICIES:
        monkeypatch.setattr(
            fitting, "seconds_per_step", lambda model, _, best=fastest: model.dtype_policy.name != best
        )
        assert fitting.settled(config, data) == dataclasses.replace(config, precision=fastest)
        assert keras.config.dtype_policy().name == "float32"
    assert fitting.settled(TINY, data) == TINY


def test_a_steps_time_is_the_least_of_some(monkeypatch: pytest.MonkeyPatch) -> None:
    class Network:
        """Compiles in the first step, and is disturbed in the second."""

        def __init__(self) -> None:
            self.clock, self.steps = 0.0, iter([0.5, 3.0, 1.0, 2.0])

        def train_on_batch(self, *_: object) -> None:
            self.clock += next(self.steps)

    network = Network()
    monkeypatch.setattr(time, "perf_counter", lambda: network.clock)
    assert fitting.seconds_per_step(network, ()) == 1
