"""Digits as other people might have written them: turned, slanted, stretched, bent, with another pen.

A digit is warped at FINENESS times its resolution and then goes through the same door as every drawing and
photo, so that training images are scaled and centred exactly as the images that are read later.
Elastic bending follows Simard, Steinkraus, Platt, "Best practices for convolutional neural networks" (2003),
with a coarse random grid in place of their blurred noise.
"""

from __future__ import annotations

import cv2
import numpy as np

from mnist_app.domain import ByteArray, FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import SIZE, canonical, from_bytes

FINENESS = 3
FRAME = SIZE + 8  # pixels of the source that the warped frame shows: a turned digit needs more room
TURN = np.radians(12)
SHEAR = 0.2
STRETCH = 0.15
BEND = 0.6  # pixels of the 28, standard deviation of the grid's displacements
GRID = 5
PEN_STEPS = (-2, 4)  # steps of a third of a pixel thinner or thicker
PEN_SHARE = 0.5  # of varied images, whose pen changes as well
SHIFT = 1  # pixels; how far a digit may be from its centre of mass
AS_WRITTEN = 0.25  # of images that are not varied, so that the writers' own digits stay familiar
EDGE = 3.0  # slope of a stroke's edge; with it an unvaried digit keeps its ink: 0.1316 of 1 against 0.1309

_SIDE = FRAME * FINENESS
_AXIS = ((np.arange(_SIDE) + 0.5) / FINENESS - FRAME / 2).astype(np.float32)
_X, _Y = np.meshgrid(_AXIS, _AXIS)
_CENTRE = (SIZE - 1) / 2


def augment(images: ByteArray, rng: np.random.Generator) -> FloatArray:
    """(N, 28, 28) uint8 digits to (N, 28, 28) float32 model inputs, each varied anew."""
    return np.stack([_one(image, rng) for image in images])


def _one(image: ByteArray, rng: np.random.Generator) -> FloatArray:
    if rng.random() < AS_WRITTEN:
        return from_bytes(image)
    try:
        varied = canonical(_varied(image, rng))
    except NoDigitError:  # the widest pens turn the boldest digits to blots
        return from_bytes(image)
    return np.roll(varied, tuple(rng.integers(-SHIFT, SHIFT + 1, 2).tolist()), axis=(0, 1))


def _varied(image: ByteArray, rng: np.random.Generator) -> FloatArray:
    ink = _warped(from_bytes(image), _random_matrix(rng), _random_bend(rng))
    if rng.random() < PEN_SHARE:
        ink = _with_pen(ink, int(rng.integers(PEN_STEPS[0], PEN_STEPS[1] + 1)))
    return ink


def _random_matrix(rng: np.random.Generator) -> FloatArray:
    turn, shear, stretch = rng.uniform(-1, 1, 3) * (TURN, SHEAR, STRETCH)
    c, s = np.cos(turn), np.sin(turn)
    matrix = np.array([[c, -s], [s, c]]) @ np.array([[1, shear], [0, 1]])
    return (matrix @ np.diag([1 + stretch, 1 - stretch])).astype(np.float32)


def _random_bend(rng: np.random.Generator) -> FloatArray:
    """(_SIDE, _SIDE, 2) smooth displacements in pixels of the 28."""
    grid = rng.normal(0, BEND, (GRID, GRID, 2)).astype(np.float32)
    return np.asarray(cv2.resize(grid, (_SIDE, _SIDE), interpolation=cv2.INTER_CUBIC))


def _warped(ink: FloatArray, matrix: FloatArray, bend: FloatArray) -> FloatArray:
    """(28, 28) ink seen through a linear map and a displacement, (_SIDE, _SIDE)."""
    x = matrix[0, 0] * _X + matrix[0, 1] * _Y + bend[..., 0] + _CENTRE
    y = matrix[1, 0] * _X + matrix[1, 1] * _Y + bend[..., 1] + _CENTRE
    warped = np.asarray(cv2.remap(ink, x, y, cv2.INTER_CUBIC), np.float32)
    return ((warped - 0.5) * EDGE + 0.5).clip(0, 1)


def _with_pen(ink: FloatArray, steps: int) -> FloatArray:
    """Thinner (negative) or thicker strokes; a pen so thin that strokes would vanish is not used."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (abs(steps) + 1, abs(steps) + 1))
    other = np.asarray(cv2.dilate(ink, kernel) if steps > 0 else cv2.erode(ink, kernel), np.float32)
    return other if other.any() else ink
