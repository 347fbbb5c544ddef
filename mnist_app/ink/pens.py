"""Ink of several pens on one page: pale beside dark, or of two colours, such as a form's and its writer's."""

from __future__ import annotations

import cv2
import numpy as np

from mnist_app.domain import FloatArray

# Chosen by eye on painted pages; `tests.benchmarks.pages` measures what a change does.
PALE = 0.6  # of full ink; paler strokes break into pieces beside darker ones
LEAST = 0.05  # of all ink; less than this is no other pen
COLOURS = 0.15  # the distance of two colours of ink, as unit vectors
APART = 2.5  # times the deviation of colours from their pen's
SAMPLE = 10_000  # pixels that tell which colours there are
FEWEST = 100  # pixels; fewer tell nothing


def pale_strengthened(ink: FloatArray, stroke: float) -> FloatArray | None:
    """Return (H, W) ink with its palest strokes as full ink, such as a form's lines; None without any.

    `stroke` is the width of strokes, in pixels.
    """
    level = cv2.blur(ink, (max(1, round(stroke / 2)),) * 2)  # pencil is grainy
    around = cv2.dilate(level, np.ones((round(stroke) | 1,) * 2, np.uint8))
    middles = level[(level >= around) & (ink > 0)]
    pale = middles[middles < PALE]
    if pale.size < LEAST * middles.size or not pale.size:
        return None
    return np.minimum(1, ink / float(np.median(pale))).astype(np.float32)


def inks_by_colour(ink: FloatArray, missing: FloatArray, stroke: float) -> list[FloatArray]:
    """Return the (H, W) ink of either colour, or nothing if all is of one.

    `missing` is the share of the paper's light that ink takes, (H, W, 3) 0..1, and `stroke` the width of
    strokes, in pixels. The colour is the direction of what is missing: it is the same at the soft edge of a
    stroke as in its middle. Two are found by k-means, and are two if they are further apart than they vary.
    """
    smooth = cv2.blur(np.where(ink[..., None] > 0, missing, np.float32(0)), (max(1, round(stroke / 2)),) * 2)
    colour = smooth / np.maximum(np.linalg.norm(smooth, axis=2, keepdims=True), 1e-6)
    strokes = colour[ink >= 0.5]
    if len(strokes) < FEWEST:
        return []
    sample = strokes[np.linspace(0, len(strokes) - 1, min(len(strokes), SAMPLE)).astype(int)]
    until = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 20, 1e-3)
    cv2.setRNGSeed(0)
    _, labels, centres = cv2.kmeans(sample, 2, np.empty(0, np.int32), until, 3, cv2.KMEANS_PP_CENTERS)
    labels = labels.ravel()
    distance = float(np.linalg.norm(centres[0] - centres[1]))
    deviation = float(np.sqrt(((sample - centres[labels]) ** 2).sum(axis=1).mean()))
    fewest = float(np.bincount(labels, minlength=2).min()) / len(labels)
    if distance < max(COLOURS, APART * deviation) or fewest < LEAST:
        return []
    is_first = np.linalg.norm(colour - centres[0], axis=2) < np.linalg.norm(colour - centres[1], axis=2)
    return [np.where(is_pen, ink, np.float32(0)) for is_pen in (is_first, ~is_first)]
