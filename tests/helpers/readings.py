"""Digits that no model has read, for tests of everything that is done with readings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mnist_app.domain import Box, Digit


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
    return Digit(image, probabilities, Box(*box), is_digit, tuple(candidates or (value,)))


def row(
    text: str, left: float = 0, top: float = 0, width: float = 10, height: float = 15
) -> tuple[Digit, ...]:
    """Return certain digits side by side, a tenth of their width apart; a space is as wide as a digit."""
    return tuple(
        digit(int(character), (left + k * 1.1 * width, top, width, height))
        for k, character in enumerate(text)
        if character != " "
    )
