"""Non-digits that people show a digit reader: letters, scribbles, shapes, two digits in one.

Letters and signs that are written like a digit (O, l, Z, S, b, g …) are left out: nobody could tell them
apart.
Fonts and kinds of shapes that are tested on are never trained on.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence

import cv2
import numpy as np

from mnist_app.domain import ByteArray, Drawing, FloatArray, Split
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import SIZE, canonical, from_bytes, to_bytes
from mnist_app.ink.drawing import ink_from_drawing
from mnist_app.ink.stroke_width import thickened
from mnist_app.learning.data.fonts import glyphs

# Without those that some people write like a digit: 0 O o Q D C, 1 I i l J j, 2 Z z, 4 A y Y, 5 S s, 6 b G,
# 7 T, 8 B, 9 g q a, and ( ) / | ! for 1.
LETTERS = "EFHKLMNPRUVWXcdefhkmnprtuvwx"
SIGNS = "+=#&@%*<>~^?"
PENS = (10, 24)  # of INK_SIDE's 160 pixels
HIDDEN = 0.6  # of a digit's ink that must show beside the other's

Points = Sequence[tuple[float, float]]


def letters(font_files: list[bytes], characters: str = LETTERS + SIGNS) -> ByteArray:
    """Render letters and signs of fonts, (N, 28, 28) uint8 like all of these."""
    return _model_inputs(thickened(ink) for _, ink in glyphs(font_files, characters))


def scribbles(count: int, rng: np.random.Generator) -> ByteArray:
    """Draw two to five smooth random walks across each other.

    One short walk alone is often somebody's 1, 2 or 6.
    """
    return _model_inputs(_drawn([_walk(rng) for _ in range(rng.integers(2, 6))], rng) for _ in range(count))


def shapes(kinds: dict[str, Callable[[], list[Points]]], count: int, rng: np.random.Generator) -> ByteArray:
    """Draw each kind of shape in turn, with a shaky hand, rotated and stretched at random."""
    outlines = list(kinds.values())
    return _model_inputs(_drawn(_shaky(outlines[i % len(outlines)](), rng), rng) for i in range(count))


def two_in_one(digits: Split, count: int, rng: np.random.Generator) -> ByteArray:
    """Put two different digits on each other or close beside each other, by turns."""
    return _model_inputs(_pair(digits, rng, beside=i % 2 == 0) for i in range(count))


def noise(count: int, rng: np.random.Generator) -> ByteArray:
    """Make specks and smears, as a page without writing leaves them."""
    return _model_inputs(_smear(rng) for _ in range(count))


def _model_inputs(inks: Iterable[FloatArray]) -> ByteArray:
    images = []
    for ink in inks:
        try:
            images.append(to_bytes(canonical(ink)))
        except NoDigitError:  # empty or full: the reader rejects those by itself
            continue
    return np.stack(images) if images else np.zeros((0, SIZE, SIZE), np.uint8)


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
    return np.asarray(
        path / max(1e-6, float(np.ptp(path, axis=0).max())) + rng.uniform(0, 0.5, 2), np.float32
    )


def _shaky(strokes: list[Points], rng: np.random.Generator) -> list[FloatArray]:
    """Rotate and stretch all strokes alike; each then trembles along its way and ends where it should."""
    turn, stretch = rng.uniform(-0.25, 0.25), rng.uniform(0.75, 1.3)
    rotation = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    matrix = rotation @ np.diag([stretch, 1 / stretch])
    shaken = []
    for stroke in map(_dense, strokes):
        wander = np.cumsum(rng.normal(0, 0.012, (len(stroke), 2)), axis=0)
        tremble = np.asarray(wander - np.linspace(0, 1, len(stroke))[:, None] * wander[-1], np.float32)
        shaken.append(np.asarray(stroke @ matrix.T + tremble, np.float32))
    return shaken


def _dense(points: Points) -> FloatArray:
    """Put twelve points on each side, so that a hand can shake along it."""
    corners = np.asarray(points, np.float32)
    steps = np.linspace(0, 1, 12, endpoint=False, dtype=np.float32)[:, None]
    sides = [a + (b - a) * steps for a, b in itertools.pairwise(corners)]
    return np.concatenate([*sides, corners[-1:]])


def _pair(digits: Split, rng: np.random.Generator, beside: bool) -> FloatArray:
    while True:
        first = int(rng.integers(len(digits)))
        second = int(rng.integers(len(digits)))
        if digits.labels[first] == digits.labels[second]:
            continue
        pages = np.zeros((2, SIZE + 8, 2 * SIZE + 8), np.float32)
        distance = int(rng.integers(13, 21)) if beside else int(rng.integers(-4, 5))
        for page, index, left in zip(pages, (first, second), (12, 12 + distance), strict=True):
            top = 4 + int(rng.integers(-4, 5))
            page[top : top + SIZE, left : left + SIZE] = from_bytes(digits.images[index])
        both = pages.max(axis=0)
        # Each must show beside the other: a 1 along a 7 is still a 7.
        if (both.sum() - pages.sum(axis=(1, 2)) > HIDDEN * pages[::-1].sum(axis=(1, 2))).all():
            return np.asarray(both)


def _smear(rng: np.random.Generator) -> FloatArray:
    """Cut a smooth random field, coarse or fine, at a random level."""
    cells = int(rng.integers(4, 14))
    field = rng.normal(0, 1, (cells, cells))
    smooth = cv2.resize(field.astype(np.float32), (80, 80), interpolation=cv2.INTER_CUBIC)
    level = rng.uniform(0.2, 1.2)
    return np.asarray(((smooth - level) * 4).clip(0, 1), np.float32)


def _ring(corners: int, inner: float = 1.0, turn: float = 0.0) -> Points:
    """Make a closed polygon; with `inner` below 1 every other corner is drawn in."""
    count = corners if inner == 1 else 2 * corners
    radii = [1.0 if i % 2 == 0 else inner for i in range(count)]
    angles = [2 * math.pi * i / count - math.pi / 2 + turn for i in range(count)]
    ring = [(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]
    return [*ring, ring[0]]


def _curve(x: Callable[[float], float], y: Callable[[float], float], end: float, steps: int = 40) -> Points:
    return [(x(end * i / steps), y(end * i / steps)) for i in range(steps + 1)]


def _circle(x: float, y: float, radius: float) -> Points:
    return _curve(lambda t: x + radius * math.cos(t), lambda t: y + radius * math.sin(t), 2 * math.pi, 16)


TRAINING_SHAPES: dict[str, Callable[[], list[Points]]] = {
    "triangle": lambda: [_ring(3)],
    "square": lambda: [_ring(4, turn=math.pi / 4)],
    "cross": lambda: [[(-1, -1), (1, 1)], [(-1, 1), (1, -1)]],
    "plus": lambda: [[(-1, 0), (1, 0)], [(0, -1), (0, 1)]],
    "zigzag": lambda: [[(-1, -0.4), (-0.6, 0.4), (-0.2, -0.4), (0.2, 0.4), (0.6, -0.4), (1, 0.4)]],
    "wave": lambda: [_curve(lambda t: t / 6 - 1, lambda t: 0.4 * math.sin(t), 4 * math.pi)],
    "spiral": lambda: [
        _curve(lambda t: t * math.cos(t) / 19, lambda t: t * math.sin(t) / 19, 6 * math.pi, 60)
    ],
    "tally": lambda: [[(x, -1), (x, 1)] for x in (-0.9, -0.3, 0.3, 0.9)] + [[(-1.2, 0.6), (1.2, -0.6)]],
    "two bars": lambda: [[(-0.4, -1), (-0.4, 1)], [(0.4, -1), (0.4, 1)]],
    "three bars": lambda: [[(x, -1), (x, 1)] for x in (-0.7, 0.0, 0.7)],
    "smiley": lambda: [
        _circle(0, 0, 1),
        _circle(-0.35, -0.3, 0.08),
        _circle(0.35, -0.3, 0.08),
        _curve(lambda t: 0.55 * math.cos(t), lambda t: 0.15 + 0.4 * math.sin(t), math.pi, 14),
    ],
    "grid": lambda: [[(x, -1), (x, 1)] for x in (-0.35, 0.35)] + [[(-1, y), (1, y)] for y in (-0.35, 0.35)],
    "check mark": lambda: [[(-1, 0.1), (-0.3, 0.8), (1, -0.9)]],
}
TEST_SHAPES: dict[str, Callable[[], list[Points]]] = {
    "star": lambda: [_ring(5, inner=0.42)],
    "heart": lambda: [
        _curve(
            lambda t: math.sin(t) ** 3,
            lambda t: -(13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)) / 16,
            2 * math.pi,
        )
    ],
    "arrow": lambda: [[(-1, 0), (1, 0)], [(0.4, -0.5), (1, 0), (0.4, 0.5)]],
    "house": lambda: [
        [(-0.8, 1), (-0.8, -0.1), (0.8, -0.1), (0.8, 1), (-0.8, 1)],
        [(-1, -0.1), (0, -1), (1, -0.1)],
    ],
    "infinity": lambda: [_curve(lambda t: math.sin(t), lambda t: 0.35 * math.sin(2 * t), 2 * math.pi)],
    "hash": lambda: (
        [[(x + 0.1, -1), (x - 0.1, 1)] for x in (-0.35, 0.35)] + [[(-1, y), (1, y)] for y in (-0.3, 0.3)]
    ),
    "envelope": lambda: [[(-1, -0.6), (1, -0.6), (1, 0.6), (-1, 0.6), (-1, -0.6), (0, 0.2), (1, -0.6)]],
    "pentagram": lambda: [[_ring(5)[i * 2 % 5] for i in range(6)]],
}
