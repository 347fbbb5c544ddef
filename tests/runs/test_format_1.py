"""Runs of format 1: read as they are, and written in today's format when something changes them."""

from __future__ import annotations

import dataclasses
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import Evaluation, Kind, Run
from mnist_app.runs import PREDICTIONS_FILE, RUN_FILE, SCORES_FILE, RunStore, files, format_1
from mnist_app.runs.archive import export_run, keep_import, open_import
from mnist_app.runs.results import read_predictions, read_scores

SCORE = {"name": "name", "images": "images", "rejection_rate": "turned_away", "accuracy": "accuracy"}
SCORE |= {"calibration_error": "error", "coverage": "coverage", "candidates": "candidates"}
CALIBRATION = {"min_digit_probability": "least_digitness", "threshold": "mass", "alpha": "miss"}


@pytest.fixture
def store(tiny_store: RunStore, tmp_path: Path) -> RunStore:
    """A store with the tiny run as earlier versions wrote it."""
    shutil.copytree(tiny_store.root, tmp_path / "models")
    store = RunStore(tmp_path / "models")
    make_older(store.open("tiny"))
    return store


def make_older(run: Run) -> None:
    """Rewrite a run in format 1."""
    scores = read_scores(run)
    evaluations = {}
    for score in scores:
        evaluation = dataclasses.asdict(Evaluation.from_predictions(score, read_predictions(run, score.name)))
        evaluations[score.name] = evaluation
    rows = [{old: getattr(score, new) for new, old in SCORE.items()} for score in scores]
    with np.load(run.path / PREDICTIONS_FILE) as archive:
        arrays = {name.replace("/true", "/own"): archive[name] for name in archive.files}
    answers = io.BytesIO()
    np.savez_compressed(answers, **arrays)
    older = {
        format_1.SCORES_FILE: json.dumps(rows).encode(),
        format_1.EVALUATIONS_FILE: json.dumps(evaluations).encode(),
        format_1.PREDICTIONS_FILE: answers.getvalue(),
        format_1.TEST_FILE: b"PK\x05\x06" + bytes(18),
    }
    for file in (SCORES_FILE, PREDICTIONS_FILE):
        (run.path / file).unlink()
    for file, content in older.items():
        (run.path / file).write_bytes(content)
    raw = json.loads((run.path / RUN_FILE).read_text())
    kept = {file: digest for file, digest in raw["files"].items() if (run.path / file).exists()}
    calibration = {CALIBRATION.get(key, key): value for key, value in raw["calibration"].items()}
    changed = {"format": 1, "files": kept | files.digests(older), "calibration": calibration}
    (run.path / RUN_FILE).write_text(json.dumps(raw | changed))


def test_a_run_of_format_1_says_what_it_said(store: RunStore, tiny: Run) -> None:
    run = store.open("tiny")
    assert dataclasses.replace(run, path=tiny.path, files=tiny.files) == tiny
    (today,), (older,) = read_scores(tiny), read_scores(run)
    assert dataclasses.replace(older, title=today.title) == today
    predictions, expected = read_predictions(run, today.name), read_predictions(tiny, today.name)
    assert np.array_equal(predictions.true_class_probability, expected.true_class_probability)


@pytest.mark.parametrize("change", ["rename", "annotate"])
def test_a_run_that_is_changed_gets_todays_format(store: RunStore, change: str) -> None:
    before = store.open("tiny")
    scores, predictions = read_scores(before), read_predictions(before, "MNIST test")
    if change == "rename":
        run = store.rename("tiny", "new")
    else:
        store.annotate("tiny", "Good.")
        run = store.open("tiny")
    assert set(run.files) == {file.name for file in run.path.iterdir()} - {RUN_FILE, "note.txt"}
    assert not set(run.files) & format_1.FILES
    assert json.loads((run.path / RUN_FILE).read_text())["format"] == files.FORMAT
    assert read_scores(run) == scores
    assert np.array_equal(read_predictions(run, "MNIST test").read, predictions.read)
    assert dataclasses.replace(run, name="tiny", path=before.path, files=before.files, note="") == before
    assert len(export_run(store, run)) > 0


def test_a_damaged_run_of_format_1_stays_as_it_is(store: RunStore) -> None:
    file = store.path("tiny") / format_1.PREDICTIONS_FILE
    file.write_bytes(file.read_bytes()[:-1])
    run = store.rename("tiny", "new")
    assert set(run.files) >= format_1.FILES


def test_a_tampered_model_stays_tampered(store: RunStore) -> None:
    file = store.path("tiny") / "model.tflite"
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    before = store.open("tiny").files["model.tflite"]
    assert store.rename("tiny", "new").files["model.tflite"] == before


def test_a_run_of_format_1_can_be_exported_and_imported(store: RunStore, tmp_path: Path) -> None:
    (tmp_path / "tiny.zip").write_bytes(export_run(store, store.open("tiny")))
    other = RunStore(tmp_path / "other")
    kept = keep_import(other, open_import(other, tmp_path / "tiny.zip"))
    assert kept.files == store.open("tiny").files


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("MNIST test", Kind.DIGITS),
        ("MNIST, blur", Kind.CORRUPTED),
        ("no digit: shapes", Kind.NON_DIGITS),
    ],
)
def test_the_kind_of_a_set_follows_from_its_name(name: str, kind: Kind) -> None:
    row = {"name": name, "images": 5, "turned_away": 0.2}
    assert [score.kind for score in format_1.parse_scores(json.dumps([row]).encode(), None)] == [kind]
