from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mnist_app.domain import TrainConfig
from mnist_app.learning.data.sources import TrainingData
from mnist_app.learning.tuning import studies_file, tune
from mnist_app.runs import CARD_FILE, RunStore
from mnist_app.runs.results import read_file, read_scores

BASE = TrainConfig("dense-128", epochs=2, batch_size=64)


@pytest.fixture(scope="module")
def study_of_one_trial(few: TrainingData, tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """A store with one trial of the study `search`, to be copied."""
    store = RunStore(tmp_path_factory.mktemp("study"))
    tune(BASE, few, store, "search", trials=1)
    return store


def test_trials_are_runs_and_a_study_goes_on_where_it_stopped(
    study_of_one_trial: RunStore, few: TrainingData, tmp_path: Path
) -> None:
    shutil.copytree(study_of_one_trial.root, tmp_path / "models")
    store, lines = RunStore(tmp_path / "models"), list[str]()
    study = tune(BASE, few, store, "search", trials=3, report=lines.append)
    assert store.names() == ["search-001", "search-002", "search-003"]
    assert [line.split(":")[0] for line in lines] == store.names()[1:]
    assert len(study.trials) == 3
    assert study.best_value == max(store.open(name).metrics["val_accuracy"] for name in store.names())
    assert len({str(store.open(name).config) for name in store.names()}) == 3
    assert studies_file(store).is_file()
    assert tune(BASE, few, store, "search", trials=3, report=pytest.fail).best_value == study.best_value


def test_trials_are_not_scored_on_the_test_set(study_of_one_trial: RunStore) -> None:
    run = study_of_one_trial.open("search-001")
    assert "test_accuracy" not in run.metrics
    assert read_scores(run) == []
    assert "`python -m mnist_app tune`" in read_file(run, CARD_FILE).decode()
