"""Rows of digits to numbers: digits with no wide gap between them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from mnist_app.domain import Digit, Reading
from mnist_app.errors import NoDigitError

# Of a digit's height, chosen by eye on photos: no gap between two numbers is less than MIN_GAP, a single one
# separates from SURE_GAP on, and all below EVEN_GAP count as equal.
EVEN_GAP, MIN_GAP, SURE_GAP = 0.15, 0.4, 1.5
JUMP = 1.8  # times the widest gap within numbers, chosen by eye; many people leave wide gaps everywhere


def reading_of(rows: Sequence[Sequence[Digit]], turned: int = 0) -> Reading:
    """Return rows of digits, from left to right on a page turned by these degrees, as a Reading.

    Numbers end at gaps that are wide beside the others of the page.
    """
    boxes = [[digit.box.turned(turned, 0, 0) for digit in row] for row in rows]
    # The paper between a row's digits, in pixels; 0 where they overlap.
    gaps = [[max(0.0, after.left - before.right) for before, after in pairwise(row)] for row in boxes]
    wide = _wide_gap([gap for row in gaps for gap in row], [box.height for row in boxes for box in row])
    numbers = []
    for row, between in zip(rows, gaps, strict=True):
        starts = [0, *(k for k, gap in enumerate(between, 1) if gap > wide), len(row)]
        numbers.append(tuple(tuple(row[start:stop]) for start, stop in pairwise(starts)))
    return Reading(tuple(numbers), turned)


def _wide_gap(gaps: Sequence[float], heights: Sequence[float]) -> float:
    """Return the gap, in pixels, from which on a number begins: where the sorted gaps jump the most."""
    height = float(np.median(heights)) if heights else 0.0
    ordered = sorted(max(gap, EVEN_GAP * height) for gap in gaps)
    jumps = [(b / a, a, b) for a, b in pairwise(ordered) if b > MIN_GAP * height]
    ratio, before, after = max(jumps, default=(0.0, 0.0, 0.0))
    return float(np.sqrt(before * after)) if ratio >= JUMP else SURE_GAP * height


def without_words(reading: Reading) -> Reading:
    """Leave out the groups that have no digit at all. Raises NoDigitError if nothing is left."""
    groups = [[number for number in row if any(d.is_digit for d in number)] for row in reading.numbers]
    rows = [[digit for number in row for digit in number] for row in groups if row]
    if not rows:
        raise NoDigitError(
            "There is writing here, but none of it is a digit. Write numbers, larger and apart."
        )
    return reading_of(rows, reading.turned)
