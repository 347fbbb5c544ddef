from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

import keras
import numpy as np
import pytest

from mnist_app.domain import Dataset, Run, Split, TrainConfig
from mnist_app.errors import ExportError, RunError, RunExistsError
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning import training
from mnist_app.learning.architectures import build
from mnist_app.learning.evaluation import evaluate
from mnist_app.learning.export import verify
from mnist_app.learning.presets import PRESETS
from mnist_app.learning.training import Batches, split_validation, train
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import KERAS_FILE, SERVED_FILE, TEST_FILE, RunStore

TINY = TrainConfig("dense-128", epochs=1, batch_size=64)


def test_a_tiny_training_learns_and_what_is_served_agrees(
    tiny_store: RunStore, tiny: Run, small: Dataset
) -> None:
    assert tiny.metrics["test_accuracy"] > 0.85
    served = Classifier.load(tiny_store, tiny).predict(from_bytes(small.test.images))
    kept = keras.models.load_model(tiny.path / KERAS_FILE, compile=False)
    trained = kept.predict(from_bytes(small.test.images), verbose=0)
    assert np.abs(served - trained).max() <= 1e-4
    saved = np.load(tiny.path / TEST_FILE)
    assert np.array_equal(saved["labels"], small.test.labels)
    assert np.abs(saved["probabilities"] - served).max() <= 1e-4
    assert evaluate(served, small.test.labels).accuracy == pytest.approx(tiny.metrics["test_accuracy"])


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_trains_to_a_run(preset: str, small: Dataset, tmp_path: Path) -> None:
    few = Dataset(
        Split(small.train.images[:200], small.train.labels[:200]),
        Split(small.test.images[:50], small.test.labels[:50]),
    )
    config = dataclasses.replace(PRESETS[preset], epochs=1)
    run = train(config, few, RunStore(tmp_path), "new")
    assert run.config == config
    assert sum(file.stat().st_size for file in run.path.iterdir()) < 5 * 2**20


def test_the_same_seed_trains_the_same_model(tiny: Run, small: Dataset, tmp_path: Path) -> None:
    again = train(tiny.config, small, RunStore(tmp_path), "again")
    assert again.metrics == pytest.approx(tiny.metrics, abs=1e-6)


def test_validation_images_are_never_trained_on(small: Dataset) -> None:
    training_part, validation = split_validation(small.train, 0.2)
    assert len(validation) == 800
    assert np.array_equal(np.concatenate([training_part.images, validation.images]), small.train.images)


@pytest.mark.parametrize("augment", [False, True])
def test_batches_hold_every_image_once_in_a_new_order_each_epoch(small: Dataset, augment: bool) -> None:
    split = Split(small.train.images[:130], np.arange(130, dtype=np.uint8))
    batches = Batches(split, dataclasses.replace(TINY, augment=augment))
    first = np.concatenate([batches[i][1] for i in range(len(batches))])
    batches.on_epoch_end()
    second = np.concatenate([batches[i][1] for i in range(len(batches))])
    assert sorted(first) == sorted(second) == list(range(130))
    assert not np.array_equal(first, second)


def test_a_taken_name_is_refused_before_any_training(
    tiny_store: RunStore, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "build", lambda _: pytest.fail("training began"))
    with pytest.raises(RunExistsError):
        train(TINY, small, tiny_store, "tiny")


def test_ctrl_c_leaves_nothing_behind(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "export", interrupt)
    with pytest.raises(KeyboardInterrupt):
        train(TINY, small, RunStore(tmp_path), "new")
    assert list(tmp_path.iterdir()) == []


def test_a_training_that_diverges_says_so_and_leaves_nothing(small: Dataset, tmp_path: Path) -> None:
    wild = dataclasses.replace(TINY, learning_rate=1e35)
    with pytest.raises(RunError, match="lower learning rate"):
        train(wild, small, RunStore(tmp_path), "wild")
    assert list(tmp_path.iterdir()) == []


def test_an_export_that_differs_is_refused(tiny: Run, small: Dataset) -> None:
    images = from_bytes(small.test.images[:100])
    with pytest.raises(ExportError, match="differs from the trained model"):
        verify(tiny.path / SERVED_FILE, images, np.full((100, 10), 0.1, np.float32))


def test_an_export_that_gives_no_numbers_is_refused(tiny: Run, small: Dataset) -> None:
    images = from_bytes(small.test.images[:10])
    with pytest.raises(ExportError):
        verify(tiny.path / SERVED_FILE, images, np.full((10, 10), np.nan, np.float32))


def test_dense_presets_are_the_notebooks_networks() -> None:
    for preset, units in (("dense-128", [128, 10]), ("dense-128-128", [128, 128, 10])):
        dense = [layer.units for layer in build(preset).layers if isinstance(layer, keras.layers.Dense)]
        assert dense == units
    assert PRESETS["dense-128"] == TrainConfig("dense-128", 5, 64, validation_share=0.2, one_hot=True)
    assert PRESETS["dense-128-128"] == TrainConfig("dense-128-128", 15, 32, validation_share=0.2)


def test_both_losses_are_the_same_measure(small: Dataset, tmp_path: Path) -> None:
    """Categorical on one-hot labels and sparse on plain ones differ only in form."""
    configs = [dataclasses.replace(TINY, one_hot=one_hot) for one_hot in (True, False)]
    store = RunStore(tmp_path)
    runs = [train(config, small, store, str(config.one_hot)) for config in configs]
    for a, b in itertools.pairwise(runs):
        assert a.metrics == pytest.approx(b.metrics, abs=1e-4)
