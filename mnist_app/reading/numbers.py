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
LETTERS = (0, 1, 5)  # o, l and s; a number of these alone is none among words
RARE = 0.05  # of a page's words and numbers; fewer numbers are chance
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


def without_words(reading: Reading, is_text: bool = False) -> Reading:
    """Leave out the groups in which nothing is a digit. Raises NoDigitError if no number is left.

    Among words, a number is several sure digits, and not only what letters look like most.
    """
    rows, words = [], []
    for row in reading.groups:
        numbers = [_is_sure_number(group) if is_text else _has_digit(group) for group in row]
        has_numbers = any(numbers)
        # Between numbers, signs may stand by themselves.
        keep = [
            is_number or (has_numbers and all(isinstance(item, Sign) for item in group))
            for group, is_number in zip(row, numbers, strict=True)
        ]
        words += [group for group, is_kept in zip(row, keep, strict=True) if not is_kept]
        if has_numbers:
            rows.append([i for group, is_kept in zip(row, keep, strict=True) if is_kept for i in group])
    letters = [LeftOut(Box.around(item.box for item in word), "letters") for word in words]
    found = sum(any(isinstance(i, Digit) for i in group) for row in reading.groups for group in row)
    known = sum(isinstance(each, LeftOut) and each.reason == "letters" for each in reading.left_out)
    # Among so many words, one looks like a number.
    is_chance = is_text and found - len(words) < RARE * (found + known)
    if is_text and (not rows or is_chance):
        raise NoDigitError("There is writing here, but it does not look like digits. Show a page of numbers.")
    if not rows:
        raise NoDigitError(
            "There is writing here, but none of it is a digit. Write numbers, larger and apart."
        )
    return replace(reading_of(rows, reading.turned), left_out=(*reading.left_out, *letters))


def _is_sure_number(group: Group) -> bool:
    digits = [item for item in group if isinstance(item, Digit)]
    sure = all(digit.is_digit and not digit.is_doubtful for digit in digits)
    return sure and len(digits) > 1 and any(digit.digit not in LETTERS for digit in digits)


def _has_digit(group: Group) -> bool:
    return any(isinstance(item, Digit) and item.is_digit for item in group)
