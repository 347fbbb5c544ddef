"""Widths of strokes, and the pen that all ink is brought to: as wide, for the digit's size, as MNIST's."""

from __future__ import annotations

import cv2
import numpy as np

from mnist_app.domain import FloatArray
from mnist_app.ink.canonical import cropped

# Ink is made 8 times finer than the model's 20-pixel box, so that area sampling has 64 levels of grey.
INK_SIDE = 20 * 8  # pixels of the longer side, pen included
PEN = 20  # pixels; MNIST's median stroke, by `stroke_width`, is 2.5 of the 20 pixels wide

MIN_LOOP = 20  # square pixels; anything smaller is a gap in a stroke (chosen by eye)
MIN_WIDENING = 4  # pixels; with less, thin strokes fade (chosen by eye)

_RIDGE = np.ones((3, 3), np.uint8)


def stroke_width(ink: FloatArray) -> float:
    """Return the median width of strokes in (H, W) ink, in pixels: twice their middle's distance to paper.

    0 if there is no ink.
    """
    strokes = (ink >= 0.5).astype(np.uint8)
    # Framed, so that a stroke along the edge ends there.
    framed = cv2.copyMakeBorder(strokes, 1, 1, 1, 1, cv2.BORDER_CONSTANT)
    distance = cv2.distanceTransform(framed, cv2.DIST_L2, 5)
    middle = (distance > 0) & (distance >= cv2.dilate(distance, _RIDGE))
    return 2 * float(np.median(distance[middle])) if middle.any() else 0.0


def thickened(ink: FloatArray) -> FloatArray:
    """Return one digit's (H, W) ink with strokes thinner than PEN widened to it; others stay as they are.

    A ballpoint on paper is a tenth as wide, for its digit, as a pencil in MNIST, and fades in 20 pixels.
    Strokes are widened less if a loop would be filled, as of a small 9.
    """
    digit = cropped(ink)
    scale = (INK_SIDE - PEN) / max(digit.shape)
    missing = round(PEN - stroke_width(digit) * scale)
    if missing < 1 + 1 / scale:  # less than a pixel of either: no more than the measure's own error
        return ink
    size = (max(1, round(digit.shape[1] * scale)), max(1, round(digit.shape[0] * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    fine = cv2.resize(digit, size, interpolation=method)
    framed = np.asarray(cv2.copyMakeBorder(fine, PEN, PEN, PEN, PEN, cv2.BORDER_CONSTANT), np.float32)
    loops = _loops(framed)
    while True:
        nib = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (missing + 1, missing + 1))
        thick = np.asarray(cv2.dilate(framed, nib), np.float32)
        if missing <= MIN_WIDENING or _loops(thick) >= loops:
            return thick
        missing = max(MIN_WIDENING, missing // 2)


def _loops(ink: FloatArray) -> int:
    """Return the number of enclosed places that are large enough to be meant."""
    paper = (ink < 0.5).astype(np.uint8)
    count, _, stats, _ = cv2.connectedComponentsWithStats(paper, connectivity=4)
    return int((stats[1:count, cv2.CC_STAT_AREA] >= MIN_LOOP).sum()) - 1  # the paper around it is one
