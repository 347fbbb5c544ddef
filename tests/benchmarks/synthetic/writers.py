"""People who write on synthetic pages: their digits, and letters and signs to write beside them.

Nobody of them wrote a training image. Signs are simple strokes, or by chance a real one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from mnist_app.domain import Drawing, FloatArray
from mnist_app.learning.data import pens
from tests.benchmarks.drawings import SETS, hands_of
from tests.benchmarks.synthetic.pages import SPACING, Glyph, any_digit, side_by_side

DIGITS = "0123456789"
# By looking at all hands: one whose 1 is a Z and whose 6 is a C, and one with dashes beside letters.
ILLEGIBLE, DASHED = frozenset({"aga:crlmtchl"}), frozenset({"aga:ElsbthEy"})
# By position, of a writer's digit: a P, and a tiny zero below a speck, which would count for its height.
MISLABELLED = {("apb:Bill_Cleveland", "0"): 4, ("29", "0"): 20}
MIN_LETTERS = 20  # in lower case, of a writer who is to write words
WOBBLE = 0.03  # of a digit's height, standard deviation of where a sign's strokes bend
# Templates of signs: strokes of x and y, of a digit's height, its top at y = 0 and its foot at y = 1.
_SIGNS: dict[str, list[list[tuple[float, float]]]] = {
    ".": [[(0.03, 0.93), (0.06, 0.96), (0.03, 0.99), (0.05, 0.95)]],
    ",": [[(0.07, 0.92), (0.08, 1.02), (0.0, 1.2)]],
    ":": [[(0.02, 0.32), (0.05, 0.35), (0.03, 0.37)], [(0.02, 0.82), (0.05, 0.85), (0.03, 0.87)]],
    "-": [[(0, 0.52), (0.35, 0.5)]],
    "+": [[(0, 0.5), (0.5, 0.5)], [(0.25, 0.25), (0.25, 0.77)]],
    "=": [[(0, 0.4), (0.42, 0.4)], [(0, 0.62), (0.42, 0.62)]],
    "×": [[(0, 0.35), (0.38, 0.75)], [(0.38, 0.33), (0, 0.77)]],
    "/": [[(0.45, -0.05), (0, 1.1)]],
    "(": [[(0.22, -0.08), (0.06, 0.2), (0, 0.5), (0.06, 0.85), (0.22, 1.1)]],
    ")": [[(0, -0.08), (0.16, 0.2), (0.22, 0.5), (0.16, 0.85), (0, 1.1)]],
    "%": [
        [(0.15, 0.08), (0.02, 0.2), (0.1, 0.38), (0.26, 0.28), (0.24, 0.12), (0.15, 0.08)],
        [(0.75, 0.0), (0.1, 1.0)],
        [(0.62, 0.62), (0.5, 0.78), (0.58, 0.94), (0.74, 0.84), (0.74, 0.68), (0.62, 0.62)],
    ],
    "✓": [[(0, 0.55), (0.28, 0.95), (0.35, 0.85), (0.9, -0.1)]],
    "✗": [[(0, 0.05), (0.7, 0.95)], [(0.7, 0.0), (0, 1.0)]],
    "→": [[(0, 0.5), (1.5, 0.52)], [(1.2, 0.27), (1.5, 0.52), (1.2, 0.8)]],
}
_REAL = frozenset("+=/()%×")  # signs of which a real one may be used: those of a known size
_DESCENDING, _LOW, _SHORT_T = frozenset("gpqyj"), frozenset("aceimnorsuvwxz"), frozenset("t")


@dataclass(frozen=True)
class Writer:
    """A person's digits, somebody's letters (of both cases), and everybody's signs, by character."""

    name: str
    digits: Mapping[str, Sequence[Drawing]]
    letters: Mapping[str, Sequence[Drawing]]
    signs: Mapping[str, Sequence[Drawing]]

    def write(
        self, text: str, rng: np.random.Generator, spacing: tuple[float, float] = SPACING
    ) -> list[Glyph]:
        """Write digits, signs, letters and spaces side by side, digits about 1 high."""
        return side_by_side(text, lambda character: self.strokes_of(character, rng), rng, spacing)

    def strokes_of(self, character: str, rng: np.random.Generator) -> list[FloatArray]:
        """Return one character's strokes, from x = 0 on, y from the top of a digit on."""
        if character in self.digits:
            return any_digit(self.digits[character], rng)
        if character in _SIGNS:
            return self._sign(character, rng)
        top, bottom = _frame(character)
        drawings = self.letters[character]
        return _fitted(drawings[int(rng.integers(len(drawings)))], top, bottom, 1.5)

    def can_write(self, text: str) -> bool:
        """Return True if all its letters are there."""
        return all(c in self.letters or c in DIGITS or c in _SIGNS or c == " " for c in text)

    def _sign(self, character: str, rng: np.random.Generator) -> list[FloatArray]:
        template = [np.array(stroke, np.float64) for stroke in _SIGNS[character]]
        points = np.concatenate(template)
        known = self.signs.get("x" if character == "×" else character, ())
        if character in _REAL and known and rng.random() < 0.5:
            (_, top), (_, bottom) = points.min(axis=0), points.max(axis=0)
            most = 2 * float(np.ptp(points[:, 0]))
            return _fitted(known[int(rng.integers(len(known)))], float(top), float(bottom), most)
        wobble = WOBBLE if character in "✓✗→()/" else WOBBLE * 0.4
        strokes = [_bent(stroke, rng.normal(0, wobble, stroke.shape)) for stroke in template]
        shift = np.array([min(float(stroke[:, 0].min()) for stroke in strokes), 0])
        return [(stroke - shift).astype(np.float32) for stroke in strokes]


