"""Results of a run: read from files that are what run.json names, or refused."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_app.domain import Evaluation, Run
from mnist_app.errors import RunDamagedError
from mnist_app.runs import HISTORY_FILE, SCORES_FILE, SERVED_FILE, RunStore
from mnist_app.runs.results import read_file, read_history, read_predictions, read_scores


@pytest.fixture
def store(tiny_store: RunStore, tmp_path: Path) -> RunStore:
    """A copy of the tiny store, to be damaged."""
    shutil.copytree(tiny_store.root, tmp_path / "models")
    return RunStore(tmp_path / "models")


def test_history_has_every_epoch(tiny: Run) -> None:
    history = read_history(tiny)
    assert [epoch.epoch for epoch in history] == [1, 2, 3]
    best = max(history, key=lambda epoch: epoch.val_accuracy)
    assert tiny.best_epoch == best.epoch
    assert tiny.metrics["val_accuracy"] == pytest.approx(best.val_accuracy)


@pytest.mark.parametrize("file", [SERVED_FILE, HISTORY_FILE])
def test_a_tampered_file_is_refused(store: RunStore, file: str) -> None:
    run = store.open("tiny")
    content = bytearray((run.path / file).read_bytes())
    content[len(content) // 2] ^= 1
    (run.path / file).write_bytes(content)
    with pytest.raises(RunDamagedError, match=f"{file}.*SHA-256"):
        read_file(run, file)


def test_a_truncated_file_is_refused(store: RunStore) -> None:
    run = store.open("tiny")
    (run.path / SERVED_FILE).write_bytes((run.path / SERVED_FILE).read_bytes()[:1000])
    with pytest.raises(RunDamagedError, match="SHA-256"):
        read_file(run, SERVED_FILE)


def test_a_missing_file_is_refused(store: RunStore) -> None:
    run = store.open("tiny")
    (run.path / SERVED_FILE).unlink()
    with pytest.raises(RunDamagedError, match="cannot be read"):
        read_file(run, SERVED_FILE)


def test_a_file_that_the_run_does_not_list_is_refused(store: RunStore) -> None:
    run = store.open("tiny")
    (run.path / "extra.bin").write_bytes(b"x")
    with pytest.raises(RunDamagedError, match="not listed"):
        read_file(run, "extra.bin")


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"name": "x", "speed": 1}]'])
def test_broken_scores_are_refused(store: RunStore, text: str) -> None:
    run = store.open("tiny")
    (run.path / SCORES_FILE).write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    with pytest.raises(RunDamagedError, match="scores"):
        read_scores(dataclasses.replace(run, files={SCORES_FILE: digest}))


@pytest.mark.parametrize("best", [0, 4, 99])
def test_a_best_epoch_that_never_was_is_refused(store: RunStore, best: int) -> None:
    run = dataclasses.replace(store.open("tiny"), best_epoch=best)
    with pytest.raises(RunDamagedError, match="3 epochs"):
        read_history(run)


def edited(store: RunStore, file: str, change: Callable[[Any], Any]) -> Run:
    """The tiny run with another file, whose digest is right."""
    run = store.open("tiny")
    content = json.dumps(change(json.loads((run.path / file).read_text()))).encode()
    (run.path / file).write_bytes(content)
    return dataclasses.replace(run, files={file: hashlib.sha256(content).hexdigest()})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("bins", [{"low": 0, "high": 1, "images": 1, "right": 1, "confidence": 0.5}]),
        ("bins", 3),
        ("digest", 5),
        ("accuracy", "x"),
        ("accuracy", float("nan")),
        ("images", -1),
        ("kind", "letters"),
        ("speed", 1),
    ],
)
def test_scores_that_make_no_sense_are_refused(store: RunStore, key: str, value: Any) -> None:
    run = edited(store, SCORES_FILE, lambda raw: [{**row, key: value} for row in raw])
    with pytest.raises(RunDamagedError, match="scores"):
        read_scores(run)


def test_predictions_are_those_that_the_scores_count(store: RunStore) -> None:
    run = store.open("tiny")
    (score,) = read_scores(run)
    predictions = read_predictions(run, score.name)
    evaluation = Evaluation.from_predictions(score, predictions)
    counts = [[len(predictions.cell(written, read)) for read in range(10)] for written in range(10)]
    assert np.array_equal(counts, evaluation.confusion)
    assert predictions.right.mean() == pytest.approx(evaluation.accuracy) == pytest.approx(score.accuracy)
    assert len(predictions) == score.images == sum(b.images for b in score.bins)
    with pytest.raises(RunDamagedError, match="letters"):
        read_predictions(run, "letters")
