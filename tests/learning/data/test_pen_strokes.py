from __future__ import annotations

import gzip
import hashlib
import io
import json
import urllib.error
import urllib.request
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import unlzw3

from mnist_app.errors import DataError
from mnist_app.ink.drawing import parse_drawing
from mnist_app.learning.data import pen_strokes
from mnist_app.learning.data.pen_strokes import (
    LINES_FILE,
    TEST_WRITERS,
    UNIPEN_FILE,
    VALIDATION_WRITERS,
    PenStrokes,
    by_writers,
    load_pen_strokes,
    parse_unipen,
    render,
    render_varied,
)
from mnist_app.runs.folders import cache_dir

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
    {"label": 8, "writer": 1, "strokes": [[[267, 167], [267, 164]], [[100, 0], [110, 10]]]},
    {"label": 1, "writer": 2, "strokes": [[[10, 480], [10, 300]]]},
]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The records as lines, taken for the published file."""
    content = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()
    monkeypatch.setattr(pen_strokes, "LINES_SHA256", hashlib.sha256(content).hexdigest())
    monkeypatch.setattr(pen_strokes, "UNIPEN_SHA256", hashlib.sha256(UNIPEN.encode()).hexdigest())
    return content


def is_loaded(strokes: PenStrokes) -> bool:
    return strokes.labels.tolist() == [8, 1] and strokes.writers.tolist() == [1, 2]


def test_unipen_is_turned_upright_with_label_writer_and_strokes() -> None:
    assert list(parse_unipen(UNIPEN)) == RECORDS


@pytest.mark.parametrize("named", ["file", "folder", "variable"])
def test_lines_are_found_where_they_are_named(
    named: str, lines: bytes, clean_environment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not clean_environment.exists()
    (tmp_path / LINES_FILE).write_bytes(gzip.compress(lines))
    if named == "variable":
        monkeypatch.setenv("MNIST_APP_DATA", str(tmp_path))
        assert is_loaded(load_pen_strokes())
    else:
        assert is_loaded(load_pen_strokes(tmp_path / LINES_FILE if named == "file" else tmp_path))


@pytest.mark.usefixtures("lines")
def test_the_original_file_is_read_as_well(tmp_path: Path) -> None:
    (tmp_path / UNIPEN_FILE).write_text(UNIPEN)
    assert is_loaded(load_pen_strokes(tmp_path))


@pytest.mark.parametrize("damage", [lambda c: c + b" ", lambda c: c.replace(b"8", b"3", 1), lambda _: b""])
def test_anything_but_the_published_strokes_is_refused(damage: Any, lines: bytes, tmp_path: Path) -> None:
    (tmp_path / LINES_FILE).write_bytes(gzip.compress(damage(lines)))
    with pytest.raises(DataError, match="not the published pen strokes"):
        load_pen_strokes(tmp_path)


def test_a_truncated_file_is_named(lines: bytes, tmp_path: Path) -> None:
    (tmp_path / LINES_FILE).write_bytes(gzip.compress(lines)[:-12])
    with pytest.raises(DataError, match=rf"{LINES_FILE}.*get it again"):
        load_pen_strokes(tmp_path)


def test_a_folder_without_them_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="holds neither"):
        load_pen_strokes(tmp_path)


@pytest.mark.usefixtures("lines", "clean_environment")
def test_a_download_is_verified_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr(f"{UNIPEN_FILE}.Z", b"compressed")
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: io.BytesIO(archive.getvalue()))
    monkeypatch.setattr(unlzw3, "unlzw", lambda _: UNIPEN.encode())
    assert is_loaded(load_pen_strokes())
    assert (cache_dir() / UNIPEN_FILE).read_text() == UNIPEN
    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: pytest.fail("downloaded twice"))
    assert is_loaded(load_pen_strokes())


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("answer", [b"", b"<html>"])
def test_a_failed_download_says_what_to_do(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    def urlopen(*_: Any, **__: Any) -> Any:
        if not answer:
            raise urllib.error.URLError("no route")
        return io.BytesIO(answer)

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    with pytest.raises(DataError, match="MNIST_APP_DATA"):
        load_pen_strokes()
    assert not cache_dir().exists()


def some(writers: list[int]) -> PenStrokes:
    drawing = parse_drawing({"strokes": [[[0, 0], [10, 40], [20, 90], [30, 140], [25, 200]]]})
    return PenStrokes((drawing,) * len(writers), np.ones(len(writers), np.uint8), np.array(writers, np.uint8))


def test_no_writer_is_in_two_parts_and_none_is_lost() -> None:
    parts = by_writers(some(list(range(1, 31)) * 2))
    sets = [set(part.writers.tolist()) for part in parts]
    assert sets[1] == set(VALIDATION_WRITERS)
    assert sets[2] == set(TEST_WRITERS)
    assert sum(map(len, sets)) == len(set.union(*sets)) == 30
    assert sum(len(part.drawings) for part in parts) == 60


def test_a_drawing_is_rendered_as_it_is_read_and_many_ways_to_learn_from() -> None:
    strokes = some([1, 2, 3])
    assert render(strokes).images.shape == (3, 28, 28)
    varied = render_varied(strokes, 5, np.random.default_rng(0))
    assert varied.images.shape == (15, 28, 28)
    assert len(np.unique(varied.images.reshape(15, -1), axis=0)) == 15
    ink = varied.images.sum(axis=(1, 2))
    assert ink.max() > 1.5 * ink.min()  # pens differ
    again = render_varied(strokes, 5, np.random.default_rng(0))
    assert np.array_equal(again.images, varied.images)
