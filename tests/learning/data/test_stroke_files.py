from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from mnist_app.errors import DataError
from mnist_app.learning.data.stroke_files import (
    Record,
    digest,
    encode_lines,
    parse_lines,
    published_strokes,
)
from mnist_app.runs.folders import cache_dir

RECORDS = [
    Record(8, 1, (((267, 167), (267, 164)), ((100, 0), (110, 10)))),
    Record("A", "aga:amy", (((10, -480), (10, 300)),)),
]


def test_records_come_back_from_their_lines() -> None:
    lines = encode_lines(RECORDS)
    assert lines.count(b"\n") == len(RECORDS)
    assert parse_lines(lines) == RECORDS


def test_the_digest_is_of_what_the_lines_say_not_of_how() -> None:
    rows = [json.loads(line) for line in encode_lines(RECORDS).splitlines()]
    other = "\n".join(json.dumps({"country": "Japan", **row}, indent=None) for row in rows)
    assert digest(parse_lines(other.encode())) == digest(RECORDS)


@pytest.mark.parametrize(
    "other",
    [
        RECORDS[::-1],
        RECORDS[:1],
        [Record(3, 1, RECORDS[0].strokes), RECORDS[1]],
        [Record(8, 2, RECORDS[0].strokes), RECORDS[1]],
        [Record(8, 1, RECORDS[0].strokes[::-1]), RECORDS[1]],
    ],
)
def test_every_change_changes_the_digest(other: list[Record]) -> None:
    assert digest(other) != digest(RECORDS)


@pytest.mark.parametrize(
    "line", [b"<html>", b"{}", b"[1]", b'{"label": 8, "writer": 1, "strokes": [[[1, 2, 3]]]}', b'{"label": 8']
)
def test_a_line_that_is_no_record_is_refused(line: bytes) -> None:
    with pytest.raises(DataError, match="not lines of pen strokes"):
        parse_lines(encode_lines(RECORDS) + line)


def test_empty_strokes_are_not_drawn() -> None:
    drawing = Record(1, 1, ((), ((3, 4), (5, 6)))).drawing
    assert len(drawing.strokes) == 1
    assert np.array_equal(drawing.strokes[0], np.array([[3, 4], [5, 6]], np.float32))


@pytest.mark.usefixtures("clean_environment")
def test_lines_are_read_from_a_folder_and_kept_compressed(tmp_path: Path) -> None:
    published = published_strokes("strokes", "some.jsonl.gz", digest(RECORDS), lambda: RECORDS)
    (tmp_path / "some.jsonl.gz").write_bytes(gzip.compress(encode_lines(RECORDS)))
    assert published.load(tmp_path) == RECORDS
    assert published.load() == RECORDS  # fetched
    assert gzip.decompress((cache_dir() / "some.jsonl.gz").read_bytes()) == encode_lines(RECORDS)


@pytest.mark.usefixtures("clean_environment")
def test_a_truncated_file_is_named(tmp_path: Path) -> None:
    published = published_strokes("strokes", "some.jsonl.gz", digest(RECORDS), lambda: RECORDS)
    (tmp_path / "some.jsonl.gz").write_bytes(gzip.compress(encode_lines(RECORDS))[:-12])
    with pytest.raises(DataError, match=r"some\.jsonl\.gz.*get it again"):
        published.load(tmp_path)
