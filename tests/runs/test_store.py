from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from mnist_app.domain import Run
from mnist_app.errors import (
    RunDamagedError,
    RunError,
    RunExistsError,
    RunNotFoundError,
    RunProtectedError,
)
from mnist_app.runs import DEFAULT_RUN, RUN_FILE, RunStore, atomic
from tests.conftest import TINY_CONFIG


@pytest.fixture
def store(tiny_store: RunStore, tmp_path: Path) -> RunStore:
    """A copy of the tiny store, to be damaged."""
    shutil.copytree(tiny_store.root, tmp_path / "models")
    return RunStore(tmp_path / "models")


def test_a_run_says_how_it_came_about(tiny: Run) -> None:
    assert tiny.config == TINY_CONFIG
    assert tiny.preset == "dense-128"
    assert tiny.epochs == 3
    assert tiny.latency_ms > 0
    assert tiny.parameters == 101_770
    assert {"keras", "tensorflow", "python", "numpy"} <= set(tiny.versions)
    assert {"test_accuracy", "test_loss", "val_accuracy", "val_loss"} <= set(tiny.metrics)
    assert set(tiny.files) == {f.name for f in tiny.path.iterdir()} - {RUN_FILE}


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"created": 1}', "\xff\xfe", "null", "[" * 9999])
def test_a_broken_description_is_refused_and_the_other_runs_still_work(store: RunStore, text: str) -> None:
    shutil.copytree(store.root / "tiny", store.root / "other")
    (store.root / "tiny" / RUN_FILE).write_text(text, encoding="latin-1")
    with pytest.raises(RunDamagedError, match=r"run\.json"):
        store.open("tiny")
    runs, errors = store.open_all()
    assert [run.name for run in runs] == ["other"]
    assert len(errors) == 1


def test_a_description_with_an_infinite_count_is_refused(store: RunStore) -> None:
    file = store.root / "tiny" / RUN_FILE
    file.write_text(file.read_text().replace("101770", "Infinity"))
    with pytest.raises(RunDamagedError):
        store.open("tiny")


def test_a_description_with_an_unknown_setting_is_refused(store: RunStore) -> None:
    file = store.root / "tiny" / RUN_FILE
    description = json.loads(file.read_text())
    description["config"]["momentum"] = 0.9
    file.write_text(json.dumps(description))
    with pytest.raises(RunDamagedError, match="momentum"):
        store.open("tiny")


def test_an_unknown_run_names_those_that_exist(store: RunStore) -> None:
    with pytest.raises(RunNotFoundError, match=r"no run named 'nope'.*tiny"):
        store.open("nope")


@pytest.mark.parametrize("name", ["", "..", "../tiny", "a/b", ".hidden", "x" * 65, "a\nb", "tiny\n"])
def test_a_name_cannot_leave_the_store(store: RunStore, name: str) -> None:
    with pytest.raises(RunNotFoundError):
        store.open(name)
    with pytest.raises(RunNotFoundError):
        store.create(TINY_CONFIG, name)
    with store.draft() as folder, pytest.raises(RunNotFoundError):
        store.publish(folder, name)


def test_a_run_appears_only_when_it_is_published(store: RunStore) -> None:
    with store.draft() as folder:
        shutil.copytree(store.root / "tiny", folder, dirs_exist_ok=True)
        assert store.names() == ["tiny"]
        assert store.publish(folder, "new").name == "new"
    assert store.names() == ["new", "tiny"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError])
def test_an_interrupted_run_leaves_nothing(tmp_path: Path, error: type[BaseException]) -> None:
    store = RunStore(tmp_path)
    with pytest.raises(error), store.draft() as folder:
        (folder / "model.keras").write_bytes(b"half")
        raise error
    assert list(tmp_path.iterdir()) == []


def test_a_taken_name_is_refused_and_what_is_there_stays(store: RunStore) -> None:
    before = store.open("tiny")
    with pytest.raises(RunExistsError, match="tiny"):
        store.create(TINY_CONFIG, "tiny")
    with store.draft() as folder, pytest.raises(RunExistsError, match="tiny"):
        store.publish(folder, "tiny")
    assert store.open("tiny") == before
    assert store.names() == ["tiny"]


def test_a_free_name_is_no_runs_whatever_its_status(store: RunStore) -> None:
    assert store.free_name("new") == "new"
    assert store.free_name("tiny") == "tiny-2"
    store.create(TINY_CONFIG, "tiny-2")
    assert store.free_name("tiny") == "tiny-3"


def test_a_run_is_created_once(store: RunStore) -> None:
    assert store.create(TINY_CONFIG, "new").config == TINY_CONFIG
    with pytest.raises(RunExistsError, match="train --resume new"):
        store.create(TINY_CONFIG, "new")
    with pytest.raises(RunExistsError, match="Choose another name"):
        store.create(TINY_CONFIG, "tiny")
    assert store.names() == ["new", "tiny"]
    assert store.models() == ["tiny"]


def test_without_a_name_the_next_free_one_is_taken(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [store.create(TINY_CONFIG).name for _ in range(2)] == ["dense-128", "dense-128-2"]
    names = iter(["dense-128", "dense-128-3"])  # the first was free when it was looked for
    monkeypatch.setattr(store, "free_name", lambda _: next(names))
    assert store.create(TINY_CONFIG).name == "dense-128-3"


def test_a_run_that_cannot_be_written_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: Path) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(atomic, "flush", full)
    with pytest.raises(RunError, match=r"cannot be saved.*No space"):
        RunStore(tmp_path).create(TINY_CONFIG, "mine")
    assert list(tmp_path.iterdir()) == []


def test_the_finished_run_that_the_app_reads_with_is_protected(store: RunStore) -> None:
    store.rename("tiny", "tin")
    (store.root / "tin").rename(store.root / DEFAULT_RUN)
    for act in (lambda: store.delete(DEFAULT_RUN), lambda: store.rename(DEFAULT_RUN, "other")):
        with pytest.raises(RunProtectedError):
            act()
    (store.root / DEFAULT_RUN / RUN_FILE).unlink()
    store.delete(DEFAULT_RUN)
    assert store.names() == []


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = RunStore(tmp_path / "file" / "models")
    with pytest.raises(RunError, match="cannot be saved"), store.draft():
        pass
    with pytest.raises(RunError, match="cannot be saved"):
        store.create(TINY_CONFIG, "new")


def test_a_draft_that_could_not_be_opened_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "models")
    with pytest.raises(RunDamagedError), store.draft() as draft:
        (draft / RUN_FILE).write_text('{"format": 2}')
        store.publish(draft, "broken")
    assert list(store.root.iterdir()) == []
