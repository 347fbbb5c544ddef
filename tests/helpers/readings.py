"""Digits that no model has read, for tests of everything that is done with readings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_app.domain import Box, Digit, Reading, Sign, Verdict
from mnist_app.reading.numbers import reading_of
from mnist_app.reading.reader import MAX_CANDIDATES


def digit(
    value: int,
    box: tuple[float, float, float, float] = (0, 0, 10, 20),
    confidence: float = 0.99,
    candidates: Sequence[int] | None = None,
    is_digit: bool = True,
) -> Digit:
    """Return a digit, by default a certain one; the other nine share the rest of the confidence."""
    probabilities = np.full(10, (1 - confidence) / 9, np.float32)
    probabilities[value] = confidence
    image = np.zeros((28, 28), np.float32)
    chosen = tuple(candidates or (value,))
    verdict = Verdict.DIGIT if len(chosen) <= MAX_CANDIDATES else Verdict.UNSURE
    return Digit(image, probabilities, Box(*box), verdict if is_digit else Verdict.NOT_A_DIGIT, chosen)


def reading(*rows: Sequence[Digit | Sign], turned: int = 0) -> Reading:
    """Rows of digits and signs as a reading, with numbers where the gaps are wide."""
    return reading_of(rows, turned)


def row(
    text: str, left: float = 0, top: float = 0, width: float = 10, height: float = 15
) -> tuple[Digit, ...]:
    """Return certain digits side by side, a tenth of their width apart; a space is as wide as a digit."""
    return tuple(
        digit(int(character), (left + k * 1.1 * width, top, width, height))
        for k, character in enumerate(text)
        if character != " "
    )
