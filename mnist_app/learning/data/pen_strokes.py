"""Pen strokes of 30 writers, verified and split by writer, and their images.

The data set is UCI's "Pen-Based Recognition of Handwritten Digits" (Alpaydin, Alimoglu, 1996; CC BY 4.0), its
original training file with the raw strokes, before it was reduced to eight points a digit.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mnist_app.domain import ByteArray, Drawing, FloatArray, Split
from mnist_app.errors import DataError
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.drawing import ink_from_drawing, parse_drawing
from mnist_app.learning.data.downloads import ask_for_download, read_uncompressed, save
from mnist_app.runs.folders import cache_dir

URL = "https://archive.ics.uci.edu/static/public/81/pen+based+recognition+of+handwritten+digits.zip"
LINES_FILE = "pendigits-train.jsonl.gz"  # {"label": 8, "writer": 12, "strokes": [[[x, y], ...], ...]} a line
UNIPEN_FILE = "pendigits-orig.tra"  # as UCI publishes it, in the archive with .Z behind it
LINES_SHA256 = "564e38188ff4acd45cb62c13a5ddaf6fdb2fe01ce171ab9c8d3b8cfacdbc5ba7"
UNIPEN_SHA256 = "a66225d68d7d68591e62944df1ad33b3f5aa608e2df2505844b41f5568a80da4"
HEIGHT = 500  # tablet units; UNIPEN's y points up, ours down
TIMEOUT = 60  # seconds
MAX_BYTES = 64 * 2**20  # bytes, of any of the files

# By a draw of their numbers with seed 0, before anything was trained.
TEST_WRITERS = (3, 11, 12, 22, 27)
VALIDATION_WRITERS = (5, 17, 29)

PENS = (10, 32)  # of INK_SIDE's 160 pixels: from a fineliner to a marker; MNIST's pencil is 20
WOBBLE = 0.03  # of the digit's size, standard deviation of how far a stroke is from where it was written
OVERSHOOT = 0.08  # of the digit's size, the most that a stroke's end goes too far or falls short


@dataclass(frozen=True)
class PenStrokes:
    """Labelled drawings by known people: N drawings, (N,) uint8 labels 0-9 and (N,) uint8 writers."""

    drawings: tuple[Drawing, ...]
    labels: ByteArray
    writers: ByteArray

    def chosen(self, mask: np.ndarray) -> PenStrokes:
        """Return the drawings for which the (N,) mask is true."""
        drawings = tuple(self.drawings[k] for k in np.flatnonzero(mask))
        return PenStrokes(drawings, self.labels[mask], self.writers[mask])


def load_pen_strokes(path: Path | str | None = None) -> PenStrokes:
    """Load the drawings from `path`, else MNIST_APP_DATA, the local cache or UCI.

    `path` and MNIST_APP_DATA name `pendigits-train.jsonl.gz`, UCI's `pendigits-orig.tra`, or a folder with
    one of them. Raises DataError, at once if a file that was named is not the published one.
    """
    named = path if path is not None else os.environ.get("MNIST_APP_DATA")
    for place in [Path(named)] if named else []:
        files = [place] if place.is_file() else [place / LINES_FILE, place / UNIPEN_FILE]
        for file in files:
            if file.is_file() and file.suffix != ".npz":
                return _read(file)
    if path is not None:
        raise DataError(f"{path} holds neither {LINES_FILE} nor {UNIPEN_FILE}.")
    cached = cache_dir() / UNIPEN_FILE
    if cached.is_file():
        return _read(cached)
    content = _download()
    strokes = _from_unipen(content, URL)
    save(content, cached)
    return strokes


def by_writers(strokes: PenStrokes) -> tuple[PenStrokes, PenStrokes, PenStrokes]:
    """Split into training, validation and test; no writer is in two of them."""
    validation, test = np.isin(strokes.writers, VALIDATION_WRITERS), np.isin(strokes.writers, TEST_WRITERS)
    return strokes.chosen(~(validation | test)), strokes.chosen(validation), strokes.chosen(test)


def render(strokes: PenStrokes) -> Split:
    """Render each drawing to one image, as the reader does."""
    return Split(np.stack([_image(drawing) for drawing in strokes.drawings]), strokes.labels)


def render_varied(strokes: PenStrokes, times: int, rng: np.random.Generator) -> Split:
    """Render each drawing `times` over, with other pens, strokes that wobble, and ends too long or short."""
    low, high = PENS
    images = [
        _image(_varied(drawing, rng), int(rng.integers(low, high + 1)))
        for drawing in strokes.drawings
        for _ in range(times)
    ]
    return Split(np.stack(images), np.repeat(strokes.labels, times))


def _image(drawing: Drawing, *pen: int) -> ByteArray:
    return to_bytes(canonical(ink_from_drawing(drawing, *pen)))


def _varied(drawing: Drawing, rng: np.random.Generator) -> Drawing:
    """Change both ends of every stroke, then move each stroke as a whole."""
    side = float(np.ptp(np.concatenate(drawing.strokes), axis=0).max())
    moved = [_with_end(_with_end(s, side, rng)[::-1], side, rng)[::-1] for s in drawing.strokes]
    return Drawing(tuple(s + rng.normal(0, WOBBLE * side, 2).astype(np.float32) for s in moved))


def _with_end(stroke: FloatArray, side: float, rng: np.random.Generator) -> FloatArray:
    """Let a stroke, (n, 2), go on a little at its end, or cut its last points off."""
    length = rng.uniform(-OVERSHOOT, OVERSHOOT) * side
    steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    if length < 0 and steps.sum() > 4 * -length:
        kept = steps.sum() - np.cumsum(np.append(0, steps)) > -length
        return stroke[kept]
    if length > 0 and len(stroke) > 3 and (way := stroke[-1] - stroke[-4]).any():
        return np.vstack([stroke, stroke[-1] + way / np.linalg.norm(way) * length]).astype(np.float32)
    return stroke


def _read(file: Path) -> PenStrokes:
    content = read_uncompressed(file, MAX_BYTES)
    if file.suffix != ".gz":
        return _from_unipen(content, file)
    lines = _verified(content, LINES_SHA256, file).splitlines()
    return _from_records(json.loads(line) for line in lines)


def _verified(content: bytes, expected: str, source: object) -> bytes:
    digest = hashlib.sha256(content).hexdigest()
    if digest != expected:
        raise DataError(f"{source}: not the published pen strokes: its SHA-256 starts with {digest[:12]}.")
    return content


def _from_unipen(content: bytes, source: object) -> PenStrokes:
    return _from_records(parse_unipen(_verified(content, UNIPEN_SHA256, source).decode("latin-1")))


def _from_records(records: Iterable[dict[str, Any]]) -> PenStrokes:
    rows = list(records)
    return PenStrokes(
        drawings=tuple(parse_drawing({"strokes": row["strokes"]}) for row in rows),
        labels=np.array([row["label"] for row in rows], np.uint8),
        writers=np.array([row["writer"] for row in rows], np.uint8),
    )


def parse_unipen(text: str) -> Iterator[dict[str, Any]]:
    """Yield the digits of UCI's UNIPEN text: {"label", "writer", "strokes"} each, y pointing down.

    A digit begins with `.SEGMENT DIGIT … "8"`, its `.COMMENT` has the writer as third field, and points are
    listed between `.PEN_DOWN` and `.PEN_UP`.
    """
    for segment in re.split(r"^\s*\.SEGMENT\b", text, flags=re.MULTILINE)[1:]:
        heading, *lines = [line.split() for line in segment.splitlines() if line.strip()]
        writers = [int(words[2]) for words in lines if words[0] == ".COMMENT"]
        strokes = _parse_strokes(lines)
        if strokes:
            label = int(heading[-1].strip('"'))
            yield {"label": label, "writer": writers[-1] if writers else None, "strokes": strokes}


def _parse_strokes(lines: list[list[str]]) -> list[list[list[int]]]:
    """Return the points of each stroke from the words of a digit's lines."""
    strokes: list[list[list[int]]] = []
    is_down = False
    for words in lines:
        if words[0] == ".PEN_DOWN":
            strokes.append([])
            is_down = True
        elif words[0] == ".PEN_UP":
            is_down = False
        elif is_down and not words[0].startswith("."):
            strokes[-1].append([int(words[0]), HEIGHT - int(words[1])])
    return strokes


def _download() -> bytes:
    """Download UCI's archive and unpack its training file, not yet verified."""
    from unlzw3 import unlzw  # only a download needs it

    remedy = f"Put {LINES_FILE} or {UNIPEN_FILE} in a folder and name it with MNIST_APP_DATA."
    try:
        ask_for_download()
        with urllib.request.urlopen(URL, timeout=TIMEOUT) as response:
            archive = zipfile.ZipFile(io.BytesIO(response.read(MAX_BYTES)))
        return bytes(unlzw(archive.read(f"{UNIPEN_FILE}.Z")))
    except (urllib.error.URLError, OSError, zipfile.BadZipFile, KeyError, ValueError, DataError) as error:
        raise DataError(f"The pen strokes could not be had from {URL} ({error}). {remedy}") from None
