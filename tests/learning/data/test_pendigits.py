from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import Drawing
from mnist_app.errors import DataError
from mnist_app.learning.data import pendigits
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.pendigits import (
    PENDIGITS,
    TEST_WRITERS,
    UNIPEN_FILE,
    URL,
    VALIDATION_WRITERS,
    by_writers,
    load_pen_strokes,
    parse_unipen,
)
from mnist_app.learning.data.stroke_files import Record, digest
from tests.learning.data.conftest import compressed, zipped

UNIPEN = """.VERSION 1.0
.COORD X Y
.SEGMENT DIGIT 0 ? "8"
.COMMENT 8 01 12
.PEN_DOWN
 267 333
 267 336
 .DT 100
.PEN_UP
.DT 151
.PEN_DOWN
 100 500
 110 490
.PEN_UP
.SEGMENT DIGIT 1 ? "1"
.COMMENT 1 02 3
.PEN_DOWN
 10 20
 10 200
.PEN_UP
"""
RECORDS = [
    Record(8, 1, (((267, 167), (267, 164)), ((100, 0), (110, 10)))),
    Record(1, 2, (((10, 480), (10, 300)),)),
]


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> None:
    """The records are taken for the published ones."""
    assert not clean_environment.exists()
    monkeypatch.setattr(pendigits, "PENDIGITS", dataclasses.replace(PENDIGITS, sha256=digest(RECORDS)))


def is_loaded(strokes: PenStrokes) -> bool:
    assert strokes.labels.dtype == np.uint8
    return strokes.labels.tolist() == [8, 1] and strokes.writers.tolist() == [1, 2]


def test_unipen_is_turned_upright_with_label_writer_and_strokes() -> None:
    assert parse_unipen(UNIPEN.encode()) == RECORDS


@pytest.mark.parametrize(
    "content", [b"", b"\xff<html>", b'.SEGMENT DIGIT 0 ? "8"\n', b".SEGMENT\n.COMMENT 1 2\n"]
)
def test_a_text_without_digits_has_none(content: bytes) -> None:
    assert parse_unipen(content) == []


@pytest.mark.usefixtures("published")
def test_the_original_file_is_read(tmp_path: Path) -> None:
    (tmp_path / UNIPEN_FILE).write_text(UNIPEN)
    assert is_loaded(load_pen_strokes(tmp_path))


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / UNIPEN_FILE).write_text(UNIPEN)
    with pytest.raises(DataError, match=rf"{UNIPEN_FILE}: not the published pen strokes"):
        load_pen_strokes(tmp_path)


@pytest.mark.usefixtures("published")
def test_a_download_is_verified_and_kept(web: dict[str, bytes]) -> None:
    web[URL] = zipped({"readme.txt": b"", f"data/{UNIPEN_FILE}.Z": compressed(UNIPEN.encode())})
    assert is_loaded(load_pen_strokes())
    assert not web
    assert is_loaded(load_pen_strokes())


@pytest.mark.parametrize("answer", [b"<html>", zipped({f"{UNIPEN_FILE}.Z": b"no"}), zipped({"other": b""})])
def test_a_failed_download_says_what_to_do(answer: bytes, web: dict[str, bytes]) -> None:
    web[URL] = answer
    with pytest.raises(DataError, match=rf"pen strokes could not be had.*{UNIPEN_FILE}.*MNIST_APP_DATA"):
        load_pen_strokes()


def test_no_writer_is_in_two_parts_and_none_is_lost() -> None:
    writers = np.array(list(range(1, 31)) * 2, np.uint8)
    parts = by_writers(PenStrokes((Drawing(()),) * 60, np.ones(60, np.uint8), writers))
    sets = [set(part.writers.tolist()) for part in parts]
    assert sets[1] == set(VALIDATION_WRITERS)
    assert sets[2] == set(TEST_WRITERS)
    assert sum(map(len, sets)) == len(set.union(*sets)) == 30
    assert sum(len(part.drawings) for part in parts) == 60
