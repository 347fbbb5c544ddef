"""Non-digits that people show a digit reader: letters, scribbles, shapes, two digits in one.

Fonts and kinds of shapes that are tested on are never trained on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import NOT_A_DIGIT, ByteArray, Drawing, FloatArray, Split
from mnist_app.ink.canonical import SIZE, from_bytes
from mnist_app.ink.drawing import ink_from_drawing
from mnist_app.ink.stroke_width import thickened
from mnist_app.learning.data.fonts import glyphs
from mnist_app.learning.data.pens import label_of
from mnist_app.learning.data.rendering import rendered

# Without those that some people write like a digit, which nobody could tell apart: 0 O o Q D C, 1 I i l J j,
# 2 Z z, 4 A y Y, 5 S s, 6 b G, 7 T, 8 B, 9 g q a, and ( ) / | ! for 1.
LETTERS = "EFHKLMNPRUVWXcdefhkmnprtuvwx"
OTHERS = "+=#&@%*<>~^?"
SMALL_SIGNS = ".,-/():×"  # trained on as well; some look like a 1
PENS = (10, 24)  # of INK_SIDE's 160 pixels
FINENESS = 4  # of the pages on which digits are crossed out
CORNERS, LINES = (6, 11), (3, 6)  # of a zigzag, and lines across a digit; fewer might be a 7's or a 0's own
CROSSING_PENS = (6, 15)  # pixels of such a page; MNIST's strokes have about 10
HIDDEN = 0.6  # of a digit's ink that must show beside the other's

_FULL = 2 * math.pi  # a full turn

Curve = npt.NDArray[np.float64]  # (n, 2), like all points here
Points = Sequence[tuple[float, float]] | Curve


def letters(font_files: list[bytes], characters: str = LETTERS + OTHERS) -> Split:
    """Render characters in fonts, labelled NOT_A_DIGIT or as signs."""
    drawn = glyphs(font_files, characters)
    return rendered(((ink, label_of(character)) for character, ink in drawn), thickened)


def scribbles(count: int, rng: np.random.Generator) -> ByteArray:
    """Draw two to five smooth random walks across each other: one alone is often somebody's 1, 2 or 6.

    Returns (N, 28, 28) uint8, like all of these.
    """
    return _model_inputs(_drawn([_walk(rng) for _ in range(rng.integers(2, 6))], rng) for _ in range(count))


def shapes(kinds: Mapping[str, list[Points]], count: int, rng: np.random.Generator) -> ByteArray:
    """Draw each kind of shape in turn, with a shaky hand, rotated and stretched at random."""
    outlines = list(kinds.values())
    return _model_inputs(_drawn(_shaky(outlines[i % len(outlines)], rng), rng) for i in range(count))


def two_in_one(digits: Split, count: int, rng: np.random.Generator) -> ByteArray:
    """Put two different digits on each other or close beside each other, by turns."""
    return _model_inputs(_pair(digits, rng, beside=i % 2 == 0) for i in range(count))


def crossed_out(digits: Split, count: int, rng: np.random.Generator) -> ByteArray:
    """Cross digits out, by several lines and by a zigzag in turns; no 1s, which would be bolder 1s."""
    wide = digits.images[digits.labels != 1]
    return _model_inputs(_crossed(wide, rng, zigzag=i % 2 == 0) for i in range(count))


def noise(count: int, rng: np.random.Generator) -> ByteArray:
    """Make specks and smears, as a page without writing leaves them."""
    return _model_inputs(_smear(rng) for _ in range(count))


def _model_inputs(inks: Iterable[FloatArray]) -> ByteArray:
    # The reader rejects those that are empty or full by itself.
    return rendered(((ink, NOT_A_DIGIT) for ink in inks), lambda ink: ink).images


def _drawn(strokes: list[FloatArray], rng: np.random.Generator) -> FloatArray:
    drawing = Drawing(tuple(np.asarray(s, np.float32) * 100 for s in strokes))
    return ink_from_drawing(drawing, int(rng.integers(PENS[0], PENS[1] + 1)))


def _walk(rng: np.random.Generator) -> FloatArray:
    """Walk (n, 2) smoothly: the turning itself wanders, with a hard corner now and then."""
    n = int(rng.integers(30, 120))
    turning = np.cumsum(rng.normal(0, 0.05, n)) * rng.uniform(0.2, 1.5) + rng.normal(0, 0.2)
    turning[rng.random(n) < 0.04] += rng.uniform(-math.pi, math.pi)
    angle = np.cumsum(turning) + rng.uniform(0, 2 * math.pi)
    path = np.cumsum(np.stack([np.cos(angle), np.sin(angle)], axis=1), axis=0)
    path /= max(1e-6, np.ptp(path, axis=0).max())
    return np.asarray(path + rng.uniform(0, 0.5, 2), np.float32)


def _shaky(strokes: list[Points], rng: np.random.Generator) -> list[FloatArray]:
    """Rotate and stretch all strokes alike; each then trembles along its way and ends where it should."""
    turn, stretch = rng.uniform(-0.25, 0.25), rng.uniform(0.75, 1.3)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    matrix = rotation @ np.diag([stretch, 1 / stretch])
    steps = np.linspace(0, 1, 12, endpoint=False, dtype=np.float32)[:, None]
    shaken = []
    for stroke in strokes:
        corners = np.asarray(stroke, np.float32)
        sides = corners[:-1, None] + np.diff(corners, axis=0)[:, None] * steps  # (sides, 12, 2)
        points = np.concatenate([sides.reshape(-1, 2), corners[-1:]])
        wander = np.cumsum(rng.normal(0, 0.012, points.shape), axis=0)
        tremble = np.asarray(wander - np.linspace(0, 1, len(points))[:, None] * wander[-1], np.float32)
        shaken.append(np.asarray(points @ matrix.T + tremble, np.float32))
    return shaken


def _pair(digits: Split, rng: np.random.Generator, beside: bool) -> FloatArray:
    while True:
        first, second = rng.integers(len(digits)), rng.integers(len(digits))
        if digits.labels[first] == digits.labels[second]:
            continue
        pages = np.zeros((2, SIZE + 8, 2 * SIZE + 8), np.float32)
        distance = int(rng.integers(13, 21) if beside else rng.integers(-4, 5))
        for page, index, left in zip(pages, (first, second), (12, 12 + distance), strict=True):
            top = 4 + rng.integers(-4, 5)
            page[top : top + SIZE, left : left + SIZE] = from_bytes(digits.images[index])
        both = pages.max(axis=0)
        # Each must show beside the other: a 1 along a 7 is still a 7.
        if (both.sum() - pages.sum(axis=(1, 2)) > HIDDEN * pages[::-1].sum(axis=(1, 2))).all():
            return np.asarray(both)


def _crossed(images: ByteArray, rng: np.random.Generator, zigzag: bool) -> FloatArray:
    """Draw a zigzag, or some lines one below another, across one of (N, 28, 28) digits."""
    small = np.pad(from_bytes(images[rng.integers(len(images))]), SIZE // 4)
    ink = np.asarray(cv2.resize(small, None, fx=FINENESS, fy=FINENESS), np.float32)
    inked = np.argwhere(ink > 0.5)[:, ::-1]
    corner, extent = inked.min(axis=0), np.ptp(inked, axis=0)
    if zigzag:
        corners = np.arange(rng.integers(*CORNERS))
        lines = [np.stack([corners / corners[-1], corners % 2], axis=1)]
    else:
        heights = rng.uniform(0.1, 0.9, rng.integers(*LINES))
        lines = [np.array([[-0.1, y], [1.1, y + rng.uniform(-0.3, 0.3)]]) for y in heights]
    pen = int(rng.integers(*CROSSING_PENS))
    for line in lines:
        points = corner + extent * (line + rng.normal(0, 0.08, line.shape))
        cv2.polylines(ink, [np.rint(points).astype(np.int32)], isClosed=False, color=1.0, thickness=pen)
    return ink


def _smear(rng: np.random.Generator) -> FloatArray:
    """Cut a smooth random field, coarse or fine, at a random level."""
    cells = rng.integers(4, 14)
    field = rng.normal(0, 1, (cells, cells)).astype(np.float32)
    smooth = cv2.resize(field, (80, 80), interpolation=cv2.INTER_CUBIC)
    return np.asarray(((smooth - rng.uniform(0.2, 1.2)) * 4).clip(0, 1), np.float32)


def _curve(end: float, at: Callable[[Any], tuple[Any, Any]], steps: int = 40) -> Curve:
    """Return the points (x, y) that `at` gives for 0 to `end`."""
    return np.stack(at(end * np.arange(steps + 1) / steps), axis=1)


def _circle(x: float, y: float, radius: float) -> Points:
    return _curve(_FULL, lambda t: (x + radius * np.cos(t), y + radius * np.sin(t)), 16)


def _ring(corners: int, turn: float = 0.0) -> Curve:
    """Return a closed regular polygon."""
    return _curve(_FULL, lambda t: (np.cos(t - _FULL / 4 + turn), np.sin(t - _FULL / 4 + turn)), corners)


def _bars(*xs: float) -> list[Points]:
    return [[(x, -1), (x, 1)] for x in xs]


# Strokes of x and y, about from -1 to 1, y pointing down.
TRAINING_SHAPES: dict[str, list[Points]] = {
    "triangle": [_ring(3)],
    "square": [_ring(4, turn=_FULL / 8)],
    "corner": [[(-1, -1), (-1, 1), (1, 1)]],
    "box without a side": [[(-1, -1), (-1, 1), (1, 1), (1, -1)]],
    "zigzag": [[(-1, -0.4), (-0.6, 0.4), (-0.2, -0.4), (0.2, 0.4), (0.6, -0.4), (1, 0.4)]],
    "wave": [_curve(2 * _FULL, lambda t: (t / 6 - 1, 0.4 * np.sin(t)))],
    "spiral": [_curve(3 * _FULL, lambda t: (t * np.cos(t) / 19, t * np.sin(t) / 19), 60)],
    "tally": [*_bars(-0.9, -0.3, 0.3, 0.9), [(-1.2, 0.6), (1.2, -0.6)]],
    "two bars": _bars(-0.4, 0.4),
    "three bars": _bars(-0.7, 0, 0.7),
    "smiley": [
        _circle(0, 0, 1),
        _circle(-0.35, -0.3, 0.08),
        _circle(0.35, -0.3, 0.08),
        _curve(_FULL / 2, lambda t: (0.55 * np.cos(t), 0.15 + 0.4 * np.sin(t)), 14),
    ],
    "grid": [*_bars(-0.35, 0.35), [(-1, -0.35), (1, -0.35)], [(-1, 0.35), (1, 0.35)]],
    "check mark": [[(-1, 0.1), (-0.3, 0.8), (1, -0.9)]],
}
TEST_SHAPES: dict[str, list[Points]] = {
    "star": [_ring(10) * np.append([1, 0.42] * 5, 1)[:, None]],
    "heart": [
        _curve(
            _FULL,
            lambda t: (
                np.sin(t) ** 3,
                -(13 * np.cos(t) - 5 * np.cos(2 * t) - 2 * np.cos(3 * t) - np.cos(4 * t)) / 16,
            ),
        )
    ],
    "arrow": [[(-1, 0), (1, 0)], [(0.4, -0.5), (1, 0), (0.4, 0.5)]],
    "house": [[(-0.8, 1), (-0.8, -0.1), (0.8, -0.1), (0.8, 1), (-0.8, 1)], [(-1, -0.1), (0, -1), (1, -0.1)]],
    "infinity": [_curve(_FULL, lambda t: (np.sin(t), 0.35 * np.sin(2 * t)))],
    "hash": [
        [(-0.25, -1), (-0.45, 1)],
        [(0.45, -1), (0.25, 1)],
        [(-1, -0.3), (1, -0.3)],
        [(-1, 0.3), (1, 0.3)],
    ],
    "envelope": [[(-1, -0.6), (1, -0.6), (1, 0.6), (-1, 0.6), (-1, -0.6), (0, 0.2), (1, -0.6)]],
    "pentagram": [_ring(5)[[0, 2, 4, 1, 3, 0]]],
}
