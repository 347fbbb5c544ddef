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
from collections.abc import Iterator
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
    files = [Path(named), Path(named) / LINES_FILE, Path(named) / UNIPEN_FILE] if named else []
    cached = cache_dir() / UNIPEN_FILE
    for file in files if path is not None else [*files, cached]:
        if file.is_file() and file.suffix != ".npz":  # MNIST is named by the same variable
            return _parse(read_uncompressed(file, MAX_BYTES), file)
    if path is not None:
        raise DataError(f"{path} holds neither {LINES_FILE} nor {UNIPEN_FILE}.")
    content = _download()
    strokes = _parse(content, URL)
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
    images = [
        _image(_varied(drawing, rng), int(rng.integers(PENS[0], PENS[1] + 1)))
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


def _parse(content: bytes, source: object) -> PenStrokes:
    """Read the published lines, or UCI's file. Raises DataError, naming the source, if it is neither."""
    digest = hashlib.sha256(content).hexdigest()
    if digest == LINES_SHA256:
        records = [json.loads(line) for line in content.splitlines()]
    elif digest == UNIPEN_SHA256:
        records = list(parse_unipen(content.decode("latin-1")))
    else:
        raise DataError(f"{source}: not the published pen strokes: its SHA-256 starts with {digest[:12]}.")
    return PenStrokes(
        drawings=tuple(parse_drawing({"strokes": record["strokes"]}) for record in records),
        labels=np.array([record["label"] for record in records], np.uint8),
        writers=np.array([record["writer"] for record in records], np.uint8),
    )


def parse_unipen(text: str) -> Iterator[dict[str, Any]]:
    """Yield the digits of UCI's UNIPEN text: {"label", "writer", "strokes"} each, y pointing down.

    A digit begins with `.SEGMENT DIGIT … "8"`, its `.COMMENT` has the writer as third word, and points are
    listed between `.PEN_DOWN` and `.PEN_UP`.
    """
    for segment in re.split(r"^\s*\.SEGMENT\b", text, flags=re.MULTILINE)[1:]:
        label = segment.strip().splitlines()[0].split()[-1].strip('"')
        writers = re.findall(r"^\s*\.COMMENT\s+\S+\s+(\d+)", segment, re.MULTILINE)
        down = [part.partition(".PEN_UP")[0] for part in segment.split(".PEN_DOWN")[1:]]
        points = [re.findall(r"^\s*(-?\d+)\s+(-?\d+)", stroke, re.MULTILINE) for stroke in down]
        strokes = [[[int(x), HEIGHT - int(y)] for x, y in stroke] for stroke in points]
        if strokes:
            yield {"label": int(label), "writer": int(writers[-1]), "strokes": strokes}


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
