from __future__ import annotations

import errno
import json
import os
import shutil
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mnist_app.errors import RunError, RunExistsError, RunNotFoundError
from mnist_app.runs import HISTORY_FILE, RunStore, atomic
from mnist_app.runs.process import STARTING
from mnist_app.runs.settings import CONFIG_FILE
from mnist_app.runs.status import OPENING, STATUS_FILE
from mnist_app.runs.trainings import LOCK_FILE, LOG_FILE, STOP_FILE, Trainings
from tests.helpers.trainings import CONFIG, EPOCHS, held, status, with_one_training


@pytest.fixture
def trainings(tmp_path: Path) -> Trainings:
    """A store with one training, `mine`, of two epochs."""
    return with_one_training(tmp_path)


def test_a_training_that_nobody_was_ever_at_is_stopped(trainings: Trainings) -> None:
    training = trainings.open("mine")
    assert (training.state, training.reason, training.done) == ("stopped", "", 2)
    assert training.config == CONFIG
    assert training.history == tuple(EPOCHS)


def test_without_a_name_the_next_free_one_is_taken(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [trainings.begin(CONFIG) for _ in range(2)] == ["dense-128", "dense-128-2"]
    names = iter(["dense-128", "dense-128-3"])  # the first was free when it was looked for
    monkeypatch.setattr(trainings.store, "free_name", lambda _: next(names))
    assert trainings.begin(CONFIG) == "dense-128-3"
    with pytest.raises(RunExistsError, match="train --resume mine"):
        trainings.begin(CONFIG, "mine")


def test_a_training_that_cannot_be_written_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic, "flush", full)
    with pytest.raises(RunError, match=r"cannot be saved.*No space"):
        Trainings(RunStore(tmp_path)).begin(CONFIG, "mine")
    assert list(tmp_path.iterdir()) == []


def test_who_says_to_be_running_and_is_not_has_crashed(trainings: Trainings) -> None:
    trainings.report("mine", status(done=2.5))
    training = trainings.open("mine")
    assert (training.state, training.done, training.is_alive) == ("crashed", 2, False)
    assert "killed" in training.reason
    with held(trainings):
        assert (trainings.open("mine").state, trainings.open("mine").done) == ("running", 2.5)


@pytest.mark.parametrize(("ago", "state"), [(0, "queued"), (STARTING + 1, "crashed"), (-3600, "crashed")])
def test_a_process_has_a_while_to_begin(trainings: Trainings, ago: float, state: str) -> None:
    """A clock that was put back is no reason to wait for an hour."""
    trainings.report("mine", status(state="queued", phase=OPENING, at=time.time() - ago))
    assert trainings.open("mine").state == state


