"""Hypotheses of one digit, readings of a row and a page, and how much speaks for them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from mnist_app.domain import Box, FloatArray, Predictions

# Chosen by eye; `tests.benchmarks.pages` measures what a change does.
A_LINE = 0.1  # the weight of a 1 as evidence for digits
LEVEL = 0.3  # of the height of the next 1; where there are only 1s, the ends of a digit are as near its own
STEEP = 3.0  # a digit of a confidence of 2 / 3 speaks neither for nor against
MOST_LINES = 1.0  # 1s for each other digit; more are lines
SMALL_SIGNS = (".", ",", "-", ":")  # pieces of broken lines look like them
MOST_SIGNS = 0.5  # of them for each other item of a row
CRUMB = 0.5  # of a sure digit; counted against a page for each that is too many
FEW_LINES = 0.5  # 1s for each other digit; with more, some may be lines
PLAIN, FAIR = 0.8, 0.5  # of the evidence of as many sure digits


@dataclass(frozen=True)
class Hypothesis:
    """Ink that may be one digit: its box, the model's input made of it, and the prediction, of one image.

    `inks` are what it was joined of: components of a photo or strokes of a drawing. `touches` is the number
    of places where strokes of it, or around it, touch others beside it. `sign` is one of SIGNS if it is no
    digit but that, and `slash` the probability, by its place, that a 1 is a slash. `gain` is what it adds to
    the log-probability of its row, and `is_doubtful` is true if something else speaks against it.
    """

    box: Box
    image: FloatArray
    prediction: Predictions
    inks: tuple[Any, ...] = ()
    touches: int = 0
    sign: str = ""
    slash: float = 0.0
    gain: float = 0.0
    is_doubtful: bool = False

    @property
    def confidence(self) -> float:
        """The probability that it is a digit, and the most probable one, 0..1."""
        return float(self.prediction.confidence[0])

    @property
    def sign_probability(self) -> float:
        """The probability that it is the most probable sign, 0..1."""
        return float(self.prediction.sign_probabilities[0].max(initial=0))

    @property
    def read_as(self) -> int:
        """The most probable digit, 0-9, if it is one."""
        return int(self.prediction.probabilities[0].argmax())


@dataclass(frozen=True)
class RowReading:
    """The best path through a row: its digits and signs from left to right, and its log-probability.

    `dirt` are the boxes of what was left out and is not small; `left_out` counts those as large as a digit.
    """

    items: tuple[Hypothesis, ...]
    log_probability: float
    left_out: int = 0
    dirt: tuple[Box, ...] = ()

    @property
    def digits(self) -> tuple[Hypothesis, ...]:
        """The items that are no signs."""
        return tuple(item for item in self.items if not item.sign)


@dataclass(frozen=True)
class PageReading:
    """The rows that have digits, with their signs, and the mean log-probability of a digit, -inf without any.

    `left_out` is the sum of all rows, `dirt` are the boxes of all that was left out.
    """

    rows: tuple[tuple[Hypothesis, ...], ...]
    log_probability: float
    left_out: int = 0
    dirt: tuple[Box, ...] = ()

    @classmethod
    def of(cls, rows: Iterable[RowReading]) -> PageReading:
        """Join the readings of a page's rows."""
        every = list(rows)
        count = sum(len(row.digits) for row in every)
        total = sum(row.log_probability for row in every)
        return cls(
            tuple(row.items for row in every if row.digits),
            total / count if count else -math.inf,
            sum(row.left_out for row in every),
            tuple(box for row in every for box in row.dirt),
        )

    def with_doubt_along_border(self, size: tuple[int, ...]) -> PageReading:
        """Return it with what touches the border of a (height, width) page doubtful: it may be cut off.

        So are several 1s and nothing else, which may be lines.
        """
        height, width = size
        may_be_lines = self.is_lines and sum(map(len, self.digits)) > 1

        def checked(item: Hypothesis) -> Hypothesis:
            box = item.box
            touches = min(box.left, box.top, width - box.right, height - box.bottom) <= 0
            return replace(item, is_doubtful=True) if touches or may_be_lines else item

        return replace(self, rows=tuple(tuple(map(checked, row)) for row in self.rows))

    @property
    def digits(self) -> tuple[tuple[Hypothesis, ...], ...]:
        """The rows without their signs."""
        return tuple(tuple(item for item in row if not item.sign) for row in self.rows)

    @property
    def evidence(self) -> float:
        """Evidence for all this being digits: the more of them, the surer, and the fewer are 1s.

        Any line reads as a 1, and half a digit as something unsure.
        """
        every = [digit for row in self.digits for digit in row]
        sure = sum(_weight(digit) * max(-1.0, 1 - STEEP * (1 - digit.confidence)) for digit in every)
        lines, others = self._lines_and_others
        lines = lines if others else sum(not _is_beside_its_like(d, row) for row in self.digits for d in row)
        too_many = max(0.0, lines - 1 - MOST_LINES * others)
        return sure - too_many - self.left_out - CRUMB * self._crumbs

    @property
    def is_plain(self) -> bool:
        """True if everything was read surely, and few of it as 1s: no other way to see it will do better."""
        lines, others = self._lines_and_others
        is_sure = self.evidence >= PLAIN * self.most_evidence
        return is_sure and lines <= FEW_LINES * others and not self.left_out and not self._crumbs

    @property
    def is_fair(self) -> bool:
        """True if most was read surely: few other ways to see it may do better."""
        return self.evidence >= FAIR * self.most_evidence > 0

    @property
    def most_evidence(self) -> float:
        """The evidence that it would have if all were sure."""
        return sum(_weight(digit) for row in self.digits for digit in row)

    @property
    def is_lines(self) -> bool:
        """True if nothing but 1s was read."""
        return self._lines_and_others[1] == 0

    @property
    def _lines_and_others(self) -> tuple[int, int]:
        lines = [digit.read_as == 1 for row in self.digits for digit in row]
        return sum(lines), len(lines) - sum(lines)

    @property
    def _crumbs(self) -> float:
        """The number of small signs beside each other, and of those that no number has as many of."""
        small = [[item.sign in SMALL_SIGNS for item in row] for row in self.rows]
        beside = sum(a and b for row in small for a, b in pairwise(row))
        return beside + sum(max(0.0, sum(row) - MOST_SIGNS * (len(row) - sum(row))) for row in small)


def _weight(digit: Hypothesis) -> float:
    return A_LINE if digit.read_as == 1 else 1.0


def _is_beside_its_like(digit: Hypothesis, row: Sequence[Hypothesis]) -> bool:
    """Return whether the next digit of a row begins and ends at the same height."""
    box, others = digit.box, [other.box for other in row if other is not digit]
    if not others:
        return False
    beside = min(others, key=lambda other: max(other.left - box.right, box.left - other.right))
    return max(abs(box.top - beside.top), abs(box.bottom - beside.bottom)) < LEVEL * beside.height
