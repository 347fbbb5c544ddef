"""The preparation of image sets as a job that pages start, watch and outlive."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path

import psutil
import pytest

from mnist_app.cli import main
from mnist_app.domain import Status
from mnist_app.errors import DataError
from mnist_app.learning.data import image_set_builder
from mnist_app.learning.data.downloads import ask_for_download
from mnist_app.runs import job, preparation_job
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.job import STARTING, STATUS_FILE, JobStatus
from mnist_app.runs.preparation_job import is_data_at_hand, preparation_process, start, status
from tests.helpers.processes import eventually


@pytest.fixture
def root(clean_environment: Path) -> Path:
    return clean_environment / "mnist-app" / "sets"


def said() -> JobStatus:
    found = status()
    assert found is not None
    return found


def test_without_a_preparation_there_is_no_status_and_nothing_is_written(root: Path) -> None:
    assert status() is None
    assert not root.exists()


@pytest.mark.usefixtures("root")
def test_while_it_runs_it_says_what_it_has_made_and_then_what_is_missing() -> None:
    with preparation_process() as report:
        assert (said().state, said().lines) == (Status.RUNNING, ())
        report.add("test: a, 1 images")
        assert said().lines == ("test: a, 1 images",)
        report.end(["fonts: no npm"])
    assert (said().state, said().reason) == (Status.FINISHED, "")
    assert (said().lines, said().missing) == (("test: a, 1 images",), ("fonts: no npm",))


@pytest.mark.usefixtures("root")
@pytest.mark.parametrize(
    ("error", "state", "why"),
    [
        (DataError("MNIST could not be had."), Status.FAILED, "MNIST could not be had."),
        (KeyboardInterrupt(), Status.STOPPED, ""),
        (ZeroDivisionError("x"), Status.FAILED, "A bug in this app: ZeroDivisionError('x')"),
    ],
)
def test_the_reason_of_an_early_end_is_written_down(error: BaseException, state: Status, why: str) -> None:
    with pytest.raises(type(error)), preparation_process():
        raise error
    assert (said().state, said().reason) == (state, why)


def test_a_process_that_was_killed_is_not_believed_to_run(root: Path) -> None:
    root.mkdir(parents=True)
    (root / STATUS_FILE).write_text(json.dumps({"state": "running", "lines": ["a"]}))
    assert (said().state, said().lines) == (Status.CRASHED, ("a",))
    starting = {"state": "queued", "phase": STARTING}
    (root / STATUS_FILE).write_text(json.dumps({**starting, "at": time.time()}))
    assert said().state == Status.QUEUED
    (root / STATUS_FILE).write_text(json.dumps({**starting, "at": time.time() - 60}))
    assert said().state == Status.CRASHED


@pytest.mark.parametrize("content", ["", "[]", "null", '{"lines": 5, "missing": {}, "at": "x"}'])
def test_a_hand_edited_status_is_no_crash_of_the_app(root: Path, content: str) -> None:
    root.mkdir(parents=True)
    (root / STATUS_FILE).write_text(content)
    assert not said().state.is_alive
    assert said().lines == said().missing == ()


def test_sets_of_an_earlier_version_stay_and_the_files_of_its_preparation_go(root: Path) -> None:
    root.mkdir(parents=True)
    for name in ("preparing.json", "preparing.log", "preparing.lock"):
        (root / name).write_text("{}")
    (root / "some set").mkdir()
    assert status() is None
    with preparation_process():
        pass
    assert sorted(path.name for path in root.iterdir() if not path.name.startswith("job.")) == ["some set"]


@pytest.mark.usefixtures("root")
def test_there_are_never_two_preparations(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(preparation_job, "PATIENCE", 0.1)
    with preparation_process():
        assert main(["data", "prepare"]) == 2
        assert "by another process" in capsys.readouterr().err
        start(offline=True)  # is left to the one that runs
        assert (said().state, said().phase) == (Status.RUNNING, "Preparing images")


@pytest.mark.usefixtures("root")
def test_a_process_of_its_own_says_why_it_failed_and_leaves_no_zombie() -> None:
    before = set(psutil.Process().children())
    start(offline=True)
    assert said().state.is_alive
    eventually(lambda: not said().state.is_alive, 60)
    assert said().reason.startswith("MNIST could not be had.")
    assert "nothing may be downloaded" in said().reason
    eventually(lambda: not set(psutil.Process().children()) - before)


def test_a_folder_that_cannot_be_written_is_a_sentence(root: Path) -> None:
    root.parent.mkdir(parents=True)
    root.write_text("a file")
    for begin in (lambda: start(offline=True), lambda: preparation_process().__enter__()):
        with pytest.raises(DataError, match=r"cannot be written.*XDG_CACHE_HOME"):
            begin()
    assert status() is None


def test_mnist_is_at_hand_if_it_is_named_or_cached(
    clean_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not is_data_at_hand()
    (clean_environment / "mnist-app").mkdir(parents=True)
    (clean_environment / "mnist-app" / "mnist.npz").touch()
    assert is_data_at_hand()
    (clean_environment / "mnist-app" / "mnist.npz").unlink()
    monkeypatch.setenv("MNIST_APP_DATA", "/anywhere")
    assert is_data_at_hand()


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
    assert said().missing == ("fonts: no npm",)
    missing.clear()
    assert main(["data", "prepare"]) == 0
    assert said().missing == ()


@pytest.mark.usefixtures("root")
def test_offline_nothing_is_downloaded_and_afterwards_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    def prepare(*_: object) -> list[str]:
        ask_for_download()
        return []

    monkeypatch.setattr(image_set_builder, "prepare", prepare)
    assert main(["data", "prepare", "--offline"]) == 2
    assert said().reason == "nothing may be downloaded"
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
    monkeypatch.setattr(job, "_spawn", lambda *arguments: started.append(arguments))
    threads = [threading.Thread(target=preparation_job.start, args=[True]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(started) == 1
