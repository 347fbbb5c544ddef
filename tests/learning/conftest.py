"""Fixtures of the tests that train."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import pytest

from mnist_app.domain import Split
from mnist_app.learning.data.sources import TrainingData

Key = TypeVar("Key")


@pytest.fixture(scope="session")
def few(training_data: TrainingData) -> TrainingData:
    """640 images to train on, 160 for validation and 160 to test on: ten steps an epoch."""

    def first(count: int, splits: Mapping[Key, Split]) -> dict[Key, Split]:
        return {key: Split(split.images[:count], split.labels[:count]) for key, split in splits.items()}

    return TrainingData(
        first(640, training_data.training),
        first(160, training_data.validation),
        first(160, training_data.test),
    )
