"""Augmentation: digits rotated, slanted, bent, written with another pen, photographed out of focus.

A batch is warped at FINENESS times its resolution, all images in one sheet so that each step is one call for
all of them, and then goes through `canonical` like every drawing and photo: training images are scaled and
centred exactly as the images that are read later. Elastic bending follows Simard, Steinkraus, Platt, "Best
practices for convolutional neural networks" (2003), with a coarse random grid for their blurred noise.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np

from mnist_app.domain import ByteArray, FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import SIZE, canonical, from_bytes

FINENESS = 2
FRAME = SIZE + 8  # pixels of the source that the warped frame shows: a turned digit needs more room
TURN = np.radians(15)
SHEAR = 0.25
STRETCH = 0.15
BEND = 0.6  # pixels of the 28, standard deviation of the grid's displacements
GRID = 5
PEN = 0.3  # of ink, the range of the level at which a stroke ends: strokes a little thinner or thicker
NIBS = (0, 0, 0, 1, 2)  # half pixels that a stroke grows by; the ink keeps its level, so this is a bolder pen
GAP_SHARE, GAP = 0.1, (0.8, 1.6)  # of varied images, and radius in pixels: the pen skipped
BLUR_SHARE, BLUR = 0.2, (0.4, 0.9)  # of varied images, and standard deviation in pixels: out of focus
FAINT_SHARE, FAINT = 0.2, 0.6  # of varied images, and the least full ink: pencil and poor light
SHIFT = 1  # pixels; how far a digit may be from its centre of mass
# Of varied images, those that are not centred again, as in most published recipes, their shift in pixels each
# way, and their size over the usual one.
LOOSE_SHARE, LOOSE_SHIFT, LOOSE_SCALE = 0.3, 3.0, (0.85, 1.15)
AS_WRITTEN = 0.25  # of images that are not varied, so that the writers' own digits stay familiar
EDGE = 3.0  # slope of a stroke's edge; with it an unvaried digit keeps its ink
SHEET = 256  # images in one sheet; OpenCV's maps end at 32,767 pixels

_SIDE = FRAME * FINENESS
_PADDED = SIZE + 4  # paper around each image of a sheet, so that cubic sampling never sees its neighbour
_AXIS = ((np.arange(_SIDE) + 0.5) / FINENESS - FRAME / 2).astype(np.float32)
_CENTRE = (_PADDED - 1) / 2
# (_SIDE, GRID): a smooth curve through GRID values, as a matrix.
_SMOOTH = cv2.resize(np.eye(GRID, dtype=np.float32), (GRID, _SIDE), interpolation=cv2.INTER_CUBIC)


def augment(images: ByteArray, rng: np.random.Generator) -> FloatArray:
    """Turn (N, 28, 28) uint8 digits into (N, 28, 28) float32 model inputs, each varied anew."""
    inputs = from_bytes(images)
    varied = np.flatnonzero(rng.random(len(images)) >= AS_WRITTEN)
    for start in range(0, len(varied), SHEET):
        chosen = varied[start : start + SHEET]
        fine = _photographed(_written(_warped(inputs[chosen], rng), rng), rng)
        for i, ink in zip(chosen, fine, strict=True):
            try:
                inputs[i] = _moved(canonical(ink), rng)
            except NoDigitError:  # the widest pens turn the boldest digits to blots: those stay as written
                continue
    return inputs


def _warped(ink: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Warp (n, 28, 28) ink by a random linear map and a random bend each: (n, _SIDE, _SIDE)."""
    n = len(ink)
    a, b, c, d = _matrices(n, rng).reshape(n, 4, 1, 1).transpose(1, 0, 2, 3)
    bend = rng.normal(0, BEND, (2, n, GRID, GRID)).astype(np.float32)
    across, down = _SMOOTH @ bend @ _SMOOTH.T
    x = np.clip(across + (a * _AXIS + b * _AXIS[:, None] + _CENTRE), 0, _PADDED - 1)
    y = np.clip(down + (c * _AXIS + d * _AXIS[:, None] + _CENTRE), 0, _PADDED - 1)
    y += (np.arange(n, dtype=np.float32) * _PADDED)[:, None, None]
    margin = (_PADDED - SIZE) // 2
    sheet = np.pad(ink, ((0, 0), (margin, margin), (margin, margin))).reshape(n * _PADDED, _PADDED)
    maps = x.reshape(n * _SIDE, _SIDE), y.reshape(n * _SIDE, _SIDE)
    return np.asarray(cv2.remap(sheet, *maps, cv2.INTER_CUBIC), np.float32).reshape(n, _SIDE, _SIDE)


