"""Rows of digits and signs to numbers: what has no wide gap in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from mnist_app.domain import Box, Digit, Group, LeftOut, Reading, Sign
from mnist_app.errors import NoDigitError

# Of a digit's height, chosen by eye on photos: no gap between two numbers is less than MIN_GAP, a single one
# separates from SURE_GAP on, and all below EVEN_GAP count as equal.
EVEN_GAP, MIN_GAP, SURE_GAP = 0.15, 0.4, 1.5
JUMP = 1.8  # times the widest gap within numbers, chosen by eye; many people leave wide gaps everywhere


def reading_of(rows: Sequence[Sequence[Digit | Sign]], turned: int = 0) -> Reading:
    """Return rows of digits and signs, from left to right on a page turned by these degrees, as a Reading.

    Numbers end at gaps that are wide beside the others of the page.
    """
    placed = [[(item.box.turned(turned, 0, 0), isinstance(item, Digit)) for item in row] for row in rows]
    # The paper between a row's items, in pixels, 0 where they overlap; and whether both are digits.
    gaps = [[(max(0.0, b.left - a.right), p and q) for (a, p), (b, q) in pairwise(row)] for row in placed]
    heights = [box.height for row in placed for box, is_digit in row if is_digit]
    height = float(np.median(heights)) if heights else 0.0
    # A point stands so near its digit that all other gaps are wide beside it.
    wide = _wide_gap([gap for row in gaps for gap, both in row if both or gap > MIN_GAP * height], height)
    groups = []
    for row, between in zip(rows, gaps, strict=True):
        starts = [0, *(k for k, (gap, _) in enumerate(between, 1) if gap > wide), len(row)]
        groups.append(tuple(tuple(row[start:stop]) for start, stop in pairwise(starts)))
    return Reading(tuple(groups), turned)


def _wide_gap(gaps: Sequence[float], height: float) -> float:
    """Return the gap, in pixels, from which on a number begins: where the sorted gaps jump the most."""
    ordered = sorted(max(gap, EVEN_GAP * height) for gap in gaps)
    jumps = [(b / a, a, b) for a, b in pairwise(ordered) if b > MIN_GAP * height]
    ratio, before, after = max(jumps, default=(0.0, 0.0, 0.0))
    return float(np.sqrt(before * after)) if ratio >= JUMP else SURE_GAP * height


def without_words(reading: Reading) -> Reading:
    """Leave out the groups in which nothing is a digit. Raises NoDigitError if no number is left."""
    rows, words = [], []
    for row in reading.groups:
        has_numbers = any(map(_has_digit, row))
        # Between numbers, signs may stand by themselves.
        keep = [
            _has_digit(group) or (has_numbers and all(isinstance(i, Sign) for i in group)) for group in row
        ]
        words += [group for group, is_kept in zip(row, keep, strict=True) if not is_kept]
        if has_numbers:
            rows.append([i for group, is_kept in zip(row, keep, strict=True) if is_kept for i in group])
    if not rows:
        raise NoDigitError(
            "There is writing here, but none of it is a digit. Write numbers, larger and apart."
        )
    pieces = [tuple(item.box for item in word) for word in words]
    letters = [LeftOut(Box.around(boxes), "letters", boxes) for boxes in pieces]
    return replace(reading_of(rows, reading.turned), left_out=(*reading.left_out, *letters))


def _has_digit(group: Group) -> bool:
    return any(isinstance(item, Digit) and item.is_digit for item in group)
