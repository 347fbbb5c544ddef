"""Run folders, archives, logs and settings that somebody has changed: only this package's errors come out."""

from __future__ import annotations

import io
import json
import os
import shutil
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnist_app.cli.tables import run_text, unfinished_text
from mnist_app.domain import MNIST_TEST, PRESETS
from mnist_app.errors import MnistAppError
from mnist_app.runs import RUN_FILE, RunStore
from mnist_app.runs.archive import export_run, open_import
from mnist_app.runs.csv_logger import import_log
from mnist_app.runs.files import CONFIG_FILE, config_from, digests, encode_config
from mnist_app.runs.results import read_history, read_predictions, read_scores
from tests.helpers.fuzzing import EDITS, JSON, Edits, at_most, corrupted, fuzzed, with_value
from tests.helpers.shell import LOG
from tests.helpers.zips import Files, zipped

SECONDS = 5.0  # of computing
PINNED = ["history.csv", "evaluation.json", "predictions.npz"]


@pytest.fixture(scope="module")
def store(tiny_store: RunStore, tmp_path_factory: pytest.TempPathFactory) -> RunStore:
    """A copy of the tiny store, to be damaged again and again."""
    root = tmp_path_factory.mktemp("fuzz") / "models"
    shutil.copytree(tiny_store.root, root)
    return RunStore(root)


@pytest.fixture(scope="module")
def contents(store: RunStore) -> Files:
    """The files of the tiny run, by their names in a zip."""
    with zipfile.ZipFile(io.BytesIO(export_run(store, store.open("tiny")))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def look_at(store: RunStore, name: str) -> None:
    """Open a run and all that it says of itself, as pages and commands do."""
    with at_most(SECONDS):
        found, _ = store.open_all()
        for run in found:
            if not run.is_finished:
                unfinished_text(run, [], None)
                continue
            with suppress(MnistAppError):
                run_text(run, read_scores(run), read_history(run))
            with suppress(MnistAppError):
                read_predictions(run, MNIST_TEST)
        with suppress(MnistAppError):
            store.open(name)


@fuzzed(120)
@given(st.floats(0, 1), JSON, EDITS, st.booleans())
def test_a_run_json(
    store: RunStore, contents: Files, place: float, value: Any, edits: Edits, is_json: bool
) -> None:
    sound = contents[f"tiny/{RUN_FILE}"]
    changed = (
        json.dumps(with_value(json.loads(sound), place, value)).encode()
        if is_json
        else corrupted(sound, edits)
    )
    (store.root / "tiny" / RUN_FILE).write_bytes(changed)
    look_at(store, "tiny")


@fuzzed(150)
@given(st.sampled_from(PINNED), EDITS, st.booleans(), st.floats(0, 1), JSON)
def test_a_file_that_run_json_names(
    store: RunStore, contents: Files, name: str, edits: Edits, is_json: bool, place: float, value: Any
) -> None:
    content = corrupted(contents[f"tiny/{name}"], edits)
    if name.endswith(".json") and is_json:
        content = json.dumps(with_value(json.loads(contents[f"tiny/{name}"]), place, value)).encode()
    facts = json.loads(contents[f"tiny/{RUN_FILE}"])
    facts["files"] |= digests({name: content})
    (store.root / "tiny" / name).write_bytes(content)
    (store.root / "tiny" / RUN_FILE).write_text(json.dumps(facts))
    look_at(store, "tiny")
    (store.root / "tiny" / name).write_bytes(contents[f"tiny/{name}"])


@fuzzed(100)
@given(st.floats(0, 1), JSON, EDITS)
def test_the_settings_and_the_status_of_a_run_that_is_not_finished(
    store: RunStore, place: float, value: Any, edits: Edits
) -> None:
    folder = store.root / "unfinished"
    folder.mkdir(exist_ok=True)
    settings = json.loads(encode_config(PRESETS["world"]))
    status = {"state": "running", "since": "2026-01-01T00:00:00Z", "at": 1.0, "done": 0.5, "lines": ["a"]}
    (folder / CONFIG_FILE).write_text(json.dumps(with_value(settings, place, value)))
    (folder / "job.json").write_bytes(
        corrupted(json.dumps(with_value(status, place, value)).encode(), edits[1:])
    )
    (folder / "history.csv").write_bytes(corrupted(b"epoch,loss\n1,2\n", edits))
    look_at(store, "unfinished")
    with suppress(ValueError):
        config_from(with_value(settings, place, value))


@fuzzed(120)
@given(st.data())
def test_a_zip(
    store: RunStore, contents: Files, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    files = dict(contents)
    if data.draw(st.booleans()):
        name = data.draw(st.sampled_from(sorted(files)))
        files[name] = corrupted(files[name], data.draw(EDITS))
    packed = zipped(files, data.draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])))
    if data.draw(st.booleans()):
        # Where the damage does most: names, sizes and methods, at the end of a zip.
        at = len(packed) - data.draw(st.integers(0, 1_500))
        packed = packed[:at] + corrupted(packed[at:], data.draw(EDITS))
    file = tmp_path_factory.getbasetemp() / "run.zip"
    file.write_bytes(packed)
    with at_most(SECONDS), suppress(MnistAppError):
        open_import(store, file, data.draw(st.none() | st.text(max_size=8)))


@fuzzed(150)
@given(EDITS, st.integers(-(2**40), 2**40), st.booleans())
def test_a_log_of_any_time(
    tmp_path_factory: pytest.TempPathFactory, edits: Edits, seconds: int, sound: bool
) -> None:
    folder = tmp_path_factory.getbasetemp()
    file = folder / "log.csv"
    file.write_bytes(LOG.encode() if sound else corrupted(LOG.encode(), edits))
    with suppress(OSError):  # some disks know fewer years
        os.utime(file, (seconds, seconds))
    logs = RunStore(folder / "logs")
    with at_most(SECONDS), suppress(MnistAppError):
        import_log(logs, file, "log")
    look_at(logs, "log")
    shutil.rmtree(logs.root, ignore_errors=True)


def test_the_tiny_runs_files_can_be_looked_at(tiny_store: RunStore) -> None:
    look_at(tiny_store, "tiny")
    assert read_predictions(tiny_store.open("tiny"), MNIST_TEST)
    assert Path(tiny_store.root).is_dir()
