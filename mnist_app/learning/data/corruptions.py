"""Corruptions: images spoilt in one way each, after Mu and Gilmer's "MNIST-C" (2019).

The model's own 28×28 input is spoilt, not the page before it: the way from page to input would undo a shift
or a scale.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from mnist_app.domain import ByteArray, FloatArray
from mnist_app.ink.canonical import SIZE, from_bytes, to_bytes

Change = Callable[[FloatArray, np.random.Generator], FloatArray]
_CENTRE = (SIZE - 1) / 2
_DISC = cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3))


def corrupt(images: ByteArray, kind: str, seed: int = 0) -> ByteArray:
    """Corrupt each of (N, 28, 28) uint8 images in the way that KINDS names. Raises KeyError for another."""
    rng = np.random.default_rng(seed)
    change = KINDS[kind]
    return np.stack([to_bytes(change(from_bytes(image), rng).clip(0, 1)) for image in images])


def moved(turn: float = 0.0, scale: float = 1.0, shear: float = 0.0) -> Change:
    """Rotate (degrees) and shear to a random side, and scale, around the middle."""

    def change(image: FloatArray, rng: np.random.Generator) -> FloatArray:
        side = rng.choice((-1, 1))
        matrix = cv2.getRotationMatrix2D((_CENTRE, _CENTRE), turn * side, scale)
        matrix[0] += np.array([0, shear * side, -shear * side * _CENTRE])
        return np.asarray(cv2.warpAffine(image, matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR))

    return change


def shifted(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Shift by two pixels along both axes; the rim comes in again on the other side."""
    return np.roll(image, tuple(rng.choice((-2, 2), 2).tolist()), axis=(0, 1))


def specked(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Set 6 % of the pixels to paper or full ink."""
    return np.where(rng.random(image.shape) < 0.06, rng.integers(0, 2, image.shape), image).astype(np.float32)


def striped(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Lay lines of paper over it, half as dark as ink."""
    changed = image.copy()
    rows = changed[rng.integers(0, 7) :: 7]
    rows[...] = rows.clip(min=0.5)
    return changed


def occluded(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Hide a square of 6 pixels near the middle."""
    hidden = image.copy()
    top, left = rng.integers(6, 17, 2)
    hidden[top : top + 6, left : left + 6] = 0
    return hidden


def unevenly_lit(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Turn the paper grey on one side."""
    slope = np.linspace(0, 0.4, SIZE, dtype=np.float32)
    return np.maximum(image, slope[:: rng.choice((-1, 1))])


def compressed(image: FloatArray, _rng: np.random.Generator) -> FloatArray:
    """Compress as JPEG of quality 15."""
    _, coded = cv2.imencode(".jpg", to_bytes(image), [cv2.IMWRITE_JPEG_QUALITY, 15])
    return from_bytes(np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8))


KINDS: dict[str, Change] = {
    "noise": lambda image, rng: np.asarray(image + rng.normal(0, 0.2, image.shape), np.float32),
    "specks": specked,
    "blur": lambda image, _: np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2)),
    "JPEG": compressed,
    "faint ink": lambda image, _: image * np.float32(0.4),
    "uneven light": unevenly_lit,
    "turned 25°": moved(turn=25),
    "scaled to 75 %": moved(scale=0.75),
    "scaled to 120 %": moved(scale=1.2),
    "sheared": moved(shear=0.4),
    "shifted 2 pixels": shifted,
    "stripes": striped,
    "occlusion": occluded,
    "thin strokes": lambda image, _: np.asarray(cv2.erode(image, _DISC)),
    "thick strokes": lambda image, _: np.asarray(cv2.dilate(image, _DISC)),
}
