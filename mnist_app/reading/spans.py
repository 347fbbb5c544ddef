"""Ways to join neighbouring parts of a row to what may be one digit, and what each costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mnist_app.domain import Box
from mnist_app.reading.layout import Part, Row, Stroke

MAX_WIDTH = 1.6  # of a digit's height; nothing wider is one digit
MAX_PARTS = 12  # of one digit
# Costs in natural logarithms of probability, fitted with those of `lattice`.
GAP = 12.0  # to join parts, for a gap as wide as a digit is high
AWAY = 1.0  # to join strokes, for each that was drawn between them
SHORT, LOWEST = 4.0, 0.5  # to take for a digit what is lower than LOWEST of the usual, per height missing
FLAT = 0.6  # the weight of a box's width in its size, beside its height


@dataclass(frozen=True)
class Span:
    """Parts [start, stop) of a row as one digit: their box, and the cost of joining them."""

    start: int
    stop: int
    box: Box
    cost: float


def spans_of(row: Row[Any]) -> list[Span]:
    """Return all ways to join neighbouring parts to something as wide as a digit."""
    spans = []
    for start in range(len(row.parts)):
        for stop in range(start + 1, min(len(row.parts), start + MAX_PARTS) + 1):
            parts = row.parts[start:stop]
            box = Box.around(part.ink.box for part in parts)
            if stop > start + 1 and box.width > MAX_WIDTH * row.height:
                break
            missing = LOWEST - box.height / row.height
            short = SHORT * missing / LOWEST + 1 if missing > 0 else 0.0
            orders = [part.ink.order for part in parts if isinstance(part.ink, Stroke)]
            between = max(orders) - min(orders) + 1 - len(orders) if orders else 0  # strokes of other digits
            cost = short + GAP * _paper_between(parts) / row.height + AWAY * between
            spans.append(Span(start, stop, box, cost))
    return spans


def size_of(box: Box) -> float:
    """Return how large something is beside a digit's height, in pixels: a dash is less than its width."""
    return max(box.height, FLAT * box.width)


def _paper_between(parts: Sequence[Part[Any]]) -> float:
    """Return the paper, in pixels from left to right, between parts that no cut has separated."""
    right, gaps = parts[0].ink.box.right, 0.0
    for part in parts[1:]:
        gaps += max(0.0, part.ink.box.left - right) if part.cut == 0 else 0.0
        right = max(right, part.ink.box.right)
    return gaps
