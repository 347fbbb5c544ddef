"""What was written, and what was read of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_app.domain.arrays import ByteArray, FloatArray

CERTAIN = 0.95  # confidence from which a single candidate is called certain
FEW = 3  # candidates that are worth naming; with more, nobody knows


@dataclass(frozen=True)
class Drawing:
    """Pen strokes: each an (n, 2) float32 array of x, y in pixels, y pointing down."""

    strokes: tuple[FloatArray, ...]


@dataclass(frozen=True)
class Box:
    """A rectangle in the pixels of the drawing or the upright photo."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Photo:
    """An upright photo: (H, W, 3) uint8 RGB, and its width over the original image's, at most 1."""

    pixels: ByteArray
    scale: float


@dataclass(frozen=True)
class Digit:
    """One digit as it was read.

    `image` is exactly what the model saw: (28, 28) float32, 1 = ink, in steps of 1/255.
    `probabilities` is (10,) float32, in digit order, and sums to 1: which digit it is, if it is one.
    `is_digit` is False where the model takes it for something else, a letter or a scribble.
    `candidates` are the digits that it may be, the most probable first: one where the model is certain, more
    where one would be a guess. The written digit is among them 99 times of 100, also where it is not.
    """

    image: FloatArray
    probabilities: FloatArray
    box: Box
    is_digit: bool
    candidates: tuple[int, ...]

    @property
    def digit(self) -> int:
        """The most probable digit, 0-9."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of `digit`, 0..1."""
        return float(self.probabilities.max())

    @property
    def ranking(self) -> tuple[int, ...]:
        """All ten digits, the most probable first."""
        return tuple(int(d) for d in np.argsort(-self.probabilities, kind="stable"))

    @property
    def text(self) -> str:
        """The digit, or a question mark for what is none."""
        return str(self.digit) if self.is_digit else "?"

    @property
    def certainty(self) -> str:
        """In a word or two: "certain", "probably", "4 or 9", "not sure" or "not a digit"."""
        if not self.is_digit:
            return "not a digit"
        if not self.is_legible:
            return "not sure"
        if len(self.candidates) > 1:
            *others, last = map(str, self.candidates)
            return f"{', '.join(others)} or {last}"
        return "certain" if self.confidence >= CERTAIN else "probably"

    @property
    def is_legible(self) -> bool:
        """Whether it is a digit, and so few come into question that they are worth naming."""
        return self.is_digit and len(self.candidates) <= FEW

    @property
    def is_single(self) -> bool:
        """Whether it is a digit, and no other comes into question."""
        return self.is_digit and len(self.candidates) == 1


@dataclass(frozen=True)
class Reading:
    """What was read: rows of digits from top to bottom, each from left to right."""

    rows: tuple[tuple[Digit, ...], ...]

    @property
    def digits(self) -> tuple[Digit, ...]:
        """All digits in reading order."""
        return tuple(digit for row in self.rows for digit in row)

    @property
    def lines(self) -> tuple[str, ...]:
        """The text of each row; what is no digit is a question mark."""
        return tuple("".join(digit.text for digit in row) for row in self.rows)

    @property
    def text(self) -> str:
        """The rows as text, one line a row."""
        return "\n".join(self.lines)
