"""The training of a run as a job: alone with its folder, one at a time, from any process."""

from __future__ import annotations

import json
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest
from filelock import FileLock, Timeout

from mnist_app.domain import Status
from mnist_app.errors import RunError, RunExistsError, RunNotFoundError
from mnist_app.runs import RunStore, job, training_job
from mnist_app.runs.atomic import delete_atomically
from mnist_app.runs.files import CONFIG_FILE
from mnist_app.runs.job import STARTING, STOP_FILE, Job
from mnist_app.runs.training_job import MACHINE_FILE, machine_lock, training_process
from tests.helpers.processes import FOREVER, cache, child, eventually
from tests.helpers.trainings import CONFIG, held, store_with_one_training, write_status

Start = Callable[..., Popen[bytes]]


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """A store with one run, `mine`, that has learned two epochs."""
    return store_with_one_training(tmp_path / "models")


@pytest.fixture
def start(store: RunStore) -> Iterator[Start]:
    """Start processes that train, and end those that are left."""
    started: list[Popen[bytes]] = []

    def begin(name: str, does: str = FOREVER) -> Popen[bytes]:
        started.append(child(store.root, name, does))
        return started[-1]

    yield begin
    for process in started:
        process.kill()
        process.wait()


def phase(store: RunStore, name: str = "mine") -> str:
    return store.open(name).progress.phase


def test_a_run_is_alive_while_its_process_lasts(store: RunStore) -> None:
    with training_process(store, "mine") as report:
        assert store.open("mine").status == Status.QUEUED
        report.phase("Learning")
        assert (store.open("mine").status, phase(store)) == (Status.RUNNING, "Learning")
        report.end(Status.STOPPED)
    assert store.open("mine").status == Status.STOPPED


def test_a_run_that_is_deleted_under_its_process_is_not_made_anew(store: RunStore) -> None:
    with (
        pytest.raises(RunError, match="deleted while it was running"),
        training_process(store, "mine") as report,
    ):
        shutil.rmtree(store.path("mine"))
        report.phase("Learning")
        (store.path("mine") / "file").write_text("")
    assert list(store.root.iterdir()) == []


def test_a_look_at_a_run_that_is_gone_makes_nothing(store: RunStore) -> None:
    shutil.rmtree(store.path("mine"))
    assert training_job.log(store, "mine", 3) == []
    for look in (store.open, store.delete, store.settings):
        with pytest.raises(RunNotFoundError, match="no run named"):
            look("mine")
    for act in (training_job.start, training_job.stop):
        with pytest.raises(RunNotFoundError, match="no run named"):
            act(store, "mine")
    with pytest.raises(RunNotFoundError), training_process(store, "mine"):
        pytest.fail("there is nothing to train")
    assert list(store.root.iterdir()) == []


def test_a_running_training_is_neither_deleted_renamed_nor_started(store: RunStore) -> None:
    with held(store):
        with pytest.raises(RunError, match="Stop it first"):
            store.delete("mine")
        with pytest.raises(RunError, match="Stop it first"):
            store.rename("mine", "yours")
        with pytest.raises(RunError, match="running already"):
            training_job.start(store, "mine")
    store.rename("mine", "yours")
    store.delete("yours")
    assert list(store.root.iterdir()) == []


def test_a_training_whose_settings_are_damaged_is_not_started(store: RunStore) -> None:
    (store.path("mine") / CONFIG_FILE).write_text(json.dumps({**vars(CONFIG), "epochs": 0}))
    with pytest.raises(RunError, match="epochs must be"):
        training_job.start(store, "mine")


def test_only_a_process_that_lives_is_asked_to_stop(store: RunStore) -> None:
    training_job.stop(store, "mine")
    assert not (store.path("mine") / STOP_FILE).exists()
    with held(store):
        training_job.stop(store, "mine")
    assert (store.path("mine") / STOP_FILE).exists()


