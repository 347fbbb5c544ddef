"""Handwriting as it comes in, its places, and the model's opinion of one digit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from mnist_app.domain.catalogue import ByteArray, FloatArray

CERTAIN = 0.95  # confidence from which a single candidate is called certain
FAVOURITE = 0.5  # confidence from which the most probable of many candidates is named
LIKELY = 0.9  # confidence from which nobody would understand "not sure"
PERHAPS = 0.5  # of a model's digit_probability; what is more likely a digit than not is never rejected


class Verdict(StrEnum):
    """The model's opinion of some ink; UNSURE is a digit that nobody should rely on."""

    DIGIT = "digit"
    UNSURE = "unsure"
    SIGN = "sign"
    NOT_A_DIGIT = "not a digit"


@dataclass(frozen=True)
class Drawing:
    """Pen strokes: each an (n, 2) float32 array of x, y in pixels, y pointing down.

    `given` is the index of each in the list that it was parsed from, where empty strokes count too.
    """

    strokes: tuple[FloatArray, ...]
    given: tuple[int, ...] = ()


@dataclass(frozen=True)
class Box:
    """A rectangle in the pixels of the drawing or the upright photo."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge, in pixels from the left."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The bottom edge, in pixels from the top."""
        return self.top + self.height

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """Return the smallest box that holds all of them; there must be one."""
        every = list(boxes)
        left, top = min(box.left for box in every), min(box.top for box in every)
        right, bottom = max(box.right for box in every), max(box.bottom for box in every)
        return cls(left, top, right - left, bottom - top)

    @classmethod
    def of_points(cls, points: npt.NDArray[Any]) -> Box:
        """Return the smallest box that holds (n, 2) points, x and y; there must be one."""
        (left, top), (right, bottom) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
        return cls(left, top, right - left, bottom - top)

    def holds_middle_of(self, other: Box) -> bool:
        """Return whether the other's middle is in this box."""
        x, y = other.left + other.width / 2, other.top + other.height / 2
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def scaled(self, factor: float) -> Box:
        """Return the same box on a page whose pixels are `factor` times as many a side."""
        return Box(self.left * factor, self.top * factor, self.width * factor, self.height * factor)

    def moved(self, matrix: FloatArray) -> Box:
        """Return the smallest box around it after a perspective transform, a (3, 3) matrix."""
        corners = [(x, y, 1.0) for x in (self.left, self.right) for y in (self.top, self.bottom)]
        x, y, w = matrix.astype(float) @ np.array(corners).T
        return Box.of_points(np.stack([x / w, y / w], axis=1))

    def turned(self, degrees: int, width: float, height: float) -> Box:
        """Return the box on the page, `width` by `height`, turned counter-clockwise by quarter turns."""
        if degrees % 360 == 0:
            return self
        quarter = Box(self.top, width - self.right, self.height, self.width)
        return quarter.turned(degrees - 90, height, width)


class Boxed(Protocol):
    """Anything with a place on the page."""

    @property
    def box(self) -> Box:
        """In pixels."""


@dataclass(frozen=True)
class Photo:
    """An upright photo: (H, W, 3) uint8 RGB, and its width over the original image's, at most 1.

    It is the `page`, counted from 1, of a document of so many `pages`, at most one more than are read.
    """

    pixels: ByteArray
    scale: float
    page: int = 1
    pages: int = 1


@dataclass(frozen=True)
class Digit:
    """One digit as it was read.

    `image` is exactly what the model saw: (28, 28) float32, 1 = ink, in steps of 1/255.
    `probabilities` is (10,) float32, in digit order, and sums to 1: which digit it is, if it is one.
    `candidates` are the digits that it may be, the most probable first: one if the model is certain, more
    if one would be a guess. Of 100 digits, about 99 are among their candidates.
    `label` is the digit that a person said it is, None if nobody did. `sign` is one of SIGNS if the verdict
    is SIGN. `digit_probability` is that it is a digit at all, 0..1; among other digits it is taken for one.
    """

    image: FloatArray
    probabilities: FloatArray
    box: Box
    verdict: Verdict
    candidates: tuple[int, ...]
    label: int | None = None
    sign: str = ""
    digit_probability: float = 1.0

    @property
    def is_digit(self) -> bool:
        """False if the model takes it for something else, a sign, a letter or a scribble."""
        return self.verdict in (Verdict.DIGIT, Verdict.UNSURE)

    @property
    def digit(self) -> int:
        """The person's label, else the most probable digit, 0-9."""
        return int(self.probabilities.argmax()) if self.label is None else self.label

    @property
    def confidence(self) -> float:
        """The probability of `digit`, 0..1, at most that of being a digit at all."""
        return min(float(self.probabilities[self.digit]), self.digit_probability)

    @property
    def ranking(self) -> tuple[int, ...]:
        """All ten digits, the most probable first."""
        return tuple(int(d) for d in np.argsort(-self.probabilities, kind="stable"))

    @property
    def text(self) -> str:
        """The digit, the sign, or a question mark if it is neither."""
        return str(self.digit) if self.is_digit else self.sign or "?"

    @property
    def certainty(self) -> str:
        """In a few words: "certain", "probably", "4 or 9", "perhaps 5", "a sign" or "not a digit".

        Also "not sure: perhaps 5" if even that is unlikely, "not sure" without a favourite, and "corrected".
        """
        if self.label is not None:
            return "corrected"
        if not self.is_digit:
            return "a sign" if self.sign else "not a digit"
        if not self.is_legible:
            if not self.has_favourite:
                return "not sure"
            return f"perhaps {self.digit}" if self.confidence >= LIKELY else f"not sure: perhaps {self.digit}"
        if len(self.candidates) > 1:
            *others, last = map(str, self.candidates)
            return f"{', '.join(others)} or {last}"
        return "certain" if self.confidence >= CERTAIN else "probably"

    @property
    def is_doubtful(self) -> bool:
        """True if a person should look at it again: it is neither certain nor corrected."""
        return self.label is None and not (self.is_single and self.confidence >= CERTAIN)

    @property
    def marked(self) -> str:
        """The text, with a question mark behind a doubtful digit."""
        return self.text + ("?" if self.is_digit and self.is_doubtful else "")

    def corrected(self, label: int) -> Digit:
        """Return the same digit with a person's label, 0-9."""
        return replace(self, verdict=Verdict.DIGIT, candidates=(label,), label=label, sign="")

    @property
    def is_legible(self) -> bool:
        """True if it is a digit with so few candidates that they can be named."""
        return self.verdict is Verdict.DIGIT

    @property
    def has_favourite(self) -> bool:
        """True if one digit is its only candidate, or more likely than all others together."""
        return len(self.candidates) == 1 or self.confidence >= FAVOURITE

    @property
    def is_single(self) -> bool:
        """True if it is a digit with one candidate."""
        return self.is_legible and len(self.candidates) == 1