def _matrices(n: int, rng: np.random.Generator) -> FloatArray:
    """Draw (n, 2, 2) random maps: rotation · shear · stretch."""
    turn, shear, stretch = rng.uniform(-1, 1, (3, n)) * np.array([[TURN], [SHEAR], [STRETCH]])
    c, s, one, zero = np.cos(turn), np.sin(turn), np.ones(n), np.zeros(n)
    turns = np.array([[c, -s], [s, c]]).transpose(2, 0, 1)
    shears = np.array([[one, shear], [zero, one]]).transpose(2, 0, 1)
    stretches = np.array([[1 + stretch, zero], [zero, 1 - stretch]]).transpose(2, 0, 1)
    return np.asarray(turns @ shears @ stretches, np.float32)


def _written(ink: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Change the pen: strokes end at another level of ink, with a wider nib, and a gap where it skipped."""
    level = rng.uniform(0.5 - PEN, 0.5 + PEN / 2, (len(ink), 1, 1)).astype(np.float32)
    strokes = ((ink - level) * EDGE + 0.5).clip(0, 1)
    nibs = rng.choice(NIBS, len(ink))
    for nib in set(nibs.tolist()) - {0}:
        kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (nib + 1, nib + 1))
        strokes[nibs == nib] = _each(strokes[nibs == nib], partial(cv2.dilate, kernel=kernel))
    for i in np.flatnonzero(rng.random(len(ink)) < GAP_SHARE):
        rows, columns = np.nonzero(strokes[i] > 0.5)
        if len(rows):
            spot, radius = rng.integers(len(rows)), rng.uniform(*GAP) * FINENESS
            cv2.circle(strokes[i], (int(columns[spot]), int(rows[spot])), round(radius), 0.0, cv2.FILLED)
    # A digit whose strokes vanished keeps its ink.
    return np.where(strokes.any(axis=(1, 2), keepdims=True), strokes, ink.clip(0, 1))


def _photographed(ink: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Put some out of focus, make some faint."""
    blurred = rng.random(len(ink)) < BLUR_SHARE
    sigma = rng.uniform(*BLUR) * FINENESS
    if blurred.any():
        # Soft edges count as ink in `canonical`, so these come out a little smaller, as blurred photos do.
        ink[blurred] = _each(ink[blurred], lambda sheet: cv2.GaussianBlur(sheet, (0, 0), sigma))
    faint = rng.random((len(ink), 1, 1)) < FAINT_SHARE
    full = rng.uniform(FAINT, 1, (len(ink), 1, 1))
    return np.asarray(ink * np.where(faint, full, 1), np.float32)


def _moved(image: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Shift a (28, 28) model input by whole pixels, or shift and scale it more."""
    if rng.random() >= LOOSE_SHARE:
        scale, (y, x) = 1.0, rng.integers(-SHIFT, SHIFT + 1, 2)
    else:
        scale, centre = rng.uniform(*LOOSE_SCALE), (SIZE - 1) / 2
        x, y = centre * (1 - scale) + rng.uniform(-LOOSE_SHIFT, LOOSE_SHIFT, 2)
    matrix = np.array([[scale, 0, x], [0, scale, y]])
    return np.asarray(cv2.warpAffine(image, matrix, (SIZE, SIZE), flags=cv2.INTER_LINEAR), np.float32)


def _each(images: FloatArray, change: Callable[[FloatArray], Any]) -> FloatArray:
    """Change (n, side, side) images as one sheet; each has enough paper around it."""
    return np.asarray(change(images.reshape(-1, images.shape[2])), np.float32).reshape(images.shape)
