from __future__ import annotations

import dataclasses
from pathlib import Path

import keras
import numpy as np
import pytest

from mnist_app.domain import (
    FASTEST,
    MNIST_TEST,
    NOT_A_DIGIT,
    PRESETS,
    SOURCES,
    Kind,
    Run,
    SetPredictions,
    Split,
    Status,
    TestSet,
    TrainConfig,
)
from mnist_app.errors import RunError, RunExistsError, RunNotFoundError
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning import export, fitting
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.data.sources import TrainingData
from mnist_app.learning.data.test_sets import MNIST
from mnist_app.learning.fitting import Batches
from mnist_app.learning.training import resume, train
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import KERAS_FILE, RUN_FILE, TENSORBOARD, RunStore
from mnist_app.runs.results import read_history, read_predictions, read_scores
from tests.conftest import TINY_CONFIG

TINY = TrainConfig("dense-128", epochs=1, batch_size=64)


@pytest.fixture(scope="module")
def plain(training_data: TrainingData, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """The run of one epoch that others are compared with."""
    return train(TINY, training_data, RunStore(tmp_path_factory.mktemp("plain")))


def test_a_tiny_training_learns_and_what_is_served_agrees(tiny: Run, small: Dataset) -> None:
    assert tiny.metrics["test_accuracy"] > 0.85
    served = Classifier.load(tiny).predict(from_bytes(small.test.images)).probabilities
    kept = keras.models.load_model(tiny.path / KERAS_FILE, compile=False)
    trained = kept.predict(from_bytes(small.test.images), verbose=0)
    assert np.abs(served - trained).max() <= export.TOLERANCE
    saved = read_predictions(tiny, MNIST_TEST)
    again = SetPredictions.from_probabilities(served, small.test.labels)
    assert np.array_equal(saved.labels, small.test.labels)
    assert np.array_equal(saved.read, again.read)
    assert np.abs(saved.confidence - again.confidence).max() <= 1e-3  # half precision
    assert again.right.mean() == pytest.approx(tiny.metrics["test_accuracy"])


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_trains_to_a_run(preset: str, mnist: Split, tmp_path: Path) -> None:
    """World's sources are stood in for by MNIST's images, which is all that its network can tell."""
    some, config = Split(mnist.images[:40], mnist.labels[:40]), PRESETS[preset]
    none = Split(mnist.images[:20], np.full(20, NOT_A_DIGIT, np.uint8))
    letters = TestSet("letters", "Letters", Kind.NON_DIGITS, "Nobody.")
    sources = {name: some if SOURCES[name].kind is Kind.DIGITS else none for name in config.shares}
    config = dataclasses.replace(
        config,
        epochs=1,
        epoch_images=40 if config.epoch_images else 0,
        precision="float32",  # bfloat16 takes minutes on a processor without it
    )
    training_data = TrainingData(sources, sources, {MNIST: some, letters: none})
    run = train(config, training_data, RunStore(tmp_path), "new")
    assert run.config == config
    assert sum(file.stat().st_size for file in run.path.iterdir()) < 5 * 2**20
    scores = {score.name: score for score in read_scores(run)}
    assert scores[MNIST_TEST].accuracy == pytest.approx(run.metrics["test_accuracy"])
    assert scores["letters"].accuracy is None
    served = Classifier.load(run).predict(from_bytes(some.images))
    assert np.allclose(served.probabilities.sum(axis=1), 1, atol=1e-5)
    knows = "nondigits" in config.shares
    assert np.array_equal(served.digit_probability, served.probabilities.max(axis=1)) != knows


def test_a_run_says_in_which_precision_it_was_trained(
    training_data: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "POLICIES", ("float32",))  # bfloat16 takes minutes on some processors
    store = RunStore(tmp_path)
    run = train(dataclasses.replace(TINY, precision=FASTEST), training_data, store, "fast")
    assert run.config == TINY == store.open("fast").config


def test_the_same_seed_trains_the_same_model(tiny: Run, training_data: TrainingData, tmp_path: Path) -> None:
    again = train(TINY_CONFIG, training_data, RunStore(tmp_path), "again")
    assert again.metrics == pytest.approx(tiny.metrics, abs=1e-6)


def test_a_taken_name_is_refused_before_any_training(
    tiny_store: RunStore, training_data: TrainingData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fitting, "fit", lambda *_: pytest.fail("training began"))
    with pytest.raises(RunExistsError):
        train(TINY, training_data, tiny_store, "tiny")


def weights(run: Run) -> list[np.ndarray]:
    return list(keras.models.load_model(run.path / KERAS_FILE, compile=False).get_weights())


class Interrupted(keras.callbacks.Callback):
    """Ctrl-C at the start of an epoch."""

    def on_epoch_begin(self, epoch: int, logs: object = None) -> None:  # noqa: ARG002
        if epoch == 2:
            raise KeyboardInterrupt


def test_a_training_that_was_interrupted_goes_on_to_the_very_same_model(
    few: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = dataclasses.replace(TINY, epochs=3, cosine_decay=True, weight_decay=0.01, augment=True)
    whole = train(config, few, RunStore(tmp_path / "whole"), "run")
    store = RunStore(tmp_path / "parts")
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(fitting, "_callbacks", lambda *_: [Interrupted()])
        train(config, few, store, "run")
    unfinished = store.open("run")
    assert (unfinished.status, unfinished.config, unfinished.epochs) == (Status.STOPPED, config, 2)
    assert store.models() == []
    parts = resume("run", few, store)
    assert {file.name for file in parts.path.iterdir()} == {RUN_FILE, *parts.files}
    assert parts.metrics == pytest.approx(whole.metrics, abs=1e-6)
    kept = [np.concatenate([w.ravel() for w in weights(run)]) for run in (whole, parts)]
    assert np.abs(kept[0] - kept[1]).max() <= 1e-5


def test_what_is_finished_but_not_saved_is_saved_without_training_again(
    few: TrainingData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = RunStore(tmp_path)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(export, "export", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        train(TINY, few, store, "new")
    monkeypatch.setattr(Batches, "__getitem__", lambda *_: pytest.fail("trained again"))
    assert resume("new", few, store).name == "new"


def test_only_a_training_that_began_can_go_on(training_data: TrainingData, tiny_store: RunStore) -> None:
    with pytest.raises(RunNotFoundError, match="no run named 'new'"):
        resume("new", training_data, tiny_store)
    with pytest.raises(RunExistsError, match="is finished"):
        resume("tiny", training_data, tiny_store)


def test_patience_ends_a_training_that_gets_no_better(few: TrainingData, tmp_path: Path) -> None:
    config = dataclasses.replace(TINY, epochs=9, learning_rate=1e-12, patience=1)
    store = RunStore(tmp_path)
    assert len(read_history(train(config, few, store))) < 9


def test_a_moving_average_of_the_weights_is_kept(
    plain: Run, training_data: TrainingData, tmp_path: Path
) -> None:
    averaged = train(dataclasses.replace(TINY, ema=0.9), training_data, RunStore(tmp_path))
    assert averaged.metrics["val_loss"] != plain.metrics["val_loss"]
    assert min(run.metrics["val_accuracy"] for run in (plain, averaged)) > 0.7


def test_event_files_for_tensorboard_go_beside_the_run_where_they_are_wanted(
    few: TrainingData, tmp_path: Path
) -> None:
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    store = RunStore(tmp_path)
    run = train(dataclasses.replace(TINY, epochs=2), few, store, "watched", tensorboard=True)
    events = EventAccumulator(str(run.path / TENSORBOARD / "validation")).Reload()
    losses = [float(make_ndarray(event.tensor_proto)) for event in events.Tensors("epoch_loss")]
    assert losses == pytest.approx([epoch.val_loss for epoch in read_history(run)])
    assert set(run.files) == {f.name for f in run.path.iterdir() if f.is_file()} - {RUN_FILE}


def test_a_training_that_diverges_says_so_and_leaves_nothing(few: TrainingData, tmp_path: Path) -> None:
    wild = dataclasses.replace(TINY, learning_rate=1e35)
    with pytest.raises(RunError, match="lower learning rate"):
        train(wild, few, RunStore(tmp_path), "wild")
    assert list(tmp_path.iterdir()) == []


def test_both_losses_are_the_same_measure(plain: Run, training_data: TrainingData, tmp_path: Path) -> None:
    """Categorical on one-hot labels and sparse on plain ones differ only in form."""
    one_hot = train(dataclasses.replace(TINY, one_hot=True), training_data, RunStore(tmp_path))
    assert one_hot.metrics == pytest.approx(plain.metrics, abs=1e-4)