def test_what_ended_between_two_looks_has_not_crashed(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainings.report("mine", status())
    is_held = trainings.is_held

    def ends(name: str) -> bool:
        answer = is_held(name)
        trainings.report(name, status(state="stopped"))
        return answer

    monkeypatch.setattr(trainings, "is_held", ends)
    assert trainings.open("mine").state == "stopped"


def test_what_began_between_two_looks_has_not_crashed(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainings.report("mine", status())
    looks = iter([False, True])
    monkeypatch.setattr(trainings, "is_held", lambda _: next(looks))
    assert trainings.open("mine").state == "running"


def test_those_who_look_do_not_take_each_other_for_a_training(trainings: Trainings) -> None:
    (trainings.folder("mine") / LOCK_FILE).touch()
    seen: list[bool] = []
    threads = [
        threading.Thread(target=lambda: seen.extend(trainings.is_held("mine") for _ in range(100)))
        for _ in "123"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 300
    assert not any(seen)


def test_a_look_at_what_is_gone_makes_nothing(trainings: Trainings) -> None:
    shutil.rmtree(trainings.folder("mine"))
    assert not trainings.is_held("mine")
    assert trainings.log("mine", 3) == []
    for look in (trainings.open, trainings.stop, trainings.discard, trainings.start, trainings.config):
        with pytest.raises(RunNotFoundError, match="no unfinished training"):
            look("mine")
    trainings.discard_if_empty("mine")
    assert list(trainings.store.root.iterdir()) == []


def test_a_folder_whose_name_is_none_is_left_alone(trainings: Trainings) -> None:
    (trainings.store.root / ".training-a b").mkdir()
    assert [training.name for training in trainings.open_all()] == ["mine"]
    assert trainings.waiting() == []


def test_a_training_beside_a_run_of_its_name_says_so(trainings: Trainings) -> None:
    (trainings.store.root / "mine").mkdir()
    training = trainings.open("mine")
    assert training.state == "failed"
    assert "Rename that run" in training.reason
    with pytest.raises(RunExistsError):
        trainings.start("mine")
    trainings.discard("mine")


def test_what_is_running_can_be_neither_deleted_nor_started(trainings: Trainings) -> None:
    (trainings.folder("mine") / CONFIG_FILE).write_text("{")  # whoever is at it has read it before
    with held(trainings):
        with pytest.raises(RunError, match="Stop it first"):
            trainings.discard("mine")
        (trainings.folder("mine") / CONFIG_FILE).write_text(json.dumps({**vars(CONFIG)}))
        with pytest.raises(RunError, match="running already"):
            trainings.start("mine")
    trainings.discard("mine")
    assert list(trainings.store.root.iterdir()) == []


def test_a_stop_is_only_asked_of_who_is_there(trainings: Trainings) -> None:
    trainings.stop("mine")
    assert not (trainings.folder("mine") / STOP_FILE).exists()
    with held(trainings):
        trainings.stop("mine")
    assert (trainings.folder("mine") / STOP_FILE).exists()


def test_only_a_training_without_epochs_is_empty(trainings: Trainings) -> None:
    trainings.begin(CONFIG, "other")
    for name in ("mine", "other"):
        trainings.discard_if_empty(name)
    assert trainings.names() == ["mine"]


def test_who_waits_longest_is_first(trainings: Trainings) -> None:
    now = datetime.now(UTC)
    for name, minutes in (("b", 2), ("a", 1), ("dead", 9)):
        trainings.begin(CONFIG, name)
        since = (now - timedelta(minutes=minutes)).isoformat()
        trainings.report(name, status(state="queued", since=since, phase="Waiting"))
    with held(trainings, "a"), held(trainings, "b"):
        assert trainings.waiting() == ["b", "a"]
        assert [training.name for training in trainings.open_all()] == ["mine", "dead", "b", "a"]


def test_on_a_full_disk_a_status_takes_the_room_of_the_one_before(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    trainings.report("mine", status(phase="a long phase, so that some of it would be left over"))
    monkeypatch.setattr(Path, "write_bytes", full)
    trainings.report("mine", status(state="failed", phase="", reason="The disk is full."))
    assert (trainings.open("mine").state, trainings.open("mine").reason) == ("failed", "The disk is full.")
    assert {file.name for file in trainings.folder("mine").iterdir()} == {
        CONFIG_FILE,
        HISTORY_FILE,
        STATUS_FILE,
    }


def test_a_process_that_cannot_be_started_is_no_training_that_is_queued(
    trainings: Trainings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(RunError, match="No such file"):
        trainings.start("mine")
    assert trainings.open("mine").state == "failed"


def test_the_log_is_what_people_want_to_read_of_it(trainings: Trainings) -> None:
    (trainings.folder("mine") / LOG_FILE).write_bytes(
        b"x" * 50_000
        + b"\nWARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        + b"I0000 00:00:1795302008.489740    4418 port.cc:153] oneDNN custom operations are on.\n"
        + b"Epoch 1/2\n\r 1/10 - loss: 2\r\x1b[1m10/10\x1b[0m - loss: 1\n\n\xff\nlast"
    )
    assert trainings.log("mine", 3) == ["10/10 - loss: 1", "�", "last"]
    assert trainings.log("mine", 4)[0] == "Epoch 1/2"
