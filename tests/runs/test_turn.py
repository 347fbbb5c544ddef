from __future__ import annotations

import errno
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from filelock import FileLock, Timeout

from mnist_app.domain import TrainConfig
from mnist_app.errors import DataError, MnistAppError, RunError, RunNotFoundError
from mnist_app.runs import RunStore, turn
from mnist_app.runs.status import OPENING
from mnist_app.runs.trainings import STOP_FILE, Trainings
from tests.helpers.processes import FOREVER, cache, child, eventually

CONFIG = TrainConfig("dense-128", epochs=5, batch_size=64)
FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
HDF5_FULL = RuntimeError(
    "Can't decrement id ref count (errno = 28, error message = 'No space left on device')"
)


@pytest.fixture
def trainings(tmp_path: Path) -> Trainings:
    """A store with one training, `mine`."""
    trainings = Trainings(RunStore(tmp_path / "models"))
    trainings.begin(CONFIG, "mine")
    return trainings


@pytest.fixture
def children(trainings: Trainings) -> Iterator[Any]:
    """Starts processes that are at a training, and ends those that are left."""
    started = []

    def start(name: str, does: str = FOREVER) -> Any:
        started.append(child(trainings.store.root, name, does))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for_an_interrupt() -> None:
    with suppress(OSError):
        for _ in range(1_000):
            time.sleep(0.02)
    pytest.fail("nobody interrupted")


@pytest.mark.parametrize(
    ("error", "raised", "reason"),
    [
        (DataError("MNIST could not be had."), DataError, "MNIST could not be had."),
        (FULL, RunError, "Free some space"),
        (HDF5_FULL, RunError, "Free some space"),
        (RunError("Runs cannot be saved: No space left on device."), RunError, "Free some space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), RunError, "Free some space"),
        (PermissionError(errno.EACCES, "x", "/a/file"), RunError, "Permission denied (/a/file)"),
        (OSError("truncated"), RunError, "truncated"),
        (MemoryError(), RunError, "Close other programs"),
        (ValueError("x is y"), ValueError, "A bug in this app: ValueError('x is y')"),
    ],
)
def test_why_it_ended_is_kept(
    trainings: Trainings, error: Exception, raised: type[Exception], reason: str
) -> None:
    with pytest.raises(raised) as caught, turn.turn(trainings, "mine"):
        raise error
    training = trainings.open("mine")
    assert training.state == "failed"
    assert reason in training.reason
    if isinstance(caught.value, MnistAppError):
        assert str(caught.value) == training.reason


def test_a_training_that_is_deleted_under_its_process_is_not_made_anew(trainings: Trainings) -> None:
    with (
        pytest.raises(RunError, match="deleted while it was running"),
        turn.turn(trainings, "mine") as progress,
    ):
        trainings.remove("mine")
        progress.phase("Learning")
        (trainings.folder("mine") / "file").write_text("")
    assert list(trainings.store.root.iterdir()) == []


def test_while_it_lasts_the_training_is_alive_and_then_it_is_not(trainings: Trainings) -> None:
    with turn.turn(trainings, "mine") as progress:
        assert trainings.open("mine").state == "queued"
        progress.phase("Learning")
        assert (trainings.open("mine").state, trainings.open("mine").phase) == ("running", "Learning")
        progress.end("stopped")
    assert trainings.open("mine").state == "stopped"


def test_figures_are_written_at_most_so_often(trainings: Trainings, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("time.monotonic", lambda: clock.now)
    with turn.turn(trainings, "mine") as progress:
        progress.phase("Learning")
        progress.step(0.1, 2.0, 0.1)
        assert trainings.open("mine").done == 0
        clock.now += turn.OFTEN
        progress.step(0.2, float("nan"), 0.2)
        training = trainings.open("mine")
    assert (training.done, training.accuracy) == (0.2, 0.2)
    assert training.loss != training.loss


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_once(trainings: Trainings, number: signal.Signals) -> None:
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)]
    report = trainings.report

    def impatient(name: str, status: Any) -> None:
        if status["state"] == "stopped":
            os.kill(os.getpid(), number)
        report(name, status)

    trainings.report = impatient  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt), turn.turn(trainings, "mine"):
        os.kill(os.getpid(), number)
        wait_for_an_interrupt()
    assert trainings.open("mine").state == "stopped"
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)] == before


