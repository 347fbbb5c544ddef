"""Rows of parts to rows of digits: the model judges every way to join parts, and the best one is read."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mnist_app.domain import Box, FloatArray, Predictions
from mnist_app.ink.canonical import SIZE
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.lattice import Span, best_path
from mnist_app.reading.layout import Part, Row

MAX_WIDTH = 1.6  # of a digit's height; nothing wider is one digit
MAX_PARTS = 12  # of one digit
LARGE = 0.6  # of the usual size; what is left out and larger is no dirt
FLAT = 0.6  # how much a part's width counts for its size, beside its height

ImageOf = Callable[[Sequence[Any]], FloatArray | None]


@dataclass(frozen=True)
class Found:
    """One digit on a page: where, the model's input made of it, and what the model says, answers of one."""

    box: Box
    image: FloatArray
    answers: Predictions


@dataclass(frozen=True)
class Read:
    """Rows of what was found, and how well the page was read: the mean logarithm for each digit, at most 0.

    `left_out` says whether something as large as a digit was taken for none.
    """

    rows: tuple[tuple[Found, ...], ...]
    worth: float
    left_out: bool = False


NOTHING = Read((), -math.inf)


def stacked(images: Sequence[FloatArray]) -> FloatArray:
    """Any number of model inputs, none too, as one array."""
    return np.asarray(images, np.float32).reshape(-1, SIZE, SIZE)


def read_rows(rows: Sequence[Row[Any]], image_of: ImageOf, classifier: Classifier) -> Read:
    """The best reading of all rows. `image_of` makes the model's input of joined parts' ink, or None."""
    read = [_read_row(row, image_of, classifier) for row in rows]
    count = sum(len(digits) for _, digits, _ in read)
    if not count:
        return NOTHING
    worth = sum(worth for worth, _, _ in read) / count
    found = tuple(digits for _, digits, _ in read if digits)
    return Read(found, worth, any(left_out for _, _, left_out in read))


def _read_row(
    row: Row[Any], image_of: ImageOf, classifier: Classifier
) -> tuple[float, tuple[Found, ...], bool]:
    """The worth of the best path through a row, its digits, and whether it leaves something large out."""
    drawn = [(span, parts, image_of(parts)) for span, parts in _spans(row)]
    kept = [(span, parts, image) for span, parts, image in drawn if image is not None]
    answers = classifier.predict(stacked([image for _, _, image in kept]))
    sizes = [_size(part.ink.box, row.height) for part in row.parts]
    path = best_path([span for span, _, _ in kept], answers, [part.cut for part in row.parts], sizes)
    digits = []
    for k in path.spans:
        own = Predictions(answers.probabilities[k : k + 1], answers.digit_probability[k : k + 1])
        digits.append(Found(Box.around(ink.box for ink in kept[k][1]), kept[k][2], own))
    return path.worth, tuple(digits), any(sizes[k] > LARGE for k in path.left_out)


def _spans(row: Row[Any]) -> list[tuple[Span, list[Any]]]:
    """All ways to join a row's parts to something as wide as a digit, each with its ink."""
    spans = []
    for start in range(len(row.parts)):
        for stop in range(start + 1, min(len(row.parts), start + MAX_PARTS) + 1):
            parts = row.parts[start:stop]
            box = Box.around(part.ink.box for part in parts)
            if stop > start + 1 and box.width > MAX_WIDTH * row.height:
                break
            span = Span(start, stop, box.height / row.height, _paper(parts) / row.height, _away(parts))
            spans.append((span, [part.ink for part in parts]))
    return spans


def _paper(parts: Sequence[Part[Any]]) -> float:
    """How much paper, in pixels from left to right, is between parts where nothing was cut."""
    right, gaps = parts[0].ink.box.right, 0.0
    for part in parts[1:]:
        gaps += max(0.0, part.ink.box.left - right) if part.cut == 0 else 0.0
        right = max(right, part.ink.box.right)
    return gaps


def _away(parts: Sequence[Part[Any]]) -> int:
    """How many other strokes were drawn between these; 0 for what has no order."""
    orders = [part.ink.order for part in parts if hasattr(part.ink, "order")]
    return max(orders) - min(orders) + 1 - len(orders) if orders else 0


def _size(box: Box, height: float) -> float:
    return max(box.height, FLAT * box.width) / height
