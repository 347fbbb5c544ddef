"""Which parts of a row are digits: the best way through all ways to join them, as the model judges them.

Over-segmentation and a search for the best path, as in LeCun, Bottou, Bengio, Haffner, "Gradient-Based
Learning Applied to Document Recognition" (1998), section VI.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from mnist_app.domain import Predictions

# The prices of a path, in natural logarithms of probability: the best ones found by changing one after
# another on painted pages and numbers of the validation writers (`tests.benchmarks.synthetic.pages`).
UNLIKELY = 1e-5  # the least probability of a digit
CUT, CUT_STROKE = 1.0, 1.0  # to cut two digits apart, and for each stroke that the cut goes through
GAP = 12.0  # to join parts, for a gap as wide as a digit is high
AWAY = 1.0  # to join strokes, for each that was drawn between them
SHORT, LOWEST = 4.0, 0.5  # to take for a digit what is lower than LOWEST of the usual, per height missing
LEAVE_OUT, SMALL = 16.0, 0.35  # to leave out something, for each height of a digit beyond SMALL
MIN_DOUBT = 0.01  # that something is a digit, whatever the model says
ANYTHING = 0.1  # to leave out anything at all


@dataclass(frozen=True)
class Span:
    """Parts [start, stop) of a row as one digit.

    `size` is its height over the usual, `gap` the paper between its parts, over the usual height, and `away`
    how many strokes of other digits were drawn between its own.
    """

    start: int
    stop: int
    size: float
    gap: float
    away: int = 0


@dataclass(frozen=True)
class Path:
    """The spans that are digits and the parts that are none, by index from left to right, and its worth."""

    spans: tuple[int, ...]
    left_out: tuple[int, ...]
    worth: float


def best_path(
    spans: Sequence[Span], answers: Predictions, cuts: Sequence[float], sizes: Sequence[float]
) -> Path:
    """The best way through a row whose parts have these cuts before them, in strokes, and these sizes.

    `answers` are the model's for the spans. Every part is in one digit or is left out.
    """
    ending: list[list[int]] = [[] for _ in range(len(cuts) + 1)]
    alone = [0.0] * len(cuts)
    for k, span in enumerate(spans):
        ending[span.stop].append(k)
        if span.stop == span.start + 1:
            alone[span.start] = float(answers.digit_probability[k])
    worths = [_worth(span, float(value)) for span, value in zip(spans, answers.confidence, strict=True)]
    prices = [CUT + CUT_STROKE * cut if cut > 0 else 0.0 for cut in cuts]
    steps = [_Step(0.0, 0, None)]  # the best one to each place between two parts
    for stop in range(1, len(cuts) + 1):
        part = stop - 1
        nothing = steps[part].worth - prices[part] - _left_out(sizes[part], alone[part])
        ways = [_Step(nothing, part, None)]
        for k in ending[stop]:
            start = spans[k].start
            ways.append(_Step(steps[start].worth - prices[start] + worths[k], start, k))
        steps.append(max(ways, key=lambda step: step.worth))
    return _walked_back(steps)


@dataclass(frozen=True)
class _Step:
    """A way to a place in a row: its worth, where its last step began, and the span it took or None."""

    worth: float
    start: int
    span: int | None


def _walked_back(steps: Sequence[_Step]) -> Path:
    """From the end of a row to its beginning, along the best steps."""
    found: list[int] = []
    left_out: list[int] = []
    at = len(steps) - 1
    while at:
        step = steps[at]
        if step.span is None:
            left_out.append(step.start)
        else:
            found.append(step.span)
        at = step.start
    return Path(tuple(reversed(found)), tuple(reversed(left_out)), steps[-1].worth)


def _worth(span: Span, likely: float) -> float:
    """The logarithm of how likely a span is one digit, `likely` by its looks alone."""
    short = SHORT * (LOWEST - span.size) / LOWEST + 1 if span.size < LOWEST else 0.0
    return math.log(max(UNLIKELY, likely)) - short - GAP * span.gap - AWAY * span.away


def _left_out(size: float, digit_probability: float) -> float:
    """The price of taking a part for dirt."""
    if size <= SMALL:
        return ANYTHING
    return ANYTHING + LEAVE_OUT * (size - SMALL) - math.log(max(MIN_DOUBT, 1 - digit_probability))
