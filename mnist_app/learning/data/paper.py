"""Digits written on paper and scanned.

- "numbers" (A. Schroeder and others, https://github.com/kensanata/numbers, MIT): gray scans of single digits,
  read as photos are.
- "Optical Recognition of Handwritten Digits" in its original form (Alpaydin, Kaynak; UCI, CC BY 4.0): 32×32
  bitmaps by 30 people, whose names are not known: all are trained on.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import ByteArray, FloatArray, Photo, Split
from mnist_app.ink.photo import ink_from_photo
from mnist_app.ink.stroke_width import thickened
from mnist_app.learning.data.downloads import fetch, read_npz, unzip, unzip_file, write_npz
from mnist_app.learning.data.published import Published
from mnist_app.learning.data.rendering import rendered

NUMBERS_URL = "https://github.com/kensanata/numbers/archive/HEAD.zip"
OPTDIGITS_URL = "https://archive.ics.uci.edu/static/public/80/optical+recognition+of+handwritten+digits.zip"
OPTDIGITS_FILES = ("optdigits-orig.tra", "optdigits-orig.cv")  # in the archive with .Z behind them
# By a draw with seed 0, before anything was trained.
TEST_WRITERS = ("0003_CH3M", "0014_CH3F")
VALIDATION_WRITERS = ("0008_CH3F", "0013_CH3M")
TRAINING_WRITERS = (
    *("0001_CH4M", "0004_CH4M", "0006_CH4M", "0007_CH3M", "0009_CH4M", "0010_CH3M"),
    *("0012_CH3M", "0015_CH2M", "0016_CH3F", "0020_CH4M", "0021_CH4M"),
)
INK = 0.3  # from here on it is part of a stroke
SMALL = 0.1  # of the largest component's area; anything smaller is dirt
SIDE = 32  # pixels of a bitmap

Pages = Mapping[str, ByteArray]  # gray scans by WRITER/DIGIT/FILE.png


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
    """Load the scans of `numbers` from `path`, else MNIST_APP_DATA, the cache or GitHub. Raises DataError."""
    pages = NUMBERS.load(path)
    writers, labels = zip(*(name.split("/")[:2] for name in pages), strict=True)
    return Scans(tuple(pages.values()), np.array(labels, np.uint8), np.array(writers))


def load_bitmaps(path: Path | str | None = None) -> Split:
    """Load the bitmaps of Optdigits, from the same places, as model inputs. Raises DataError."""
    bitmaps = OPTDIGITS.load(path)
    inks = bitmaps.images.astype(np.float32)
    return rendered(zip(inks, bitmaps.labels.tolist(), strict=True), lambda ink: ink)


def by_writers(scans: Scans) -> tuple[Scans, Scans, Scans]:
    """Split into training, validation and test; no writer is in two of them."""
    training, validation, test = map(scans.written_by, (TRAINING_WRITERS, VALIDATION_WRITERS, TEST_WRITERS))
    return training, validation, test


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
    def ink(page: ByteArray) -> FloatArray:
        cleaned = _without_dirt(ink_of(page))
        return thickened(cleaned) if cleaned.any() else cleaned

    return rendered(zip(scans.pages, scans.labels.tolist(), strict=True), ink)


def _without_dirt(ink: FloatArray) -> FloatArray:
    """Leave out components that are small beside the largest."""
    strokes = (ink >= INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    areas = stats[1:count, cv2.CC_STAT_AREA]
    kept = np.isin(labels, 1 + np.flatnonzero(areas >= SMALL * areas.max(initial=0)))
    near = cv2.dilate(kept.astype(np.uint8), np.ones((3, 3), np.uint8))
    return np.where(near > 0, ink, np.float32(0))


def parse_numbers(content: bytes) -> Pages:
    """Read the scans of this module's writers from a .zip, in the order of their names. Raises DataError."""
    writers = "|".join((*TRAINING_WRITERS, *VALIDATION_WRITERS, *TEST_WRITERS))
    files = unzip(content, rf"(^|/)({writers})/\d/[^/]+\.png$")
    return {"/".join(PurePosixPath(path).parts[-3:]): _gray(files[path]) for path in sorted(files)}


def _gray(png: bytes) -> ByteArray:
    pixels = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_GRAYSCALE) if png else None
    return np.zeros((0, 0), np.uint8) if pixels is None else np.asarray(pixels, np.uint8)


def _digest(pages: Pages) -> str:
    digest = hashlib.sha256()
    for name, pixels in pages.items():
        digest.update(f"{name} {pixels.shape}".encode() + pixels.tobytes())
    return digest.hexdigest()


def _zipped(pages: Pages) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, pixels in pages.items():
            archive.writestr(name, cv2.imencode(".png", pixels)[1].tobytes())
    return content.getvalue()


def parse_bitmaps(text: bytes) -> Split:
    """Return the bitmaps, (N, 32, 32) uint8 with 1 = ink, of one of UCI's text files.

    After some lines about the file, a digit is 32 lines of 32 times 0 or 1, then its label.
    """
    found = re.findall(rf"((?:[01]{{{SIDE}}}\s+){{{SIDE}}})(\d)\b", text.decode("latin-1"))
    rows = "".join(bitmap for bitmap, _ in found).split()
    pixels = np.frombuffer("".join(rows).encode(), np.uint8) - ord("0")
    return Split(pixels.reshape(-1, SIDE, SIDE), np.array([label for _, label in found], np.uint8))


def _fetch_bitmaps() -> Split:
    """Download UCI's archive and parse two of its files."""
    from unlzw3 import unlzw  # only a download needs it

    archive = fetch(OPTDIGITS_URL)
    return Split.joined(parse_bitmaps(bytes(unlzw(unzip_file(archive, f"{n}.Z")))) for n in OPTDIGITS_FILES)


NUMBERS: Published[Pages] = Published(
    title="scans of digits",
    sha256="015588048f81c31a8ffab827c801dc9c1ea9f62acaa4e7f332e37ac4b985275a",
    parsers={"swiss-numbers.zip": parse_numbers},
    digest=_digest,
    encode=_zipped,
    fetch=lambda: parse_numbers(fetch(NUMBERS_URL)),
)
OPTDIGITS: Published[Split] = Published(
    title="bitmaps of digits",
    sha256="b610e6b29321532d5287c71ab58e45ab3fa1f075b5629e9a66427dc5767ac02a",
    parsers={"optdigits-orig.npz": lambda content: Split(*read_npz(content, "x", "y"))},
    digest=lambda bitmaps: bitmaps.digest,
    encode=lambda bitmaps: write_npz(x=bitmaps.images, y=bitmaps.labels),
    fetch=_fetch_bitmaps,
)
