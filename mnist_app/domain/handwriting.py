"""What was written, and what was read of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mnist_app.domain.images import ByteArray, FloatArray

CERTAIN = 0.95  # confidence from which a single candidate is called certain
# Of a digit's height: no gap between two numbers is less than WIDE, one alone is ALWAYS one from so much on,
# and below NARROW all are the same.
NARROW, WIDE, ALWAYS = 0.15, 0.4, 1.5
JUMP = 1.8  # times as wide as the widest gap within numbers; many people leave wide gaps everywhere
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

    @property
    def right(self) -> float:
        """Where it ends, in pixels from the left."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Where it ends, in pixels from the top."""
        return self.top + self.height

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all of them; there must be one."""
        every = list(boxes)
        left, top = min(box.left for box in every), min(box.top for box in every)
        right, bottom = max(box.right for box in every), max(box.bottom for box in every)
        return cls(left, top, right - left, bottom - top)

    @classmethod
    def of_points(cls, points: npt.NDArray[Any]) -> Box:
        """The smallest box that holds (n, 2) points, x and y; there must be one."""
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return cls(left, top, right - left, bottom - top)

    def scaled(self, factor: float) -> Box:
        """The same box where each pixel is `factor` pixels."""
        return Box(self.left * factor, self.top * factor, self.width * factor, self.height * factor)

    def turned(self, degrees: int, width: float, height: float) -> Box:
        """The same box after the page, `width` by `height`, is turned counter-clockwise by quarter turns."""
        if degrees % 360 == 0:
            return self
        quarter = Box(self.top, width - self.right, self.height, self.width)
        return quarter.turned(degrees - 90, height, width)


class Boxed(Protocol):
    """What has a place on the page."""

    @property
    def box(self) -> Box:
        """In pixels."""


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
    `label` is the digit that a person said it is, None where nobody did.
    """

    image: FloatArray
    probabilities: FloatArray
    box: Box
    is_digit: bool
    candidates: tuple[int, ...]
    label: int | None = None

    @property
    def digit(self) -> int:
        """What a person said, else the most probable digit, 0-9."""
        return int(self.probabilities.argmax()) if self.label is None else self.label

    @property
    def confidence(self) -> float:
        """The probability of `digit`, 0..1."""
        return float(self.probabilities[self.digit])

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
        """In a word or two: "certain", "probably", "4 or 9", "not sure", "not a digit" or "corrected"."""
        if self.label is not None:
            return "corrected"
        if not self.is_digit:
            return "not a digit"
        if not self.is_legible:
            return "not sure"
        if len(self.candidates) > 1:
            *others, last = map(str, self.candidates)
            return f"{', '.join(others)} or {last}"
        return "certain" if self.confidence >= CERTAIN else "probably"

    @property
    def is_doubtful(self) -> bool:
        """Whether a person should look at it again: not certain, and nobody has said what it is."""
        return self.label is None and not (self.is_single and self.confidence >= CERTAIN)

    @property
    def marked(self) -> str:
        """The text, with a question mark behind a doubtful digit."""
        return self.text + ("?" if self.is_digit and self.is_doubtful else "")

    def corrected(self, label: int) -> Digit:
        """The same digit with what a person said it is, 0-9."""
        return replace(self, is_digit=True, candidates=(label,), label=label)

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
    """What was read: rows of digits from top to bottom, each from left to right.

    `turned` says how far the photo had to be turned for that, counter-clockwise: 0, 90, 180 or 270 degrees.
    """

    rows: tuple[tuple[Digit, ...], ...]
    turned: int = 0

    @property
    def digits(self) -> tuple[Digit, ...]:
        """All digits in reading order."""
        return tuple(digit for row in self.rows for digit in row)

    @property
    def lines(self) -> tuple[str, ...]:
        """The text of each row, without spaces; what is no digit is a question mark."""
        return tuple(map(text_of, self.rows))

    @property
    def text(self) -> str:
        """The rows as text, one line a row."""
        return "\n".join(self.lines)

    @property
    def spaced(self) -> str:
        """The same with spaces between a row's numbers."""
        return "\n".join(" ".join(map(text_of, numbers)) for numbers in self.numbers)

    @property
    def numbers(self) -> tuple[tuple[tuple[Digit, ...], ...], ...]:
        """Each row's numbers: digits with no gap between them that is wide beside the others."""
        wide = self._wide_gap()
        return tuple(_split(row, _gaps(row, self.turned), wide) for row in self.rows)

    def _wide_gap(self) -> float:
        """From how wide a gap on a number begins: where the gaps of the page, sorted, jump the most."""
        if not self.digits:
            return 0.0
        height = float(np.median([digit.box.turned(self.turned, 0, 0).height for digit in self.digits]))
        gaps = sorted(max(gap, NARROW * height) for row in self.rows for gap in _gaps(row, self.turned))
        jumps = [(after / before, before, after) for before, after in pairwise(gaps) if after > WIDE * height]
        ratio, before, after = max(jumps, default=(0.0, 0.0, 0.0))
        return float(np.sqrt(before * after)) if ratio >= JUMP else ALWAYS * height


def text_of(digits: Sequence[Digit]) -> str:
    """Digits as text; what is no digit is a question mark."""
    return "".join(digit.text for digit in digits)


def _split(row: Sequence[Digit], gaps: Sequence[float], wide: float) -> tuple[tuple[Digit, ...], ...]:
    starts = [0, *(k for k, gap in enumerate(gaps, 1) if gap > wide), len(row)]
    return tuple(tuple(row[start:stop]) for start, stop in pairwise(starts))


def _gaps(row: Sequence[Digit], turned: int) -> list[float]:
    """The paper between the digits of a row, along the row, in pixels; 0 where they overlap."""
    boxes = [digit.box.turned(turned, 0, 0) for digit in row]
    return [max(0.0, after.left - before.right) for before, after in pairwise(boxes)]
