from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from mnist_app.domain import TrainConfig
from mnist_app.learning.data.sources import TrainingData
from mnist_app.learning.tuning import studies_file, tune
from mnist_app.runs import CARD_FILE, RunStore

BASE = TrainConfig("dense-128", epochs=2, batch_size=64)


def test_trials_are_runs_and_a_study_goes_on_where_it_stopped(material: TrainingData, tmp_path: Path) -> None:
    few = dataclasses.replace(material, training=material.validation)
    store, lines = RunStore(tmp_path), list[str]()
    tune(BASE, few, store, "search", trials=1, report=lines.append)
    study = tune(BASE, few, store, "search", trials=3, report=lines.append)
    assert store.names() == ["search-001", "search-002", "search-003"]
    assert [line.split(":")[0] for line in lines] == store.names()
    assert len(study.trials) == 3
    assert study.best_value == max(store.open(name).metrics["val_accuracy"] for name in store.names())
    assert len({str(store.open(name).config) for name in store.names()}) == 3
    assert studies_file(store).is_file()
    assert tune(BASE, few, store, "search", trials=3, report=pytest.fail).best_value == study.best_value


def test_trials_are_not_scored_on_the_test_set(material: TrainingData, tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    tune(BASE, dataclasses.replace(material, training=material.validation), store, "search", trials=1)
    run = store.open("search-001")
    assert "test_accuracy" not in run.metrics
    assert store.scores(run) == []
    assert "`python -m mnist_app tune`" in store.read(run, CARD_FILE).decode()
