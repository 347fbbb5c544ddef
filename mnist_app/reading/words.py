"""Words among numbers: groups that read badly as digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import numpy as np

from mnist_app.domain import Box
from mnist_app.errors import NoDigitError
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.components import Component
from mnist_app.reading.hypotheses import Hypothesis, PageReading
from mnist_app.reading.layout import Part, Row
from mnist_app.reading.page import confidences

# Chosen by what `tests.benchmarks.pages` paints: of groups of digits, in the hands of the validation writers,
# one in fifty has less than the first, and of words a third has more; nearly no number has less than BAD.
WORD_GAP = 0.4  # of a digit's height, between two words
AMONG_WORDS, BAD = -1.2, -2.5  # mean log-probability of a number's digits
SINGLE = -0.3  # of one digit among words
NARROW, LETTERS = 1.0, 0.3  # of a digit's height; mean confidence of what is no broader, in a word
TWINS = (0, 1)  # o and l; one by itself is no number among words
RARE = 0.05  # of a page's words and numbers; fewer numbers are chance

T = TypeVar("T")


def without_words(page: PageReading, height: float, is_text: bool) -> tuple[PageReading, tuple[Box, ...]]:
    """Return a page without the groups that are rather words, and the boxes of these.

    `height` is that of a digit, in pixels. There are words only where `is_text` says that most of the page
    looks like them. One digit among words is doubtful, and so is what reads badly among numbers.
    """
    rows, words, numbers = [], [], 0
    for row in page.rows:
        kept: list[Hypothesis] = []
        for group in _groups(row, [item.box for item in row], WORD_GAP * height):
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


def without_sure_words(
    rows: Sequence[Row[Component]], classifier: Classifier
) -> tuple[list[Row[Component]], list[Box]]:
    """Return rows without the words that can be told before they are read, and the boxes of these.

    A word has several components that are no broader than a digit, and most of them are none. Reading costs
    a hundred times as much.
    """
    kept, words = [], []
    for row in rows:
        parts: list[Part[Component]] = []
        for group in _groups(row.parts, [part.ink.box for part in row.parts], WORD_GAP * row.height):
            narrow = [part.ink for part in group if part.ink.width < NARROW * row.height]
            if len(narrow) > 1 and np.mean(confidences(narrow, classifier)) < LETTERS:
                words.append(Box.around(part.ink.box for part in group))
            else:
                parts += group
        if parts:
            kept.append(Row(tuple(parts), row.height))
    return kept, words


def no_numbers(is_text: bool) -> NoDigitError:
    """Return the error of a page with nothing but words, or without any."""
    if is_text:
        return NoDigitError(
            "There is writing here, but it does not look like digits. Show a page of numbers."
        )
    return NoDigitError("There is ink here, but no digit. Write larger, or go nearer.")


def _groups(row: Sequence[T], boxes: Sequence[Box], gap: float) -> list[Sequence[T]]:
    """Cut a row, from left to right, wherever there is such a gap."""
    right = np.maximum.accumulate([box.right for box in boxes])
    starts = [k for k in range(1, len(row)) if boxes[k].left - right[k - 1] > gap]
    return [row[start:stop] for start, stop in pairwise([0, *starts, len(row)])]


def _is_word(digits: list[Hypothesis], gain: float) -> bool:
    if len(digits) == 1:
        return gain < SINGLE or digits[0].read_as in TWINS
    return gain < AMONG_WORDS
