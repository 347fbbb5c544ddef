"""Digits written on paper and scanned.

- "numbers" (A. Schroeder and others, https://github.com/kensanata/numbers, MIT): gray scans of single digits,
  read as photos are.
- "Optical Recognition of Handwritten Digits" in its original form (Alpaydin, Kaynak; UCI, CC BY 4.0): 32×32
  bitmaps by 30 people, whose names are not known: all are trained on.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from mnist_app.domain import ByteArray, FloatArray, Photo, Split
from mnist_app.errors import DataError, NoDigitError
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.photo import ink_from_photo
from mnist_app.ink.stroke_width import thickened
from mnist_app.runs.folders import cache_dir

NUMBERS_FILE = "swiss-numbers.zip"
OPTDIGITS_FILE = "optdigits-orig.npz"
# By a draw with seed 0, before anything was trained.
TEST_WRITERS = ("0003_CH3M", "0014_CH3F")
VALIDATION_WRITERS = ("0008_CH3F", "0013_CH3M")
INK = 0.3  # from here on it is part of a stroke
SMALL = 0.1  # of the largest component's area; anything smaller is dirt


NUMBERS_SHA256 = "015588048f81c31a8ffab827c801dc9c1ea9f62acaa4e7f332e37ac4b985275a"
OPTDIGITS_SHA256 = "b610e6b29321532d5287c71ab58e45ab3fa1f075b5629e9a66427dc5767ac02a"


@dataclass(frozen=True)
class Scans:
    """Gray scans of single digits, (H, W) uint8 each, with (N,) labels 0-9 and names of their writers."""

    pages: tuple[ByteArray, ...]
    labels: ByteArray
    writers: npt.NDArray[Any]

    def written_by(self, writers: Iterable[str]) -> Scans:
        """Return the scans of some writers."""
        mask = np.isin(self.writers, list(writers))
        pages = tuple(self.pages[k] for k in np.flatnonzero(mask))
        return Scans(pages, self.labels[mask], self.writers[mask])


def load_scans(path: Path | str | None = None) -> Scans:
    """Load the scans of `numbers` from `path`, else MNIST_APP_DATA or the local cache. Raises DataError."""
    content = _content(NUMBERS_FILE, path)
    digest = hashlib.sha256()
    pages, labels, writers = [], [], []
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in sorted(name for name in archive.namelist() if name.endswith(".png")):
            pixels = np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("L"))
            digest.update(f"{name} {pixels.shape}".encode() + pixels.tobytes())
            writer, label, _ = PurePosixPath(name).parts[-3:]
            pages.append(pixels)
            labels.append(int(label))
            writers.append(writer)
    _check(NUMBERS_FILE, digest.hexdigest(), NUMBERS_SHA256)
    return Scans(tuple(pages), np.array(labels, np.uint8), np.array(writers))


def load_bitmaps(path: Path | str | None = None) -> Split:
    """Load the bitmaps of Optdigits as model inputs. Raises DataError."""
    with np.load(io.BytesIO(_content(OPTDIGITS_FILE, path))) as arrays:
        bitmaps, labels = arrays["x"], arrays["y"].astype(np.uint8)
    digest = hashlib.sha256(bitmaps.tobytes() + labels.tobytes()).hexdigest()
    _check(OPTDIGITS_FILE, digest, OPTDIGITS_SHA256)
    return Split(np.stack([to_bytes(canonical(image.astype(np.float32))) for image in bitmaps]), labels)


def by_writers(scans: Scans) -> tuple[Scans, Scans, Scans]:
    """Split into training, validation and test; no writer is in two of them."""
    held_out = (*VALIDATION_WRITERS, *TEST_WRITERS)
    training = scans.written_by(set(scans.writers.tolist()) - set(held_out))
    return training, scans.written_by(VALIDATION_WRITERS), scans.written_by(TEST_WRITERS)


def render_as_photos(scans: Scans) -> Split:
    """Render each scan as the reader does: its ink is found as in a photo."""
    return _rendered(scans, lambda page: ink_from_photo(Photo(np.dstack([page] * 3), 1.0), light=False).ink)


def render_as_ink(scans: Scans) -> Split:
    """Render each scan by its darkness alone."""
    return _rendered(scans, _darkness)


def _darkness(page: ByteArray) -> FloatArray:
    darkness = int(page.max()) - page.astype(np.float32)
    return darkness / max(1.0, float(darkness.max()))


def _rendered(scans: Scans, ink_of: Callable[[ByteArray], FloatArray]) -> Split:
    images, labels = [], []
    for page, label in zip(scans.pages, scans.labels, strict=True):
        try:
            images.append(to_bytes(canonical(thickened(_without_dirt(ink_of(page))))))
            labels.append(label)
        except NoDigitError:  # an empty scan
            continue
    return Split(np.stack(images), np.array(labels, np.uint8))


def _without_dirt(ink: FloatArray) -> FloatArray:
    """Leave out components that are small beside the largest."""
    strokes = (ink >= INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    areas = stats[1:count, cv2.CC_STAT_AREA]
    kept = np.isin(labels, 1 + np.flatnonzero(areas >= SMALL * areas.max(initial=0)))
    near = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where(near > 0, ink, np.float32(0))


def _content(name: str, path: Path | str | None) -> bytes:
    """Return a file's content from where it was named, or from the cache."""
    named = path if path is not None else os.environ.get("MNIST_APP_DATA")
    places = [Path(named), Path(named) / name] if named else []
    for file in [*places, cache_dir() / name]:
        if file.name == name and file.is_file():
            return file.read_bytes()
    raise DataError(f"{name} is not here. Put it in a folder and name it with MNIST_APP_DATA.")


def _check(name: str, found: str, published: str) -> None:
    if found != published:
        raise DataError(f"{name}: not the published scans: their SHA-256 starts with {found[:12]}.")
