"""Words among numbers: groups that read badly as digits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
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
GOOD = -0.3  # the same, of a number beside which what is BAD is a word
WORST = -3.0  # log-probability; a number among words has no digit with less
SINGLE = -0.3  # of one digit among words
NARROW, LETTERS = 1.0, 0.3  # of a digit's height; mean confidence of what is no broader, in a word
ALIGNED = 0.5  # of a digit's height; groups of a column begin or end within as much
COLUMN = 0.3  # the weight of a column beside a group's own gain
NUMBERS = -0.6  # mean gain of a column of numbers
TWINS = (0, 1)  # o and l; one by itself is no number among words
RARE = 0.05  # of a page's words and numbers; fewer numbers are chance

T = TypeVar("T")
Word = tuple[Box, ...]  # of its pieces, which would be digits if it were a number


@dataclass(frozen=True)
class _Group:
    """Items of one row without a wide gap: a number or a word.

    `gain` and `worst` are the mean and the least gain of its digits.
    """

    row: int
    items: tuple[Hypothesis, ...]
    box: Box
    gain: float
    worst: float

    @property
    def digits(self) -> list[Hypothesis]:
        return [item for item in self.items if not item.sign]


def without_words(
    page: PageReading, height: float, is_text: bool, told: Sequence[Word] = ()
) -> tuple[PageReading, tuple[Word, ...]]:
    """Return a page without the groups that are rather words, and these.

    `height` is that of a digit, in pixels, and `told` are words that were left out before. Where `is_text`
    says that most of the page looks like words, all that reads badly is one; elsewhere only what is no number
    beside one that is. One digit among words is doubtful, and so is what reads badly in a column of numbers.
    """
    groups = [
        _group(k, items)
        for k, row in enumerate(page.rows)
        for items in _groups(row, [item.box for item in row], WORD_GAP * height)
    ]
    others = [*((group.box, group.gain) for group in groups), *((Box.around(word), BAD) for word in told)]
    kept: list[list[Hypothesis]] = [[] for _ in page.rows]
    has_number = any(len(group.digits) > 1 and group.gain > GOOD for group in groups)
    words, numbers = [], 0
    for group in groups:
        is_bad = group.gain < BAD
        if is_text or (is_bad and has_number):
            column = _column(group.box, others, height)
            reads_badly = _reads_badly(group, column)
            if reads_badly and column < NUMBERS:
                words.append(tuple(item.box for item in group.items))
                continue
            is_bad |= reads_badly or (len(group.digits) == 1 and column < NUMBERS)
        numbers += bool(group.digits)
        kept[group.row] += [replace(i, is_doubtful=i.is_doubtful or is_bad) for i in group.items]
    if is_text and numbers < RARE * (numbers + len(words) + len(told)):  # among so many words, one is chance
        kept = []
    rows = tuple(tuple(row) for row in kept if any(not item.sign for item in row))
    return replace(page, rows=rows), tuple(words)


def without_sure_words(
    rows: Sequence[Row[Component]], classifier: Classifier
) -> tuple[list[Row[Component]], list[Word]]:
    """Return rows without the words that can be told before they are read, and these.

    A word has several components that are no broader than a digit, and most of them are none. Reading costs
    a hundred times as much.
    """
    kept, words = [], []
    for row in rows:
        parts: list[Part[Component]] = []
        for group in _groups(row.parts, [part.ink.box for part in row.parts], WORD_GAP * row.height):
            narrow = [part.ink for part in group if part.ink.width < NARROW * row.height]
            if len(narrow) > 1 and np.mean(confidences(narrow, classifier)) < LETTERS:
                words.append(tuple(part.ink.box for part in group))
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


def _group(row: int, items: Sequence[Hypothesis]) -> _Group:
    gains = [item.gain for item in items if not item.sign]
    box = Box.around(item.box for item in items)
    return _Group(row, tuple(items), box, float(np.mean(gains or 0.0)), min(gains, default=0.0))


def _column(box: Box, others: Sequence[tuple[Box, float]], height: float) -> float:
    """Return the mean gain of the groups above and below that begin or end where this one does.

    People write lists: words in one column, numbers in another. It is AMONG_WORDS, which says nothing, if
    there are fewer than two.
    """
    gains = [
        max(gain, BAD)
        for other, gain in others
        if min(abs(other.left - box.left), abs(other.right - box.right)) < ALIGNED * height
        and (other.top >= box.bottom or other.bottom <= box.top)
    ]
    return float(np.mean(gains)) if len(gains) >= 2 else AMONG_WORDS


def _reads_badly(group: _Group, column: float) -> bool:
    gain = group.gain + (column - AMONG_WORDS) * COLUMN
    if len(group.digits) == 1:
        return gain < SINGLE or (group.digits[0].read_as in TWINS and column < NUMBERS)
    return gain < AMONG_WORDS or group.worst < WORST
