"""Marks in a row of digits, such as ticks and arrows, and doubt about the digits beside what was left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mnist_app.domain import Box, Predictions
from mnist_app.reading.hypotheses import Hypothesis
from mnist_app.reading.layout import LOW, Row
from mnist_app.reading.spans import Span, size_of

# Chosen by eye; `tests.benchmarks.pages` measures what a change does.
NONE = 0.9  # probability of being neither digit nor sign; what has it and gives 1s only is a tick or a cross
ARROW, NO_DIGIT = 2.0, 0.3  # times its height is an arrow wide, and no likelier to be a digit
LETTER = 1.0  # of its height; what is narrower and no digit may be a letter
WITHIN = 0.4  # of a digit's height; what is as near two digits as this is in their number
DIGIT = 0.8  # of a digit's height; what is as large may be one
BESIDE = 0.1  # of a digit's height; what is as near one digit as this may be a piece of it


def marks_among(
    row: Row[Any], spans: Sequence[Span], predictions: Predictions, taken: Sequence[int]
) -> tuple[set[int], set[int]]:
    """Return those of the spans taken that are of an arrow, or are 1s cut out of a tick or a cross.

    An arrow is flat and no digit, a tick gives 1s only. And those that may be cut out of a letter: it is no
    digit, and not as broad as two.
    """
    owner = np.cumsum([part.cut == 0 for part in row.parts])
    whole = {(span.start, span.stop): k for k, span in enumerate(spans)}
    none, digit = predictions.kinds[:, 1], predictions.digit_probability
    marks: set[int] = set()
    doubtful: set[int] = set()
    for component in np.unique(owner):
        (parts,) = np.nonzero(owner == component)
        k = whole.get((int(parts[0]), int(parts[-1]) + 1))
        inside = [j for j in taken if owner[spans[j].start] == owner[spans[j].stop - 1] == component]
        if inside and len(parts) > 1 and k is not None and k not in inside and none[k] >= NONE:
            are_ones = all(predictions.probabilities[j].argmax() == 1 for j in inside)
            if are_ones and not _is_within_number(spans, taken, inside, row.height):
                marks.update(inside)
            elif are_ones or spans[k].box.width < LETTER * spans[k].box.height:
                doubtful.update(inside)
        if k is not None and spans[k].box.width > ARROW * spans[k].box.height and digit[k] < NO_DIGIT:
            marks.update(j for j in inside if spans[j].box.height >= LOW * row.height)
    return marks, doubtful


def with_doubt_around(
    items: Sequence[Hypothesis], dirt: Sequence[Box], height: float
) -> tuple[Hypothesis, ...]:
    """Return the items, those doubtful beside which a part of their number may have been left out.

    That is what lies between two of them, or so near one that it may be a piece of it, or a digit by itself.
    `dirt` are the boxes of what was left out, `height` is a digit's, in pixels.
    """
    found = list(items)
    for box in dirt:
        x = box.left + box.width / 2
        k = sum(item.box.left + item.box.width / 2 < x for item in found)  # of the items before it
        gaps = [(k - 1, box.left - found[k - 1].box.right)] if k else []
        gaps += [(k, found[k].box.left - box.right)] if k < len(found) else []
        are_around = len(gaps) == 2 and max(gap for _, gap in gaps) < WITHIN * height
        near = WITHIN if size_of(box) > DIGIT * height else BESIDE
        for place, gap in gaps:
            if are_around or gap < near * height:
                found[place] = replace(found[place], is_doubtful=True)
    return tuple(found)


def _is_within_number(
    spans: Sequence[Span], taken: Sequence[int], inside: Sequence[int], height: float
) -> bool:
    """Return whether there are digits near those of a component on either side; a tick stands apart."""
    first, last = taken.index(inside[0]), taken.index(inside[-1])
    if not first or last + 1 == len(taken):
        return False
    before, after = spans[taken[first - 1]].box, spans[taken[last + 1]].box
    gaps = spans[inside[0]].box.left - before.right, after.left - spans[inside[-1]].box.right
    return max(gaps) < WITHIN * height
