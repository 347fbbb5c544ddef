"""Pen strokes of 30 people at a university in Istanbul.

The data set is UCI's "Pen-Based Recognition of Handwritten Digits" (Alpaydin, Alimoglu, 1996; CC BY 4.0), its
original training file with the raw strokes, before it was reduced to eight points a digit.
"""

from __future__ import annotations

import re
from pathlib import Path

from mnist_app.learning.data.downloads import fetch, unzip_file
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.stroke_files import Record, published_strokes, strokes_of

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
UNIPEN_FILE = "pendigits-orig.tra"  # as UCI publishes it, in the archive with .Z behind it
HEIGHT = 500  # tablet units; UNIPEN's y points up, ours down

# By a draw of their numbers with seed 0, before anything was trained.
TEST_WRITERS = (3, 11, 12, 22, 27)
VALIDATION_WRITERS = (5, 17, 29)


def load_pen_strokes(path: Path | str | None = None) -> PenStrokes:
    """Load all drawings from `path`, else MNIST_APP_DATA, the local cache or UCI. Raises DataError."""
    return strokes_of(PENDIGITS.load(path))


def by_writers(strokes: PenStrokes) -> tuple[PenStrokes, PenStrokes, PenStrokes]:
    """Split into training, validation and test; no writer is in two of them."""
    return strokes.by_writers(VALIDATION_WRITERS, TEST_WRITERS)


def parse_unipen(content: bytes) -> list[Record]:
    """Return the digits of UCI's UNIPEN text.

    A digit begins with `.SEGMENT DIGIT … "8"`, its `.COMMENT` has the writer as third word, and points are
    listed between `.PEN_DOWN` and `.PEN_UP`.
    """
    records = []
    for segment in re.split(r"^\s*\.SEGMENT\b", content.decode("latin-1"), flags=re.MULTILINE)[1:]:
        label = re.match(r'.*"(\d)"', segment)
        writers = re.findall(r"^\s*\.COMMENT\s+\S+\s+(\d+)", segment, re.MULTILINE)
        down = [part.partition(".PEN_UP")[0] for part in segment.split(".PEN_DOWN")[1:]]
        points = [re.findall(r"^\s*(-?\d+)\s+(-?\d+)", stroke, re.MULTILINE) for stroke in down]
        strokes = tuple(tuple((int(x), HEIGHT - int(y)) for x, y in stroke) for stroke in points)
        if label and writers and strokes:
            records.append(Record(int(label[1]), int(writers[-1]), strokes))
    return records


def _fetch() -> list[Record]:
    """Download UCI's archive and parse its training file."""
    from unlzw3 import unlzw  # only a download needs it

    return parse_unipen(bytes(unlzw(unzip_file(fetch(URL), f"{UNIPEN_FILE}.Z"))))


PENDIGITS = published_strokes(
    title="pen strokes",
    name="pendigits-train.jsonl.gz",
    sha256="564e38188ff4acd45cb62c13a5ddaf6fdb2fe01ce171ab9c8d3b8cfacdbc5ba7",
    fetch=_fetch,
    originals={UNIPEN_FILE: parse_unipen},
)