def held_out(validation: bool = True) -> list[Writer]:
    """Return everybody who wrote all ten digits, of those to choose constants on or of those to measure.

    Raises DataError if a set can't be had.
    """
    letters = hands_of(pens.UNIPEN_LETTERS, pens.by_writers, validation)
    whole = {
        name: hand
        for name, hand in letters.items()
        if sum(c.islower() for c in hand) >= MIN_LETTERS and name not in DASHED
    }
    every: dict[str, list[Drawing]] = {}
    for hand in letters.values():
        for character, drawings in hand.items():
            every.setdefault(character, []).extend(drawings)
    writers: list[Writer] = []
    for published, by_writers in SETS:
        for name, digits in hands_of(published, by_writers, validation).items():
            if all(digit in digits for digit in DIGITS) and name not in ILLEGIBLE:
                own = whole.get(name) or list(whole.values())[len(writers) % len(whole)]
                known = {digit: _rightly(name, digit, digits[digit]) for digit in DIGITS}
                writers.append(Writer(name, known, own, every))
    return writers


def _rightly(name: str, digit: str, drawings: Sequence[Drawing]) -> list[Drawing]:
    return [drawing for k, drawing in enumerate(drawings) if MISLABELLED.get((name, digit)) != k]


def _bent(stroke: np.ndarray, bends: np.ndarray) -> np.ndarray:
    """Move a stroke's corners and round them, with points between them."""
    moved = stroke + bends
    at = np.linspace(0, len(moved) - 1, 8 * (len(moved) - 1) + 1)
    lines = np.column_stack([np.interp(at, np.arange(len(moved)), moved[:, k]) for k in (0, 1)])
    for _ in range(2 if len(moved) > 2 else 0):  # rounds the corners
        lines[1:-1] = (lines[:-2] + lines[1:-1] + lines[2:]) / 3
    return lines


def _fitted(drawing: Drawing, top: float, bottom: float, most: float) -> list[FloatArray]:
    """Scale a drawing to begin at x = 0, between two heights, at most so wide."""
    points = np.concatenate(drawing.strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    size = min((bottom - top) / max(float(extent[1]), 1.0), most / max(float(extent[0]), 1.0))
    shift = np.array([0, (top + bottom) / 2 - float(extent[1]) * size / 2])
    return [((stroke - low) * size + shift).astype(np.float32) for stroke in drawing.strokes]


def _frame(letter: str) -> tuple[float, float]:
    """Return the top and the bottom of a letter, of a digit's height."""
    if letter in _DESCENDING:
        return 0.25 if letter == "j" else 0.42, 1.35
    if letter in _LOW:
        return 0.25 if letter == "i" else 0.42, 1.0
    return (0.15, 1.0) if letter in _SHORT_T else (0.0, 1.0)
