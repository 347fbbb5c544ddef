"""Ways to write a digit that few of the known writers have, drawn by templates of their strokes.

The styles are those of Wikipedia's "Regional handwriting variation" (Arabic numerals). Each drawing varies
the points that a stroke goes through, its slant, its proportions and how smoothly it goes, before a pen
draws it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_app.domain import Drawing
from mnist_app.learning.data.pen_strokes import PenStrokes

JITTER = 0.07  # of half a digit's height, standard deviation of the points that a stroke goes through
SLANT, TURN, STRETCH = (-0.15, 0.45), 0.12, 0.25
ROUND = 0.6  # share of the drawings whose strokes go smoothly through their points; others are angular
STEPS = 8  # points between two of a template's
HEIGHT = 100.0  # pixels of a drawing

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Style:
    """One way to write a digit: strokes through points (x, y), about -1 to 1, y pointing down."""

    name: str
    digit: int
    strokes: tuple[Points, ...]


# fmt: off
_OVAL: Points = [(0.1, -1), (-0.45, -0.6), (-0.55, 0.1), (-0.3, 0.8), (0.1, 1), (0.5, 0.6), (0.55, -0.1),
                 (0.4, -0.7), (0.05, -1)]
STYLES = (
    Style("a zero with a slash", 0, (_OVAL, [(0.6, -1.05), (0, 0), (-0.6, 1.05)])),
    Style("a zero with a slash inside", 0, (_OVAL, [(0.3, -0.6), (-0.3, 0.6)])),
    Style("a one with a long upstroke", 1, ([(-0.7, 0.1), (-0.2, -0.5), (0.2, -1), (0.2, 0), (0.2, 1)],)),
    Style("a one with a short flag", 1, ([(-0.3, -0.6), (0.1, -1), (0.1, 0), (0.1, 1)],)),
    Style("a one with a low flag", 1, ([(-0.55, -0.45), (0.05, -1), (0.05, 0), (0.05, 1)],)),
    Style("a one with a bent flag", 1, ([(-0.5, -0.55), (-0.2, -0.8), (0.15, -0.95), (0.1, 0), (0, 1)],)),
    Style("a one with a foot", 1, ([(-0.4, -0.6), (0, -1), (0, 0), (0, 1)], [(-0.5, 1), (0.5, 1)])),
    Style("a two with a loop", 2, (
        [(-0.5, -0.6), (0, -1), (0.45, -0.5), (-0.2, 0.6), (-0.55, 0.9), (-0.5, 0.6), (0, 0.85), (0.6, 0.95)],
    )),
    Style("a three with a flat top", 3, (
        [(-0.5, -1), (0.5, -1), (-0.05, -0.2), (0.5, 0.3), (0.15, 0.95), (-0.55, 0.8)],
    )),
    Style("a four as a lightning stroke", 4, ([(0.3, -1), (-0.5, 0.15), (0.5, 0.05), (0.05, 1)],)),
    Style("a four closed at the top", 4, ([(0.25, 1), (0.25, 0), (0.2, -1), (-0.6, 0.35), (0.65, 0.35)],)),
    Style("a four open at the top", 4, (
        [(-0.5, -1), (-0.6, 0), (0.5, 0)],
        [(0.45, -0.8), (0.4, 0.1), (0.35, 1)],
    )),
    Style("a five whose bar crosses the stem", 5, (
        [(-0.35, -1.1), (-0.4, -0.2), (0.2, -0.25), (0.5, 0.3), (0.2, 0.9), (-0.5, 0.85)],
        [(-0.7, -0.8), (0.55, -0.9)],
    )),
    Style("a five in one stroke", 5, (
        [(0.6, -1), (-0.3, -0.95), (-0.4, -0.15), (0.2, -0.2), (0.5, 0.3), (0.2, 0.9), (-0.55, 0.85)],
    )),
    Style("a six with a straight back", 6, (
        [(0.45, -1), (-0.3, 0), (-0.4, 0.6), (0, 1), (0.45, 0.6), (0.1, 0.2), (-0.35, 0.5)],
    )),
    Style("a plain seven", 7, ([(-0.55, -0.9), (0.55, -0.95), (0.1, 0.1), (-0.15, 1)],)),
    Style("a seven with a bar", 7, (
        [(-0.55, -0.9), (0.55, -0.95), (0.1, 0.1), (-0.15, 1)],
        [(-0.35, 0), (0.5, 0)],
    )),
    Style("a seven with a loop", 7, (
        [(-0.6, -0.6), (-0.75, -0.9), (-0.5, -1), (-0.35, -0.8), (0, -0.9), (0.6, -1), (0.15, 0), (-0.1, 1)],
    )),
    Style("a seven with a hook", 7, ([(-0.6, -0.5), (-0.6, -1), (0.6, -1), (0.15, 0), (0, 1)],)),
    Style("an eight begun in the middle", 8, (
        [(-0.05, -0.05), (-0.45, -0.5), (0, -1), (0.45, -0.5), (0, 0), (-0.5, 0.5), (0, 1), (0.5, 0.5),
         (0.05, 0)],
    )),
    Style("an eight of two rings", 8, (
        [(0, -0.05), (-0.4, -0.5), (0, -1), (0.4, -0.5), (0, -0.05)],
        [(0, 0), (-0.5, 0.5), (0, 1), (0.5, 0.5), (0, 0)],
    )),
    Style("an open nine", 9, (
        [(0.5, -0.75), (0, -1), (-0.5, -0.5), (-0.1, -0.05), (0.45, -0.4), (0.5, 0.2), (0.35, 1)],
    )),
    Style("a nine with a hook", 9, (
        [(0.45, -0.7), (0, -1), (-0.5, -0.55), (-0.1, -0.1), (0.4, -0.5), (0.45, -0.75), (0.45, 0.4),
         (0.1, 1), (-0.5, 0.75)],
    )),
)
# fmt: on


def drawn(count: int, rng: np.random.Generator) -> PenStrokes:
    """Draw each style in turn, `count` drawings in all; the writer's name is the style's."""
    chosen = [STYLES[k % len(STYLES)] for k in range(count)]
    return PenStrokes(
        tuple(_drawing(style, rng) for style in chosen),
        np.array([style.digit for style in chosen], np.uint8),
        np.array([style.name for style in chosen]),
    )


def _drawing(style: Style, rng: np.random.Generator) -> Drawing:
    slant, turn = rng.uniform(*SLANT), rng.uniform(-TURN, TURN)
    stretch = math.exp(rng.uniform(-STRETCH, STRETCH))
    c, s = math.cos(turn), math.sin(turn)
    matrix = np.array([[c, -s], [s, c]]) @ np.array([[stretch, -slant], [0, 1]])
    is_round = rng.random() < ROUND
    strokes = []
    for points in style.strokes:
        through = np.asarray(points) + rng.normal(0, JITTER, (len(points), 2))
        path = _smooth(through) if is_round else _straight(through)
        strokes.append((path @ matrix.T * HEIGHT / 2).astype(np.float32))
    return Drawing(tuple(strokes))


def _smooth(points: np.ndarray) -> np.ndarray:
    """Return a Catmull-Rom spline through (n, 2) points."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    before, first, second, after = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    t = (np.arange(STEPS) / STEPS)[:, None, None]
    curve = (
        first
        + t / 2 * (second - before)
        + t**2 * (before - 2.5 * first + 2 * second - after / 2)
        + t**3 / 2 * (3 * (first - second) + after - before)
    )
    return np.vstack([curve.transpose(1, 0, 2).reshape(-1, 2), points[-1]])


def _straight(points: np.ndarray) -> np.ndarray:
    """Return (n, 2) points with steps of equal number between them."""
    at = np.arange((len(points) - 1) * STEPS + 1) / STEPS
    return np.stack([np.interp(at, np.arange(len(points)), axis) for axis in points.T], axis=1)
