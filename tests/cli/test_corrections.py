from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_app.cli import main
from mnist_app.corrections.store import CorrectionStore
from mnist_app.domain import NOT_A_DIGIT
from tests.helpers.corrections import correction


@pytest.fixture
def corrections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CorrectionStore:
    """The command line's corrections: a 4, a 7 and no digit, read as 9 by two runs."""
    url = f"sqlite:///{tmp_path / 'corrections.sqlite3'}"
    monkeypatch.setenv("MNIST_APP_DATABASE", url)
    monkeypatch.chdir(tmp_path)
    store = CorrectionStore(url)
    store.add([correction(4), correction(7, run="convnet"), correction(NOT_A_DIGIT, drawing=None)], "me")
    return store


def output(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    assert main(["corrections", *words]) == status
    out, err = capsys.readouterr()
    return out if status == 0 else err


@pytest.mark.usefixtures("corrections")
def test_they_are_listed_and_filtered(capsys: pytest.CaptureFixture[str]) -> None:
    head, *lines = output(capsys, "list").splitlines()
    assert head.split() == ["id", "time", "run", "read", "confidence", "label"]
    assert [line.split()[-1] for line in lines] == ["4", "7", "none"]
    assert lines[1].split() == ["2", "2026-11-21", "09:30", "convnet", "9", "50.0%", "7"]
    assert "convnet" not in output(capsys, "list", "--run", "world")
    assert len(output(capsys, "list", "--label", "none").splitlines()) == 2
    assert output(capsys, "list", "--read", "3") == "There are no such corrections.\n"
    first: dict[str, Any] = json.loads(output(capsys, "list", "--json").splitlines()[0])
    assert (first["id"], first["label"], first["strokes"]) == (1, 4, [[[1.25, 2.5], [30.0, 40.75]]])


@pytest.mark.usefixtures("corrections")
def test_they_are_exported_by_the_files_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name in ("out.csv", "out.npz", "out.jsonl"):
        assert output(capsys, "export", name) == f"{name}: 3 corrections\n"
    with np.load(tmp_path / "out.npz", allow_pickle=False) as arrays:
        assert arrays["labels"].tolist() == [4, 7, NOT_A_DIGIT]
    assert "exists. Choose another" in output(capsys, "export", "out.csv", status=2)
    assert "3 corrections" in output(capsys, "export", "out.csv", "--force")
    with pytest.raises(SystemExit):
        main(["corrections", "export", "out.xlsx"])


def test_they_are_fixed_and_deleted(corrections: CorrectionStore, capsys: pytest.CaptureFixture[str]) -> None:
    assert output(capsys, "fix", "2", "1") == "Correction 2 is 1 now.\n"
    assert "no correction 9" in output(capsys, "fix", "9", "1", status=2)
    assert output(capsys, "delete", "1", "3", "--yes") == "Deleted 2.\n"
    assert [(each.id, each.label) for each in corrections.find()] == [(2, 1)]
    assert output(capsys, "delete", "--all", "--yes") == "Deleted 1.\n"
    assert corrections.count() == 0


@pytest.mark.parametrize(
    "words", [["delete"], ["delete", "1", "--all"], ["fix", "1", "11"], ["list", "--label", "x"]]
)
@pytest.mark.usefixtures("corrections")
def test_a_command_that_makes_no_sense_is_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(["corrections", *words])


@pytest.mark.usefixtures("corrections")
def test_every_run_is_scored(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in output(capsys, "score", "--json").splitlines()]
    assert {row["run"] for row in rows} >= {"world", "convnet"}
    assert all((row["digits"], row["others"]) == (2, 1) for row in rows)
    assert "world" in output(capsys, "score")


def test_without_any_there_is_nothing_to_score(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MNIST_APP_DATABASE", f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert "no corrections yet" in output(capsys, "score", status=2)
    assert output(capsys, "list") == "There are no such corrections.\n"
