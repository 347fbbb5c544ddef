"""What happens to pictures: images spoilt in one way each, after Mu and Gilmer's "MNIST-C" (2019).

The model's own 28×28 input is spoilt, not what comes before it: the door would undo a shift or a scale.
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
    """(N, 28, 28) uint8 images, each spoilt in the way that KINDS names. Raises KeyError for another."""
    rng = np.random.default_rng(seed)
    change = KINDS[kind]
    return np.stack([to_bytes(change(from_bytes(image), rng).clip(0, 1)) for image in images])


def _moved(turn: float = 0.0, scale: float = 1.0, shear: float = 0.0) -> Change:
    """Turned (degrees) and sheared to either side, and scaled, around the middle."""

    def change(image: FloatArray, rng: np.random.Generator) -> FloatArray:
        side = rng.choice((-1, 1))
        matrix = cv2.getRotationMatrix2D((_CENTRE, _CENTRE), turn * side, scale)
        matrix[0] += np.array([0, shear * side, -shear * side * _CENTRE])
        return np.asarray(cv2.warpAffine(image, matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR))

    return change


def _shifted(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    return np.roll(image, tuple(rng.choice((-2, 2), 2).tolist()), axis=(0, 1))


def _noisy(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    return np.asarray(image + rng.normal(0, 0.2, image.shape), np.float32)


def _specked(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    return np.where(rng.random(image.shape) < 0.06, rng.integers(0, 2, image.shape), image).astype(np.float32)


def _striped(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Lines of paper, half as dark as ink."""
    striped = image.copy()
    rows = slice(int(rng.integers(0, 7)), None, 7)
    striped[rows] = np.maximum(striped[rows], 0.5)
    return striped


def _occluded(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A square of 6 pixels without ink, where the digit is."""
    hidden = image.copy()
    top, left = rng.integers(6, 17, 2)
    hidden[top : top + 6, left : left + 6] = 0
    return hidden


def _lit(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Paper that is grey on one side."""
    slope = np.linspace(0, 0.4, SIZE, dtype=np.float32)
    return np.maximum(image, slope[:: rng.choice((-1, 1))])


def _jpeg(image: FloatArray, rng: np.random.Generator) -> FloatArray:  # noqa: ARG001 (all kinds take one)
    _, coded = cv2.imencode(".jpg", to_bytes(image), [cv2.IMWRITE_JPEG_QUALITY, 15])
    return from_bytes(np.asarray(cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE), np.uint8))


KINDS: dict[str, Change] = {
    "noise": _noisy,
    "specks": _specked,
    "blur": lambda image, _: np.asarray(cv2.GaussianBlur(image, (0, 0), 1.2)),
    "JPEG": _jpeg,
    "faint ink": lambda image, _: image * np.float32(0.4),
    "uneven light": _lit,
    "turned 25°": _moved(turn=25),
    "scaled to 75 %": _moved(scale=0.75),
    "scaled to 120 %": _moved(scale=1.2),
    "sheared": _moved(shear=0.4),
    "shifted 2 pixels": _shifted,
    "stripes": _striped,
    "occlusion": _occluded,
    "thin strokes": lambda image, _: np.asarray(cv2.erode(image, _DISC)),
    "thick strokes": lambda image, _: np.asarray(cv2.dilate(image, _DISC)),
}
