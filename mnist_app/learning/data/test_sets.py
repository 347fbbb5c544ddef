"""What a run is scored on once: MNIST, people and fonts never trained on, and what is no digit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np

from mnist_app.domain import ByteArray, Split
from mnist_app.errors import DataError
from mnist_app.ink.canonical import canonical, cropped, from_bytes, to_bytes
from mnist_app.learning.data import corruptions, pen_strokes
from mnist_app.learning.data.non_digits import NOT_A_DIGIT
from mnist_app.learning.data.sources import font_digits, nondigit_images

MNIST = "MNIST test"
PEN = "pen strokes"
FONTS = "handwriting fonts"
LOW = "16×16 pixels"
CORRUPTED = "MNIST, "
NOT_DIGITS = "no digit: "
USPS_SIDE = 16  # pixels of a digit in the US Postal Service's set
_SEED = 3_000


Maker = Callable[[], Iterator[tuple[str, Split]]]  # makes test sets by name; raises DataError


def load_test_sets(mnist: Split, path: Path | str | None = None) -> tuple[dict[str, Split], list[str]]:
    """Every test set that can be had, by name, and why others can't. `mnist` is MNIST's test split."""
    sets: dict[str, Split] = {}
    missing = []
    for name, make in makers(mnist, path).items():
        try:
            sets.update(make())
        except DataError as error:
            missing.append(f"{name.strip(' ,:')}: {error}")
    return sets, missing


def makers(mnist: Split, path: Path | str | None = None) -> dict[str, Maker]:
    """What makes each kind of test set, by what their names begin with."""
    return {
        MNIST: lambda: iter([(MNIST, mnist)]),
        PEN: lambda: iter([(PEN, _pen(path))]),
        FONTS: lambda: iter([(FONTS, font_digits("test"))]),
        LOW: lambda: iter([(LOW, low_resolution(mnist))]),
        CORRUPTED: lambda: _corrupted(mnist),
        NOT_DIGITS: lambda: _not_digits(mnist),
    }


def low_resolution(mnist: Split) -> Split:
    """Digits as the US Postal Service's set has them, 16×16 pixels, then through the door as any photo."""
    images = [to_bytes(canonical(from_bytes(_reduced(cropped(image))))) for image in mnist.images]
    return Split(np.stack(images), mnist.labels)


def _reduced(digit: ByteArray) -> ByteArray:
    """Its longer side USPS_SIDE pixels."""
    height, width = digit.shape
    scale = USPS_SIDE / max(height, width)
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(digit, size, interpolation=cv2.INTER_AREA))


def _pen(path: Path | str | None) -> Split:
    return pen_strokes.as_read(pen_strokes.by_writers(pen_strokes.load_pen_strokes(path))[2])


def _corrupted(mnist: Split) -> Iterator[tuple[str, Split]]:
    for kind in corruptions.KINDS:
        yield f"{CORRUPTED}{kind}", Split(corruptions.corrupt(mnist.images, kind), mnist.labels)


def _not_digits(mnist: Split) -> Iterator[tuple[str, Split]]:
    images: Mapping[str, ByteArray] = nondigit_images("test", mnist, 0.1, np.random.default_rng(_SEED))
    for kind, some in images.items():
        yield f"{NOT_DIGITS}{kind}", Split(some, np.full(len(some), NOT_A_DIGIT, np.uint8))
