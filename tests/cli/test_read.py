from __future__ import annotations

import csv
import gzip
import io
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from mnist_app.cli import main
from mnist_app.domain import Split
from mnist_app.reading.batch import tasks
from tests.conftest import GRID

PenDigits = list[dict[str, Any]]
WAIT = 60  # seconds until another process has had its time


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


@pytest.fixture
def scans(tmp_path: Path, mnist: Split, pen_digits: PenDigits, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two photos of digits, a drawing and a broken photo; we are beside it."""
    folder = tmp_path / "scans"
    (folder / "sub").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    for name, image in zip(("10.png", "sub/9.png"), mnist.images, strict=False):
        Image.fromarray(image).resize((112, 112)).save(folder / name)
    (folder / "2.json").write_text(json.dumps({"strokes": pen_digits[7]["strokes"]}))
    (folder / "1.jpg").write_bytes(b"no image")
    return folder


def read_json(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, list[Any], list[str]]:
    status = main(["read", "--json", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, [json.loads(line) for line in out.splitlines()], err.splitlines()


def read(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, list[str]]:
    status = main(["read", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, [line for line in err.splitlines() if not line.startswith("INFO")]


def test_the_json_has_the_stable_form(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, (answer,), errors = read_json(capsys, files / "seven.json")
    assert status == 0
    assert errors == []
    assert list(answer) == ["file", "text", "rows", "digits", "numbers", "turned", "left_out", "written"]
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
    assert 0.9 < digit["confidence"] <= max(digit["probabilities"])
    assert len(digit["probabilities"]) == 10
    assert len(digit["box"]) == 4


@pytest.mark.parametrize("name", ["ten.jsonl", "ten.jsonl.gz"])
def test_lines_of_drawings_give_one_object_each(
    files: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, answers, _ = read_json(capsys, files / name)
    assert status == 0
    assert "".join(answer["text"] for answer in answers) == "0123456789"
    assert [answer["line"] for answer in answers] == list(range(1, 11))
    assert {answer["file"] for answer in answers} == {str(files / name)}


def test_images_are_read(files: Path, mnist: Split, capsys: pytest.CaptureFixture[str]) -> None:
    status, (answer,), _ = read_json(capsys, files / "photo.png")
    assert status == 0
    assert answer["text"] == str(mnist.labels[0])


def test_what_cannot_be_read_is_reported_and_the_rest_still_gets_done(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = ["broken.json", "broken.png", "deep.json", "missing.png", "missing.json", "missing.jsonl"]
    status, answers, errors = read_json(
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
    status, (answer,), _ = read_json(capsys, files / "seven.json", "--run", "dense-128")
    assert status == 0
    assert answer["text"] == "7"


def test_what_is_no_digit_is_a_question_mark(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "grid.json").write_text(json.dumps({"strokes": GRID}))
    status, (answer,), _ = read_json(capsys, files / "grid.json")
    assert (status, answer["text"], answer["digits"][0]["is_digit"]) == (0, "?", False)
    assert main(["read", str(files / "grid.json")]) == 0
    assert capsys.readouterr().out == f"{files / 'grid.json'}: ? (not a digit)\n"


def test_an_unknown_run_is_one_line(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, answers, errors = read_json(capsys, files / "seven.json", "--run", "nope")
    assert (status, answers) == (2, [])
    assert len(errors) == 1
    assert "convnet" in errors[0]


def test_a_line_that_is_too_long_is_one_error(
    files: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tasks, "MAX_JSON", 3_000)
    good = (files / "seven.json").read_text()
    (files / "long.jsonl").write_text(f"{good}\n{'7' * 10_000}\n{good}\n")
    status, answers, _ = read_json(capsys, files / "long.jsonl")
    assert status == 2
    assert [(answer["line"], answer["text"]) for answer in answers] == [(1, "7"), (2, ""), (3, "7")]


def test_suffixes_are_read_in_any_case(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (files / "seven.json").rename(files / "SEVEN.JSON")
    status, (answer,), _ = read_json(capsys, files / "SEVEN.JSON")
    assert (status, answer["text"]) == (0, "7")


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


def test_a_folder_is_read_with_a_report_at_the_end(
    scans: Path, mnist: Split, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, errors = read(capsys, "scans")
    assert status == 2
    names = [line.split(" (")[0] for line in out.splitlines()]
    assert names == [
        "scans/2.json: 7",
        f"scans/10.png: {mnist.labels[0]}",
        f"scans/sub/9.png: {mnist.labels[1]}",
    ]
    assert errors[0].startswith("scans/1.jpg: This is not an image that can be read.")
    assert len(errors) == 2
    assert errors[1].startswith("Read 3 of 4 files: 3 digits, ")
    (scans / "1.jpg").unlink()
    status, _, errors = read(capsys, "scans")
    assert status == 0
    assert len(errors) == 1
    assert errors[0].startswith("Read 3 of 3 files: 3 digits, ")


@pytest.mark.usefixtures("scans")
def test_a_pattern_is_expanded_and_one_file_has_no_report(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, errors = read(capsys, "scans/**/9.*")
    assert (status, errors) == (0, [])
    assert out.startswith("scans/sub/9.png: ")
    status, out, errors = read(capsys, "scans/*.tif")
    assert (status, out) == (2, "")
    assert errors == ["scans/*.tif: No image and no drawing matches this pattern. Name another."]


def test_an_error_is_one_line_whatever_the_file_is_called(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, errors = read(capsys, tmp_path / "a\n\x1bb.png")
    assert (status, out) == (2, "")
    assert errors == [f"{tmp_path}/a\\n\\x1bb.png: The file cannot be read: No such file or directory."]


def test_csv_has_a_line_for_each_number_and_each_failure(
    scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scans / "two.jsonl").write_text((scans / "2.json").read_text() + "\n{}\n")
    status, out, errors = read(capsys, "--csv", "scans/1.jpg", "scans/2.json", "scans/two.jsonl")
    assert status == 2
    assert len(errors) == 3
    lines = list(csv.DictReader(io.StringIO(out)))
    assert [(line["file"], line["line"], line["text"], bool(line["error"])) for line in lines] == [
        ("scans/1.jpg", "", "", True),
        ("scans/2.json", "", "7", False),
        ("scans/two.jsonl", "1", "7", False),
        ("scans/two.jsonl", "2", "", True),
    ]


@pytest.mark.parametrize("name", ["10.tif", "10.pdf"])
def test_every_page_of_a_document_is_read_under_its_number(
    scans: Path, mnist: Split, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pages = [Image.fromarray(255 - image).resize((112, 112)) for image in mnist.images[:3]]
    pages[0].save(scans / name, save_all=True, append_images=pages[1:])
    (scans / "1.jpg").unlink()
    status, out, errors = read(capsys, scans / name)
    assert (status, errors) == (0, [])
    assert [line.split(" (")[0] for line in out.splitlines()] == [
        f"{scans / name}, page {k}: {label}" for k, label in enumerate(mnist.labels[:3], 1)
    ]
    _, answers, errors = read_json(capsys, "scans", "--annotate", "out")
    assert [(a["page"], a["pages"]) for a in answers if "page" in a] == [(1, 3), (2, 3), (3, 3)]
    assert sorted(file.name for file in (scans.parent / "out").glob("10-*")) == [
        f"10-page-{k}.png" for k in (1, 2, 3)
    ]
    assert errors[0].startswith("Read 6 of 6 photos and pages: ")


def test_csv_and_json_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["read", "a.png", "--csv", "--json"])
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["a.png", "--workers", "0"], [""], ["a.png", "--annotate", ""]])
def test_what_makes_no_sense_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        main(["read", *arguments])
    assert refused.value.code == 2


def test_every_photo_gets_its_picture(scans: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, out, _ = read(capsys, "scans", "--annotate", "scans/out", "--json")
    pictures = [json.loads(line).get("picture") for line in out.splitlines()]
    assert pictures == [None, None, "scans/out/10.png", "scans/out/sub/9.png"]
    assert sorted(path.name for path in (scans / "out").rglob("*.*")) == ["10.png", "9.png"]
    with Image.open(scans / "out" / "10.png") as picture:
        assert (picture.size, picture.mode) == ((336, 336), "RGB")
    _, again, _ = read(capsys, "scans", "--annotate", "scans/out", "--json")
    assert again == out  # what was drawn is not read, and is drawn anew


def test_a_picture_that_cannot_be_written_costs_no_reading(
    scans: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (scans.parent / "out").mkdir()
    (scans.parent / "out" / "sub").touch()
    (scans / "1.jpg").unlink()
    status, out, errors = read(capsys, "scans", "--annotate", "out", "--json")
    assert status == 2
    answer = json.loads(out.splitlines()[-1])
    assert answer["text"]
    assert errors[0] == f"scans/sub/9.png: {answer['error']}"
    assert len(errors) == 2
    assert errors[1].endswith(" Read, but without a picture: 1.")
    status, out, errors = read(capsys, "scans", "--annotate", "out/sub")
    assert (status, out) == (2, "")
    assert errors == ["Pictures can't be saved in out/sub: File exists. Choose another folder."]


@pytest.fixture
def many(tmp_path: Path, pen_digits: PenDigits) -> Path:
    """More drawings than can be read while a test looks."""
    (tmp_path / "many.jsonl").write_text(f"{json.dumps(pen_digits[7])}\n" * 20_000)
    return tmp_path / "many.jsonl"


def reading(*arguments: object) -> subprocess.Popen[str]:
    """`read` by two processes, the leader of a group of its own."""
    command = [sys.executable, "-m", "mnist_app", "read", *map(str, arguments), "--workers", "2"]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, text=True, start_new_session=True)


def is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
        return True
    except ProcessLookupError:
        return False


def test_ctrl_c_ends_all_processes(many: Path) -> None:
    with reading(many) as process:
        assert process.stdout
        for _ in range(100):  # by then, others read
            process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        errors = process.communicate(timeout=WAIT)[1]
    assert process.returncode == 130
    assert [line for line in errors.splitlines() if not line.startswith("INFO")] == ["", "Stopped."]
    end = time.monotonic() + WAIT
    while is_there(process.pid) and time.monotonic() < end:
        time.sleep(0.01)  # multiprocessing's own helper ends a moment later
    assert not is_there(process.pid)


def open_for(pipe: Path, seconds: float) -> int:
    """Open a pipe to write as soon as somebody reads it. Raises OSError where nobody does by then."""
    end = time.monotonic() + seconds
    while True:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.01)


def test_who_has_seen_enough_ends_the_batch(many: Path) -> None:
    with reading(many) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline().startswith(f"{many}:1: 7 (")
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode == 2
    assert [line for line in errors.splitlines() if not line.startswith("INFO")] == []


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
def test_what_is_read_is_there_before_the_next_is(
    tmp_path: Path, pen_digits: PenDigits, form: list[str]
) -> None:
    files = [tmp_path / "seven.json", tmp_path / "waits.json"]
    files[0].write_text(json.dumps(pen_digits[7]))
    os.mkfifo(files[1])
    command = [sys.executable, "-m", "mnist_app", "read", *map(str, files), *form]
    buffered = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=buffered
    ) as process:
        end = open_for(files[1], WAIT)
        assert process.stdout
        early = select.select([process.stdout], [], [], 5)[0]
        os.close(end)
        assert early == [process.stdout]
        assert "seven.json" in process.communicate(timeout=WAIT)[0]
