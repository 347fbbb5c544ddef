"""Words among numbers: groups that read badly as digits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from mnist_app.domain import Box
from mnist_app.errors import NoDigitError
from mnist_app.reading.hypotheses import Hypothesis, PageReading

# Chosen by what `tests.benchmarks.pages` paints: of groups of digits, in the hands of the validation writers,
# one in fifty has less than the first, and of words a third has more; nearly no number has less than BAD.
WORD_GAP = 0.4  # of a digit's height, between two words
AMONG_WORDS, BAD = -1.2, -2.5  # mean log-probability of a number's digits
SINGLE = -0.3  # of one digit among words
TWINS = (0, 1)  # o and l; one by itself is no number among words
RARE = 0.05  # of a page's words and numbers; fewer numbers are chance


def without_words(
    page: PageReading, height: float, is_text: bool
) -> tuple[PageReading, tuple[Box, ...]]:
    """Return a page without the groups that are rather words, and the boxes of these.

    `height` is that of a digit, in pixels; only where `is_text` says that most of the page looks like words, there
    are any. One digit among words is doubtful, and what reads badly among numbers.
    """
    rows, words, numbers = [], [], 0
    for row in page.rows:
        kept: list[Hypothesis] = []
        for group in _groups(row, WORD_GAP * height):
            digits = [item for item in group if not item.sign]
            gain = float(np.mean([digit.gain for digit in digits])) if digits else 0.0
            if is_text and _is_word(digits, gain):
                words.append(Box.around(item.box for item in group))
            else:
                numbers += bool(digits)
                is_bad = gain < BAD or (is_text and len(digits) == 1)
                kept += [replace(item, is_doubtful=item.is_doubtful or is_bad) for item in group]
        rows.append(tuple(kept) if any(not item.sign for item in kept) else ())
    if is_text and numbers < RARE * (numbers + len(words)):  # among so many words, one looks like a number
        rows = []
    return replace(page, rows=tuple(row for row in rows if row)), tuple(words)


def no_numbers(is_text: bool) -> NoDigitError:
    """Return the error of a page with nothing but words, or without any."""
    if is_text:
        return NoDigitError(
            "There is writing here, but it does not look like digits. Show a page of numbers."
        )
    return NoDigitError("There is ink here, but no digit. Write larger, or go nearer.")


def _groups(row: tuple[Hypothesis, ...], gap: float) -> list[tuple[Hypothesis, ...]]:
    right = np.maximum.accumulate([item.box.right for item in row])
    starts = [k for k, (item, end) in enumerate(zip(row[1:], right[:-1], strict=True), 1) if item.box.left - end > gap]
    return [row[start:stop] for start, stop in pairwise([0, *starts, len(row)])]


def _is_word(digits: list[Hypothesis], gain: float) -> bool:
    if len(digits) == 1:
        return gain < SINGLE or digits[0].read_as in TWINS
    return gain < AMONG_WORDS
