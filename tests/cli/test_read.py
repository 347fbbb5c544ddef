from __future__ import annotations

import dataclasses
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import mnist_app
from mnist_app.cli import main
from mnist_app.cli.readings import words
from mnist_app.domain import Split, Verdict
from mnist_app.reading.batch import tasks
from tests.conftest import GRID

PenDigits = list[dict[str, Any]]


@pytest.fixture
def files(tmp_path: Path, mnist: Split, pen_digits: PenDigits) -> Path:
    """A folder with one of everything that can be read, and some that can't."""
    (tmp_path / "seven.json").write_text(json.dumps({"strokes": pen_digits[7]["strokes"]}))
    lines = "\n".join(json.dumps(d) for d in pen_digits)
    (tmp_path / "ten.jsonl").write_text(lines + "\n")
    (tmp_path / "ten.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "mixed.jsonl").write_text(f'{json.dumps(pen_digits[1])}\n\nnonsense\n{{"strokes": []}}\n')
    Image.fromarray(mnist.images[0]).save(tmp_path / "photo.png")
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "broken.png").write_bytes(b"no image")
    (tmp_path / "deep.json").write_text("[" * 100_000)
    (tmp_path / "cut.jsonl.gz").write_bytes(gzip.compress(lines.encode())[:-30])
    return tmp_path


def read(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[Any], list[str]]:
    status = main(["read", "--json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err.splitlines()


def test_the_json_has_the_stable_form(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, (answer,), errors = read(capsys, files / "seven.json")
    assert status == 0
    assert errors == []
    assert list(answer) == ["file", "text", "rows", "digits", "numbers", "turned"]
    assert answer["file"] == str(files / "seven.json")
    assert (answer["text"], answer["rows"]) == ("7", ["7"])
    assert (answer["numbers"], answer["turned"]) == ([["7"]], 0)
    (digit,) = answer["digits"]
    assert list(digit) == [
        "digit",
        "confidence",
        "is_digit",
        "candidates",
        "box",
        "probabilities",
        "verdict",
    ]
    assert digit["digit"] == 7
    assert digit["is_digit"] is True
    assert digit["candidates"] == [7]
    assert digit["confidence"] == max(digit["probabilities"])
    assert len(digit["probabilities"]) == 10
    assert len(digit["box"]) == 4


@pytest.mark.parametrize("name", ["ten.jsonl", "ten.jsonl.gz"])
def test_lines_of_drawings_give_one_object_each(
    files: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answers, _ = read(capsys, files / name)
    assert status == 0
    assert "".join(answer["text"] for answer in answers) == "0123456789"
    assert [answer["line"] for answer in answers] == list(range(1, 11))
    assert {answer["file"] for answer in answers} == {str(files / name)}


def test_images_are_read(files: Path, mnist: Split, capsys: pytest.CaptureFixture[str]) -> None:
    status, (answer,), _ = read(capsys, files / "photo.png")
    assert status == 0
    assert answer["text"] == str(mnist.labels[0])


def test_what_cannot_be_read_is_reported_and_the_rest_still_gets_done(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = ["broken.json", "broken.png", "deep.json", "missing.png", "missing.json", "missing.jsonl"]
    status, answers, errors = read(
        capsys, *(files / name for name in [*broken, "mixed.jsonl", "cut.jsonl.gz", "seven.json"])
    )
    assert status == 2
    assert answers[-1]["text"] == "7"
    failed = [answer for answer in answers if "error" in answer]
    assert len(failed) == len(broken) + 3
    read_of = f"{len(answers) - len(failed)} of {len(answers)} drawings and photos"
    assert [line.split(":")[0] for line in errors[len(failed) :]] == [f"Read {read_of}"]
    assert all(answer["text"] == "" and answer["digits"] == [] and answer["rows"] == [] for answer in failed)
    for name in broken:
        assert sum(line.startswith(f"{files / name}: ") for line in errors) == 1
    mixed = [(a["line"], a["text"]) for a in answers if a["file"].endswith("mixed.jsonl")]
    assert mixed == [(1, "1"), (3, ""), (4, "")]


def test_people_get_a_line_each(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["read", str(files / "seven.json"), str(files / "ten.jsonl")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{files / 'seven.json'}: 7 (")
    assert lines[1].startswith(f"{files / 'ten.jsonl'}:1: 0 (")


def test_another_run_can_read(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, (answer,), _ = read(capsys, files / "seven.json", "--run", "dense-128")
    assert status == 0
    assert answer["text"] == "7"


def test_what_is_no_digit_is_a_question_mark(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "grid.json").write_text(json.dumps({"strokes": GRID}))
    status, (answer,), _ = read(capsys, files / "grid.json")
    assert (status, answer["text"], answer["digits"][0]["is_digit"]) == (0, "?", False)
    assert main(["read", str(files / "grid.json")]) == 0
    assert capsys.readouterr().out == f"{files / 'grid.json'}: ? (not a digit)\n"


def test_doubt_is_said_in_words(pen_digits: PenDigits) -> None:
    digit = mnist_app.read_drawing(pen_digits[4]).digits[0]
    assert words(dataclasses.replace(digit, candidates=(4,))) == f"4 ({digit.confidence:.1%})"
    assert words(dataclasses.replace(digit, candidates=(4, 9))) == f"4 ({digit.confidence:.1%}, 4 or 9)"
    many = dataclasses.replace(digit, verdict=Verdict.UNSURE, candidates=(4, 9, 1, 7))
    assert words(many) == f"4 ({digit.confidence:.1%}, not sure)"


def test_an_unknown_run_is_one_line(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, answers, errors = read(capsys, files / "seven.json", "--run", "nope")
    assert (status, answers) == (2, [])
    assert len(errors) == 1
    assert "convnet" in errors[0]


def test_it_runs_as_a_module(files: Path) -> None:
    command = [sys.executable, "-m", "mnist_app", "read", str(files / "seven.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.split(": ")[1].startswith("7 (")


def test_a_closed_pipe_is_silence(files: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "mnist_app", "read", str(files / "seven.json")]
    done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, text=True, check=False)
    os.close(writing)
    assert done.returncode == 2
    assert [line for line in done.stderr.splitlines() if not line.startswith("INFO")] == []


def test_a_line_that_is_too_long_is_one_error(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tasks, "MAX_JSON", 3_000)
    good = (files / "seven.json").read_text()
    (files / "long.jsonl").write_text(f"{good}\n{'7' * 10_000}\n{good}\n")
    status, answers, _ = read(capsys, files / "long.jsonl")
    assert status == 2
    assert [(answer["line"], answer["text"]) for answer in answers] == [(1, "7"), (2, ""), (3, "7")]


def test_suffixes_are_read_in_any_case(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "seven.json").rename(files / "SEVEN.JSON")
    status, (answer,), _ = read(capsys, files / "SEVEN.JSON")
    assert (status, answer["text"]) == (0, "7")