def test_a_ctrl_c_that_is_ignored_stays_so(trainings: Trainings) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with turn.turn(trainings, "mine"):
            os.kill(os.getpid(), signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_who_is_asked_to_stop_stops(trainings: Trainings) -> None:
    with pytest.raises(KeyboardInterrupt), turn.turn(trainings, "mine"):
        trainings.stop("mine")
        wait_for_an_interrupt()
    assert trainings.open("mine").state == "stopped"
    assert not (trainings.folder("mine") / STOP_FILE).exists()


def test_a_stop_that_got_lost_is_asked_again(trainings: Trainings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turn, "AGAIN", 0.05)
    with pytest.raises(KeyboardInterrupt), turn.turn(trainings, "mine"):
        trainings.stop("mine")
        with suppress(KeyboardInterrupt):  # as a library does that calls back
            wait_for_an_interrupt()
        wait_for_an_interrupt()


def test_a_stop_from_before_the_process_began_is_heard(trainings: Trainings) -> None:
    trainings.report("mine", {"state": "queued", "phase": OPENING, "at": time.time()})
    trainings.stop("mine")
    with pytest.raises(KeyboardInterrupt), turn.turn(trainings, "mine"):
        wait_for_an_interrupt()


def test_a_stop_that_was_for_another_process_is_not_heard(trainings: Trainings) -> None:
    (trainings.folder("mine") / STOP_FILE).touch()
    with turn.turn(trainings, "mine"):
        assert not (trainings.folder("mine") / STOP_FILE).exists()


def test_a_thread_can_train_too(trainings: Trainings) -> None:
    seen = []

    def train() -> None:
        with turn.turn(trainings, "mine") as progress:
            progress.phase("Learning")
            seen.append(trainings.open("mine").state)

    thread = threading.Thread(target=train)
    thread.start()
    thread.join()
    assert seen == ["running"]


def test_what_a_killed_process_left_half_written_is_deleted(trainings: Trainings) -> None:
    with trainings.store.draft(inside=trainings.folder("mine")) as draft:
        (draft / "model.keras").write_text("half")
        with turn.turn(trainings, "mine"):
            assert not draft.exists()


def test_where_the_cache_cannot_be_written_the_machine_is_still_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(turn, "cache_dir", lambda: tmp_path / "file" / "cache")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with turn.machine_lock(), pytest.raises(Timeout):
        turn.machine_lock().acquire(blocking=False)
    assert (tmp_path / turn.MACHINE_FILE).exists()


def test_a_process_that_was_killed_is_seen_as_crashed(trainings: Trainings, children: Any) -> None:
    process = children("mine")
    eventually(lambda: trainings.open("mine").state == "running")
    process.kill()
    eventually(lambda: trainings.open("mine").state == "crashed")
    assert "killed" in trainings.open("mine").reason
    assert not trainings.open("mine").is_alive


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_process_that_is_told_to_end_has_stopped(trainings: Trainings, children: Any, number: int) -> None:
    process = children("mine")
    eventually(lambda: trainings.open("mine").phase == "Learning")
    process.send_signal(number)
    eventually(lambda: trainings.open("mine").state == "stopped")


def test_nobody_else_can_be_at_it(
    trainings: Trainings, children: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    children("mine")
    eventually(lambda: trainings.open("mine").phase == "Learning")
    monkeypatch.setattr(turn, "PATIENCE", 0.1)
    with pytest.raises(RunError, match="running already"), turn.turn(trainings, "mine"):
        pytest.fail("two at once")
    assert trainings.open("mine").phase == "Learning"


def test_who_waits_for_what_is_finished_meanwhile_is_told(trainings: Trainings) -> None:
    with trainings.lock("mine"):
        deleter = threading.Timer(0.2, lambda: trainings.remove("mine"))
        deleter.start()
        with pytest.raises(RunNotFoundError), turn.turn(trainings, "mine"):
            pytest.fail("there is nothing to be at")
        deleter.join()
    assert trainings.names() == []


def test_others_wait_in_the_order_in_which_they_were_started(trainings: Trainings, children: Any) -> None:
    (cache(trainings.store.root) / "mnist-app").mkdir(parents=True)
    order = trainings.store.root / "order"

    def waits(name: str) -> bool:
        return trainings.open(name).phase.startswith("Waiting")

    does = f"open({str(order)!r}, 'a').write(name)"
    with FileLock(cache(trainings.store.root) / "mnist-app" / turn.MACHINE_FILE):
        for minute, name in enumerate("abc"):
            trainings.begin(CONFIG, name)
            since = f"2026-01-01T00:0{minute}:00+00:00"
            trainings.report(name, {"state": "queued", "phase": OPENING, "since": since, "at": time.time()})
        for name in "cba":  # the first is the slowest to come up
            children(name, does)
            eventually(partial(waits, name))
        assert trainings.waiting() == ["a", "b", "c"]
        trainings.stop("b")
        eventually(lambda: trainings.open("b").state == "stopped")
    eventually(lambda: order.exists() and len(order.read_text()) == 2)
    assert order.read_text() == "ac"
