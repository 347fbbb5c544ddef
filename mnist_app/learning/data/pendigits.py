"""Pen strokes of 30 people at a university in Istanbul.

The data set is UCI's "Pen-Based Recognition of Handwritten Digits" (Alpaydin, Alimoglu, 1996; CC BY 4.0), its
original training file with the raw strokes, before it was reduced to eight points a digit.
"""

from __future__ import annotations

import io
import re
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mnist_app.errors import DataError
from mnist_app.learning.data.downloads import ask_for_download
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.stroke_files import MAX_BYTES, Record, StrokeFile

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
UNIPEN_FILE = "pendigits-orig.tra"  # as UCI publishes it, in the archive with .Z behind it
HEIGHT = 500  # tablet units; UNIPEN's y points up, ours down
TIMEOUT = 60  # seconds

# By a draw of their numbers with seed 0, before anything was trained.
TEST_WRITERS = (3, 11, 12, 22, 27)
VALIDATION_WRITERS = (5, 17, 29)


def load_pen_strokes(path: Path | str | None = None) -> PenStrokes:
    """Load all drawings from `path`, else MNIST_APP_DATA, the local cache or UCI. Raises DataError."""
    records = PENDIGITS.load(path)
    return PenStrokes(
        drawings=tuple(record.drawing for record in records),
        labels=np.array([record.label for record in records], np.uint8),
        writers=np.array([record.writer for record in records], np.uint8),
    )


def by_writers(strokes: PenStrokes) -> tuple[PenStrokes, PenStrokes, PenStrokes]:
    """Split into training, validation and test; no writer is in two of them."""
    return strokes.by_writers(VALIDATION_WRITERS, TEST_WRITERS)


def parse_unipen(content: bytes) -> Iterator[Record]:
    """Yield the digits of UCI's UNIPEN text.

    A digit begins with `.SEGMENT DIGIT … "8"`, its `.COMMENT` has the writer as third word, and points are
    listed between `.PEN_DOWN` and `.PEN_UP`.
    """
    for segment in re.split(r"^\s*\.SEGMENT\b", content.decode("latin-1"), flags=re.MULTILINE)[1:]:
        label = segment.strip().splitlines()[0].split()[-1].strip('"')
        writers = re.findall(r"^\s*\.COMMENT\s+\S+\s+(\d+)", segment, re.MULTILINE)
        down = [part.partition(".PEN_UP")[0] for part in segment.split(".PEN_DOWN")[1:]]
        points = [re.findall(r"^\s*(-?\d+)\s+(-?\d+)", stroke, re.MULTILINE) for stroke in down]
        strokes = tuple(tuple((int(x), HEIGHT - int(y)) for x, y in stroke) for stroke in points)
        if strokes:
            yield Record(int(label), int(writers[-1]), strokes)


def _fetch() -> Iterator[Record]:
    """Download UCI's archive and parse its training file."""
    from unlzw3 import unlzw  # only a download needs it

    try:
        ask_for_download()
        with urllib.request.urlopen(URL, timeout=TIMEOUT) as response:
            archive = zipfile.ZipFile(io.BytesIO(response.read(MAX_BYTES)))
        content = bytes(unlzw(archive.read(f"{UNIPEN_FILE}.Z")))
    except (urllib.error.URLError, OSError, zipfile.BadZipFile, KeyError, ValueError, DataError) as error:
        remedy = f"Put {PENDIGITS.name} or {UNIPEN_FILE} in a folder and name it with MNIST_APP_DATA."
        raise DataError(f"The pen strokes could not be had from {URL} ({error}). {remedy}") from None
    return parse_unipen(content)


PENDIGITS = StrokeFile(
    title="pen strokes",
    name="pendigits-train.jsonl.gz",
    sha256="564e38188ff4acd45cb62c13a5ddaf6fdb2fe01ce171ab9c8d3b8cfacdbc5ba7",
    fetch=_fetch,
    originals=((UNIPEN_FILE, parse_unipen),),
)
