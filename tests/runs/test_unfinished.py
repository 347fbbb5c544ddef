"""Folders of runs that are not finished: new, damaged, or left by another version."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from filelock import FileLock

from mnist_app.domain import Status
from mnist_app.errors import RunError
from mnist_app.runs import HISTORY_FILE, RunStore, training_job
from mnist_app.runs.files import CONFIG_FILE, encode_config, write_history
from mnist_app.runs.job import LOG_FILE
from mnist_app.runs.results import read_history, read_scores
from tests.helpers.trainings import CONFIG, EPOCHS, held, store_with_one_training, write_status


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """A store with one run, `mine`, that has learned two epochs."""
    return store_with_one_training(tmp_path)


def test_a_run_that_no_process_ever_trained_is_stopped(store: RunStore) -> None:
    run = store.open("mine")
    assert (run.status, run.progress.reason, run.progress.done) == (Status.STOPPED, "", 2)
    assert (run.config, run.history, run.epochs, run.best_epoch) == (CONFIG, tuple(EPOCHS), 2, 1)
    assert read_history(run) == EPOCHS
    assert read_scores(run) == []


def test_the_share_of_an_epoch_counts_only_while_it_lasts(store: RunStore) -> None:
    write_status(store, done=2.5)
    assert (store.open("mine").status, store.open("mine").progress.done) == (Status.CRASHED, 2)
    with held(store):
        assert (store.open("mine").status, store.open("mine").progress.done) == (Status.RUNNING, 2.5)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "Put it right"),
        ("{", "Put it right"),
        ("[1]", "Put it right"),
        ("[" * 9999, "Put it right"),
        ('{"preset": "dense-128"}', "batch_size"),
        ('{"preset": "dense-128", "epochs": 0, "batch_size": 64}', "epochs must be"),
        ('{"preset": "dense-128", "epochs": 5, "batch_size": 64, "shares": [1]}', "Put it right"),
        ('{"preset": "dense-128", "epochs": 5, "batch_size": 64, "momentum": 0.9}', "knows no momentum"),
        (None, "not there"),
    ],
)
def test_damaged_settings_are_said_and_the_other_runs_still_work(
    store: RunStore, content: str | None, reason: str
) -> None:
    store.create(CONFIG, "other")
    file = store.path("mine") / CONFIG_FILE
    file.unlink() if content is None else file.write_text(content)
    runs = {run.name: run for run in store.open_all()[0]}
    assert (runs["mine"].status, runs["other"].status) == (Status.FAILED, Status.STOPPED)
    assert runs["mine"].config is None
    assert reason in runs["mine"].progress.reason
    assert runs["mine"].history == tuple(EPOCHS)
    with pytest.raises(RunError, match=reason):
        training_job.start(store, "mine")
    store.delete("mine")
    assert store.names() == ["other"]


@pytest.mark.parametrize("line", ["1,x,1,1,1,1,1", "1,1", "3,1,1,1,1,1,1", '"' + "x" * 200_000])
def test_a_damaged_history_is_said(store: RunStore, line: str) -> None:
    file = store.path("mine") / HISTORY_FILE
    file.write_text(file.read_text().splitlines()[0] + f"\n{line}\n")
    run = store.open("mine")
    assert (run.status, run.history) == (Status.FAILED, ())
    assert "history.csv is damaged" in run.progress.reason


def test_a_history_that_is_not_finite_is_shown_with_gaps(store: RunStore) -> None:
    file = store.path("mine") / HISTORY_FILE
    file.write_text(file.read_text().replace("0.5", "inf", 1))
    first, second = store.open("mine").history
    assert first.loss != first.loss
    assert second.loss == 0.5


@pytest.mark.parametrize("value", [None, "x", 1e999, -1, 10**400, [], {}, float("nan"), 77])
def test_figures_that_make_no_sense_are_ignored(store: RunStore, value: object) -> None:
    write_status(store, done=value, loss=value, since=value, at=value, phase=value)
    with held(store):
        assert 2 <= store.open("mine").progress.done <= 3


def older(root: Path, name: str = "old") -> Path:
    """A training as earlier versions kept it, with two epochs, a log and an end."""
    folder = root / f".training-{name}"
    folder.mkdir(parents=True)
    (folder / "config.json").write_bytes(encode_config(CONFIG))
    (folder / "log.txt").write_text("Epoch 2/5\n")
    (folder / "status.json").write_text(
        json.dumps({"since": "2026-01-01T00:00:00+00:00", "state": "failed", "phase": "", "reason": "Full."})
    )
    (folder / "lock").touch()
    write_history(folder, EPOCHS)
    return folder


def test_an_unfinished_training_of_an_earlier_version_is_taken_over(store: RunStore) -> None:
    older(store.root)
    assert store.names() == ["mine", "old"]
    run = store.open("old")
    assert (run.status, run.progress.reason, run.history) == (Status.FAILED, "Full.", tuple(EPOCHS))
    assert training_job.log(store, "old", 1) == ["Epoch 2/5"]
    assert (run.path / LOG_FILE).exists()
    assert not (store.root / ".training-old").exists()


def test_a_training_of_an_earlier_version_that_cannot_be_taken_over_says_why(store: RunStore) -> None:
    older(store.root, "mine")
    folder = older(store.root, "busy")
    (store.root / ".training-empty").mkdir()
    with FileLock(folder / "lock"):
        runs, errors = store.open_all()
    assert [run.name for run in runs] == ["mine"]
    assert "rename that run" in str(errors[".training-mine"])
    assert "wait until it has ended" in str(errors[".training-busy"])
    assert "delete this folder" in str(errors[".training-empty"])


def test_a_folder_whose_name_no_run_can_have_is_left_alone(store: RunStore) -> None:
    (store.root / "a b").mkdir()
    (store.root / "a b" / CONFIG_FILE).write_text("{}")
    assert store.names() == ["mine"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_store_that_cannot_be_written_is_still_read(store: RunStore) -> None:
    older(store.root)
    store.root.chmod(0o555)
    try:
        assert store.names() == ["mine"]
    finally:
        store.root.chmod(0o755)
