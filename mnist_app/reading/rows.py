"""Rows of parts to rows of digits: the model judges every way to join parts, and the best one is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mnist_app.domain import DIGITS, Answers, Box, Boxed, FloatArray
from mnist_app.ink.segment import Part, Row
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.lattice import Path, Span, best_path

WIDEST = 1.6  # of a digit's height; nothing wider is one digit
MOST_PARTS = 12  # of one digit
LARGE = 0.6  # of the usual size; what is left out and larger is no dirt
FLAT = 0.6  # how much a part's width counts for its size, beside its height

ImageOf = Callable[[Sequence[Any]], FloatArray | None]


@dataclass(frozen=True)
class Found:
    """One digit on a page: where, the model's input made of it, and what the model says, answers of one."""

    box: Box
    image: FloatArray
    answers: Answers


@dataclass(frozen=True)
class Read:
    """Rows of what was found, and how well the page was read: the mean logarithm for each digit, at most 0.

    `left_out` says whether something as large as a digit was taken for none.
    """

    rows: tuple[tuple[Found, ...], ...]
    worth: float
    left_out: bool = False


NOTHING = Read((), -math.inf)


def read_rows(rows: Sequence[Row[Any]], image_of: ImageOf, classifier: Classifier) -> Read:
    """The best reading of all rows. `image_of` makes the model's input of joined parts' ink, or None."""
    spans = [_spans(row) for row in rows]
    images = [image_of([part.ink for part in parts]) for row in spans for _, parts in row]
    known = [image for image in images if image is not None]
    if not known:
        return NOTHING
    answers = classifier.predict(np.stack(known))
    waiting, k = iter(images), 0
    read, worth, count, left_out = [], 0.0, 0, False
    for row, row_spans in zip(rows, spans, strict=True):
        founds: list[Found | None] = []
        for _, parts in row_spans:
            image = next(waiting)
            if image is None:
                founds.append(None)
                continue
            own = Answers(answers.probabilities[k : k + 1], answers.digitness[k : k + 1])
            founds.append(Found(Box.around(part.ink for part in parts), image, own))
            k += 1
        sizes = [_size(part.ink, row.height) for part in row.parts]
        path, digits = _best(row, sizes, [span for span, _ in row_spans], founds)
        worth += path.worth
        count += len(digits)
        left_out |= any(sizes[k] > LARGE for k in path.left_out)
        if digits:
            read.append(digits)
    return Read(tuple(read), worth / count, left_out) if read else NOTHING


def _best(
    row: Row[Any], sizes: Sequence[float], spans: Sequence[Span], founds: Sequence[Found | None]
) -> tuple[Path, tuple[Found, ...]]:
    kept = [(span, found) for span, found in zip(spans, founds, strict=True) if found is not None]
    none = Answers(np.zeros((0, len(DIGITS)), np.float32), np.zeros(0, np.float32))
    each = [none, *(found.answers for _, found in kept)]
    answers = Answers(
        np.concatenate([a.probabilities for a in each]), np.concatenate([a.digitness for a in each])
    )
    path = best_path([span for span, _ in kept], answers, [part.cut for part in row.parts], sizes)
    return path, tuple(kept[k][1] for k in path.spans)


def _spans(row: Row[Any]) -> list[tuple[Span, tuple[Part[Any], ...]]]:
    """All ways to join a row's parts to something as wide as a digit."""
    spans = []
    for start in range(len(row.parts)):
        for stop in range(start + 1, min(len(row.parts), start + MOST_PARTS) + 1):
            parts = row.parts[start:stop]
            box = Box.around(part.ink for part in parts)
            if stop > start + 1 and box.width > WIDEST * row.height:
                break
            span = Span(start, stop, box.height / row.height, _paper(parts) / row.height, _away(parts))
            spans.append((span, parts))
    return spans


def _paper(parts: Sequence[Part[Any]]) -> float:
    """How much paper, in pixels from left to right, is between parts where nothing was cut."""
    right, gaps = parts[0].ink.right, 0.0
    for part in parts[1:]:
        gaps += max(0.0, part.ink.left - right) if part.cut == 0 else 0.0
        right = max(right, part.ink.right)
    return gaps


def _away(parts: Sequence[Part[Any]]) -> int:
    """How many other strokes were drawn between these; 0 for what has no order."""
    orders = [part.ink.order for part in parts if hasattr(part.ink, "order")]
    return max(orders) - min(orders) + 1 - len(orders) if orders else 0


def _size(item: Boxed, height: float) -> float:
    return max(item.bottom - item.top, FLAT * (item.right - item.left)) / height
