"""Which parts of a row are digits: the best way through all ways to join them, as the model judges them.

Over-segmentation and a search for the best path, as in LeCun, Bottou, Bengio, Haffner, "Gradient-Based
Learning Applied to Document Recognition" (1998), section VI.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mnist_app.domain import Answers

# The prices of a path, in natural logarithms of probability.
UNLIKELY = 1e-5  # the least probability of a digit
CUT, CUT_STROKE = 1.0, 1.0  # to cut two digits apart, and for each stroke that the cut goes through
GAP = 12.0  # to join parts, for a gap as wide as a digit is high
AWAY = 1.0  # to join strokes, for each that was drawn between them
SHORT, LOWEST = 4.0, 0.5  # to take for a digit what is lower than LOWEST of the usual, per height missing
LEAVE_OUT, SMALL = 16.0, 0.35  # to leave out something, for each height of a digit beyond SMALL
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


def best_path(spans: Sequence[Span], answers: Answers, cuts: Sequence[float], sizes: Sequence[float]) -> Path:
    """The best way through a row whose parts have these cuts before them, in strokes, and these sizes.

    `answers` are the model's for the spans. Every part is in one digit or is left out.
    """
    ending: Mapping[int, list[int]] = {stop: [] for stop in range(len(cuts) + 1)}
    alone = dict.fromkeys(range(len(cuts)), 0.0)
    worths = []
    for k, span in enumerate(spans):
        worths.append(_worth(span, float(answers.probabilities[k].max()), float(answers.digitness[k])))
        ending[span.stop].append(k)
        if span.stop == span.start + 1:
            alone[span.start] = float(answers.digitness[k])
    prices = [CUT + CUT_STROKE * cut if cut > 0 else 0.0 for cut in cuts]
    best: list[float] = [0.0]
    back: list[tuple[int, int | None]] = [(0, None)]
    for stop in range(1, len(cuts) + 1):
        part = stop - 1
        ways: list[tuple[float, int, int | None]] = [
            (best[part] - prices[part] - _left_out(sizes[part], alone[part]), part, None)
        ]
        ways += [
            (best[spans[k].start] - prices[spans[k].start] + worths[k], spans[k].start, k)
            for k in ending[stop]
        ]
        worth, start, chosen = max(ways, key=lambda way: way[0])
        best.append(worth)
        back.append((start, chosen))
    found: list[int] = []
    left_out: list[int] = []
    at = len(cuts)
    while at:
        at, chosen = back[at]
        if chosen is None:
            left_out.append(at)
        else:
            found.append(chosen)
    return Path(tuple(reversed(found)), tuple(reversed(left_out)), best[-1])


def _worth(span: Span, probability: float, digitness: float) -> float:
    """The logarithm of how likely a span is one digit."""
    short = SHORT * (LOWEST - span.size) / LOWEST + 1 if span.size < LOWEST else 0.0
    likely = math.log(max(UNLIKELY, probability * digitness))
    return likely - short - GAP * span.gap - AWAY * span.away


def _left_out(size: float, digitness: float) -> float:
    """The price of taking a part for dirt."""
    if size <= SMALL:
        return ANYTHING
    return ANYTHING + LEAVE_OUT * (size - SMALL) - math.log(max(0.01, 1 - digitness))