def test_the_run_that_has_waited_longest_is_first(store: RunStore) -> None:
    now = datetime.now(UTC)
    for name, minutes in (("b", 2), ("a", 1), ("dead", 9)):
        store.create(CONFIG, name)
        since = (now - timedelta(minutes=minutes)).isoformat()
        write_status(store, name, state="queued", since=since, phase="Waiting")
    with held(store, "a"), held(store, "b"):
        assert training_job.waiting(store) == ["b", "a"]


def test_a_process_that_cannot_be_started_is_not_queued(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(RunError, match="No such file"):
        training_job.start(store, "mine")
    assert store.open("mine").status == Status.FAILED


def test_files_that_a_killed_process_left_half_written_are_deleted(store: RunStore) -> None:
    with store.draft(inside=store.path("mine")) as draft:
        (draft / "model.keras").write_text("half")
        with training_process(store, "mine"):
            assert not draft.exists()


def test_if_the_cache_cannot_be_written_the_machines_lock_is_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(training_job, "cache_dir", lambda: tmp_path / "file" / "cache")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with machine_lock(), pytest.raises(Timeout):
        machine_lock().acquire(blocking=False)
    assert (tmp_path / MACHINE_FILE).exists()


def test_a_process_that_was_killed_has_crashed(store: RunStore, start: Start) -> None:
    process = start("mine")
    eventually(lambda: phase(store) == "Learning")
    process.kill()
    eventually(lambda: store.open("mine").status == Status.CRASHED)
    assert "killed" in store.open("mine").progress.reason


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_told_to_end_has_stopped(store: RunStore, start: Start, number: int) -> None:
    process = start("mine")
    eventually(lambda: phase(store) == "Learning")
    process.send_signal(number)
    eventually(lambda: store.open("mine").status == Status.STOPPED)


def test_no_second_process_can_train_a_run(
    store: RunStore, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    start("mine")
    eventually(lambda: phase(store) == "Learning")
    monkeypatch.setattr(job, "PATIENCE", 0.1)
    with pytest.raises(RunError, match="running already"), training_process(store, "mine"):
        pytest.fail("two at once")
    assert phase(store) == "Learning"


def test_a_process_that_waits_for_a_run_that_is_deleted_meanwhile_is_told(store: RunStore) -> None:
    with Job(store.path("mine")).lock:
        deleter = threading.Timer(0.2, lambda: delete_atomically(store.path("mine")))
        deleter.start()
        with pytest.raises((RunNotFoundError, RunError)), training_process(store, "mine"):
            pytest.fail("there is nothing to train")
        deleter.join()
    assert store.names() == []


def test_a_finished_run_is_not_trained_again(tiny_store: RunStore) -> None:
    for act in (training_job.start, training_job.stop):
        with pytest.raises(RunExistsError, match="is finished"):
            act(tiny_store, "tiny")
    with pytest.raises(RunExistsError), training_process(tiny_store, "tiny"):
        pytest.fail("it is finished")


def test_others_wait_in_the_order_in_which_they_were_started(store: RunStore, start: Start) -> None:
    (cache(store.root) / "mnist-app").mkdir(parents=True)
    order = store.root / "order"
    does = f"open({str(order)!r}, 'a').write(name)"
    with FileLock(cache(store.root) / "mnist-app" / MACHINE_FILE):
        for minute, name in enumerate("abc"):
            store.create(CONFIG, name)
            since = f"2026-01-01T00:0{minute}:00+00:00"
            write_status(store, name, state="queued", phase=STARTING, since=since, at=time.time())
        for name in "cba":  # the first is the slowest to come up
            start(name, does)
            eventually(partial(_waits, store, name))
        assert training_job.waiting(store) == ["a", "b", "c"]
        training_job.stop(store, "b")
        eventually(lambda: store.open("b").status == Status.STOPPED)
    eventually(lambda: order.exists() and len(order.read_text()) == 2)
    assert order.read_text() == "ac"


def _waits(store: RunStore, name: str) -> Any:
    return phase(store, name).startswith("Waiting")
