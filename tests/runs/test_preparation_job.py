from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import psutil
import pytest

from mnist_app.cli import main
from mnist_app.errors import DataError
from mnist_app.learning.data import image_set_builder
from mnist_app.learning.data.downloads import ask_for_download
from mnist_app.runs import preparation_job
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.preparation_job import STATUS_FILE, Preparing, alone, is_at_hand, start, state


@pytest.fixture
def root(clean_environment: Path) -> Path:
    return clean_environment / "mnist-app" / "sets"


def wait_for_the_end() -> Preparing:
    end = time.monotonic() + 60
    while state().is_running:
        assert time.monotonic() < end
        time.sleep(0.05)
    return state()


def test_where_nobody_prepared_anything_nothing_was_begun_and_nothing_is_written(root: Path) -> None:
    assert state() == Preparing(is_running=False, was_begun=False)
    assert not root.exists()


def test_while_it_runs_it_says_what_it_has_made_and_then_what_is_missing(root: Path) -> None:
    with alone() as progress:
        assert state() == Preparing(is_running=True)
        progress.say("test: a, 1 images")
        assert state().lines == ("test: a, 1 images",)
        progress.end(["fonts: no npm"])
    assert state() == Preparing(False, ("test: a, 1 images",), ("fonts: no npm",))
    assert (root / STATUS_FILE).exists()


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("error", "why"),
    [
        (DataError("MNIST could not be had."), "MNIST could not be had."),
        (KeyboardInterrupt(), "It was stopped."),
        (ZeroDivisionError("x"), "A bug in this app: ZeroDivisionError('x')"),
    ],
)
def test_why_it_ended_before_its_end_is_written_down(error: BaseException, why: str) -> None:
    def fail() -> None:
        with alone():
            raise error

    with pytest.raises(type(error)):
        fail()
    assert (state().is_running, state().failed) == (False, why)


def test_a_process_that_was_killed_is_not_believed_to_run(root: Path) -> None:
    root.mkdir(parents=True)
    (root / STATUS_FILE).write_text(json.dumps({"state": "running", "lines": ["a"]}))
    assert state().failed.startswith("It ended without a word")
    (root / STATUS_FILE).write_text(json.dumps({"state": "starting", "at": time.time()}))
    assert state().is_running
    (root / STATUS_FILE).write_text(json.dumps({"state": "starting", "at": time.time() - 60}))
    assert not state().is_running


@pytest.mark.parametrize("content", ["", "[]", "null", '{"lines": 5, "missing": {}, "at": "x"}'])
def test_a_hand_edited_status_is_no_crash(root: Path, content: str) -> None:
    root.mkdir(parents=True)
    (root / STATUS_FILE).write_text(content)
    assert not state().is_running
    assert state().lines == state().missing == ()


@pytest.mark.usefixtures("root")
def test_two_are_never_at_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(preparation_job, "PATIENCE", 0.1)
    with alone():
        assert main(["data", "prepare"]) == 2
        assert "by another process" in capsys.readouterr().err
        start(offline=True)  # is left to the one that is at it
        assert state() == Preparing(is_running=True)


@pytest.mark.usefixtures("root")
def test_a_process_of_its_own_says_why_it_failed_and_leaves_no_zombie() -> None:
    before = set(psutil.Process().children())
    start(offline=True)
    assert state().is_running
    end = wait_for_the_end()
    assert end.failed.startswith("MNIST could not be had.")
    assert "nothing may be downloaded" in end.failed
    patience = time.monotonic() + 10
    while set(psutil.Process().children()) - before:
        assert time.monotonic() < patience
        time.sleep(0.05)


def test_a_folder_that_cannot_be_written_is_a_sentence(root: Path) -> None:
    root.parent.mkdir(parents=True)
    root.write_text("a file")
    for begin in (lambda: start(offline=True), lambda: alone().__enter__()):
        with pytest.raises(DataError, match=r"cannot be written.*XDG_CACHE_HOME"):
            begin()
    assert not state().is_running


def test_mnist_may_be_at_hand_where_it_is_named_or_cached(
    clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_at_hand()
    (clean_environment / "mnist-app").mkdir(parents=True)
    (clean_environment / "mnist-app" / "mnist.npz").touch()
    assert is_at_hand()
    (clean_environment / "mnist-app" / "mnist.npz").unlink()
    monkeypatch.setenv("MNIST_APP_DATA", "/anywhere")
    assert is_at_hand()


@pytest.mark.usefixtures("root")
def test_the_command_says_each_set_and_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = ["fonts: no npm"]

    def prepare(_: object, path: object, say: image_set_builder.Report) -> list[str]:
        say(f"test: a, from {path}")
        return missing

    monkeypatch.setattr(image_set_builder, "prepare", prepare)
    assert main(["data", "prepare", "--data", "there"]) == 2
    done = capsys.readouterr()
    assert done.out == "test: a, from there\n"
    assert done.err == "Not prepared: fonts: no npm\n"
    assert state().missing == ("fonts: no npm",)
    missing.clear()
    assert main(["data", "prepare"]) == 0
    assert state().missing == ()


@pytest.mark.usefixtures("root")
def test_offline_nothing_is_downloaded_and_afterwards_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(*_: object) -> list[str]:
        ask_for_download()
        return []

    monkeypatch.setattr(image_set_builder, "prepare", prepare)
    assert main(["data", "prepare", "--offline"]) == 2
    assert state().failed == "nothing may be downloaded"
    assert main(["data", "prepare"]) == 0


@pytest.mark.usefixtures("root")
def test_ctrl_c_keeps_what_is_finished(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*_: object) -> list[str]:
        raise KeyboardInterrupt

    monkeypatch.setattr(image_set_builder, "prepare", interrupt)
    assert main(["data", "prepare"]) == 130
    assert "Finished sets are kept" in capsys.readouterr().err
    assert not list(SetStore().root.glob(".draft-*"))


@pytest.mark.usefixtures("clean_environment")
def test_visitors_who_come_at_once_start_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr("mnist_app.runs.process.spawn", lambda *arguments, **_: started.append(arguments))
    threads = [threading.Thread(target=preparation_job.start, args=[True]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 1
