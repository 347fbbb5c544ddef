"""The one door to the model: the ink of one digit becomes 28×28 by MNIST's own protocol.

The protocol (LeCun, Cortes, Burges, "The MNIST database of handwritten digits"): scale the digit to fit
a 20×20 box, keeping its proportions and anti-aliasing it, then place it in 28×28 by its centre of mass.
"""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np

from mnist_app.domain import ByteArray, FloatArray
from mnist_app.errors import NoDigitError

SIZE = 28  # pixels a side of the model's input
BOX = 20  # pixels of the digit's longer side, true of 99.98 % of MNIST's training images
MASS_CENTRE = 14.0  # pixel index; the mean over MNIST train is (13.996, 14.007)
MAX_FILLED = 0.9  # of the box; MNIST's inkiest digit of 70,000 covers 0.78
LEVELS = 255  # MNIST stores 8 bits; ours has the same steps, so a PNG of it is exact

BLANK: FloatArray = np.zeros((SIZE, SIZE), np.float32)  # stands for ink that makes no picture

Ink = TypeVar("Ink", FloatArray, ByteArray)


def canonical(ink: FloatArray) -> FloatArray:
    """Return the model's (28, 28) float32 input of one digit's ink, (H, W) float 0..1 with 1 = ink.

    Position and size in the frame don't matter, only the inside of the ink's bounding box. Raises
    NoDigitError if there is no ink at all, or so much that the box is filled.
    """
    digit = fitted(ink)
    if digit.sum() > MAX_FILLED * BOX**2:
        raise NoDigitError("The ink fills the frame, so there is no digit to see. Clear it and write one.")
    height, width = digit.shape
    top, left = _offset(digit.sum(axis=1)), _offset(digit.sum(axis=0))
    image = np.zeros((SIZE, SIZE), np.float32)
    image[top : top + height, left : left + width] = digit
    return from_bytes(to_bytes(image.clip(0, 1)))


def fitted(ink: FloatArray) -> FloatArray:
    """Return the inside of the ink's bounding box, scaled so that its longer side is BOX.

    Raises NoDigitError if there is no ink.
    """
    if not ink.any():
        raise NoDigitError("There is no ink here. Draw a digit, then try again.")
    return _fit(cropped(ink))


def cropped(ink: Ink) -> Ink:
    """Return the inside of the bounding box of (H, W) ink; there must be some."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def from_bytes(image: ByteArray) -> FloatArray:
    """Return MNIST's own images, (..., 28, 28) uint8, as model inputs: they have been through the door."""
    return (image / LEVELS).astype(np.float32)


def to_bytes(image: FloatArray) -> ByteArray:
    """Return a model input as MNIST stores it and as pictures show it: uint8, 255 = ink, nothing lost."""
    return np.rint(image * LEVELS).astype(np.uint8)


def _fit(ink: FloatArray) -> FloatArray:
    """Scale ink so that its longer side is BOX; ink of that size stays as it is."""
    height, width = ink.shape
    scale = BOX / max(height, width)
    if scale == 1:
        return ink
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    # AREA: linear sampling drops thin strokes at 10× reduction; it is no good for enlarging.
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(ink, np.float32), size, interpolation=method))


def _offset(mass: FloatArray) -> int:
    """Return the offset, in whole pixels as in MNIST, that puts a profile's centre of mass at MASS_CENTRE.

    No ink leaves the frame.
    """
    centre = float((mass * np.arange(mass.size)).sum() / mass.sum())
    return int(np.clip(np.floor(MASS_CENTRE - centre + 0.5), 0, SIZE - mass.size))
