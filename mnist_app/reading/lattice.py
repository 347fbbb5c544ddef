"""Rows of parts to rows of digits: the best path through all ways to join parts, as the model judges them.

Over-segmentation and a search for the best path, as in LeCun, Bottou, Bengio, Haffner, "Gradient-Based
Learning Applied to Document Recognition" (1998), section VI.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from mnist_app.domain import Box, FloatArray, Predictions
from mnist_app.ink.canonical import BLANK, SIZE
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.components import Component, joined
from mnist_app.reading.hypotheses import Hypothesis, RowReading
from mnist_app.reading.layout import Row, Stroke
from mnist_app.reading.marks import marks_among, with_doubt_around
from mnist_app.reading.recall import Recall
from mnist_app.reading.signs import Line, sign_of
from mnist_app.reading.spans import Span, size_of, spans_of

# The costs of a path, in natural logarithms of probability. Fitted one after another to painted pages and
# numbers of the validation writers; `tests.benchmarks.fit_lattice` tries others and says what they change.
MIN_PROBABILITY = 1e-5  # of a digit
CUT, CUT_STROKE = 1.0, 1.0  # to cut two digits apart, and for each stroke's width of ink that the cut crosses
LEAVE_OUT, SMALL = 16.0, 0.35  # to leave something out, for each height of a digit beyond SMALL
SIGN_COST = 0.05  # of a sign; digits are more usual
SMALL_SIGN = 0.1  # gained by each part of a small one
MOST_IN_SIGN = 3  # components: of a percent sign
CUT_OFF = 3.0  # to leave out what was cut off a digit
MIN_DOUBT = 0.01  # the least probability that something is not a digit
ANYTHING = 0.1  # to leave anything at all out
LARGE = 0.6  # of the usual size; no dirt is larger

ImageOf = Callable[[Sequence[Any]], FloatArray | None]


def stacked(images: Sequence[FloatArray]) -> FloatArray:
    """Return N model inputs as (N, 28, 28), also for none."""
    return np.asarray(images, np.float32).reshape(-1, SIZE, SIZE)


def read_row(row: Row[Any], image_of: ImageOf, classifier: Classifier | Recall) -> RowReading:
    """Return the best reading of a row. `image_of` makes the model's input of joined parts' ink, or None."""
    inks = [part.ink for part in row.parts]
    touches = [*(part.touches for part in row.parts), 0]  # before each part, and after the last
    spans = spans_of(row)
    drawn = [image_of(inks[span.start : span.stop]) for span in spans]
    images = [BLANK if image is None else image for image in drawn]
    predictions = classifier.predict(stacked(images))
    gains = [
        -math.inf if image is None else math.log(max(MIN_PROBABILITY, float(confidence))) - span.cost
        for span, image, confidence in zip(spans, drawn, predictions.confidence, strict=True)
    ]
    line = Line.of(inks, row.height)
    signs = [_sign(row, span, predictions[k : k + 1], line) for k, span in enumerate(spans)]
    # A slash is as good a 1 but for its place.
    slashes = [math.exp(gain + SIGN_COST) if sign == "/" else 0.0 for sign, gain in signs]
    gains = [gain + math.log(max(MIN_PROBABILITY, 1 - p)) for gain, p in zip(gains, slashes, strict=True)]
    path, left_out, log_probability = _best_path(row, spans, predictions, gains, signs)
    marks, doubtful = marks_among(row, spans, predictions, [k for k, _, _ in path])
    left_out = sorted([*left_out, *(i for k in marks for i in range(spans[k].start, spans[k].stop))])
    items = []
    for k, sign, gain in path:
        if k in marks:
            continue
        span = spans[k]
        around = touches[span.start] + touches[span.stop]
        parts = tuple(inks[span.start : span.stop])
        one = predictions[k : k + 1]
        item = Hypothesis(span.box, images[k], one, parts, around, sign, slashes[k], gain, k in doubtful)
        items.append(item)
    boxes = _boxes_of(row, left_out)
    dirt = tuple(box for box in boxes if size_of(box) > SMALL * row.height)
    large = sum(size_of(box) > LARGE * row.height for box in boxes)
    return RowReading(with_doubt_around(items, dirt, row.height), log_probability, large, dirt)


def _boxes_of(row: Row[Any], places: Sequence[int]) -> list[Box]:
    """Return the boxes of a row's parts at these places, ascending; one for the parts of one component."""
    boxes: list[Box] = []
    for k in places:
        box = row.parts[k].ink.box
        if row.parts[k].cut > 0 and k - 1 in places:
            boxes[-1] = Box.around([boxes[-1], box])
        else:
            boxes.append(box)
    return boxes


def _sign(row: Row[Any], span: Span, prediction: Predictions, line: Line) -> tuple[str, float]:
    """Return the likeliest sign that a span is, and what is gained by it; "" and -inf for none.

    Only whole components are signs, or each digit would have slashes and brackets in it.
    """
    parts = row.parts[span.start : span.stop]
    around = [*parts[:1], *row.parts[span.stop : span.stop + 1]]
    starts = [k for k, part in enumerate(parts) if part.cut == 0]
    if len(starts) > MOST_IN_SIGN or any(part.cut > 0 for part in around):
        return "", -math.inf
    inks = [part.ink for part in parts]
    if isinstance(inks[0], Component):
        inks = [joined(inks[start:stop]) for start, stop in pairwise([*starts, len(inks)])]
    sign, probability = sign_of(inks, span.box, prediction, line)
    if not sign:
        return "", -math.inf
    # What is small is dirt, a sign, or dirt on a digit; a likely sign is one, and so are two points.
    is_small = all(size_of(ink.box) <= SMALL * row.height for ink in inks)
    return sign, SMALL_SIGN * len(inks) if is_small else math.log(probability) - SIGN_COST


def _best_path(
    row: Row[Any],
    spans: Sequence[Span],
    predictions: Predictions,
    gains: Sequence[float],
    signs: Sequence[tuple[str, float]],
) -> tuple[list[tuple[int, str, float]], list[int], float]:
    """Return the best path: its spans with their signs and gains, what it leaves out, its log-probability.

    `gains` are those of a span as a digit, `signs` each span's sign and its gain. Every part is in one span
    or left out. Both lists are from left to right.
    """
    ending: list[list[int]] = [[] for _ in range(len(row.parts) + 1)]
    alone = [0.0] * len(row.parts)  # the probability that a part by itself is a digit
    for k, span in enumerate(spans):
        ending[span.stop].append(k)
        if span.stop == span.start + 1 and gains[k] > -math.inf:
            alone[span.start] = float(predictions.digit_probability[k])
    cuts = [CUT + CUT_STROKE * part.cut if part.cut > 0 else 0.0 for part in row.parts]
    # best[i]: log-probability of the best path through the first i parts, the start of its last step, and
    # that step's span, None if the part is left out.
    best: list[tuple[float, int, int | None]] = [(0.0, 0, None)]
    for i, part in enumerate(row.parts):
        # Strokes that touch can be left out together; a photo's dirt isn't cut.
        is_first = not i or best[i][2] is not None or not isinstance(part.ink, Stroke)
        dirt = (
            best[i][0]
            - _cost_of_leaving_out(size_of(part.ink.box) / row.height, alone[i])
            - cuts[i] * is_first
        )
        if not isinstance(part.ink, Stroke) and (cuts[i] or any(cuts[i + 1 : i + 2])):
            dirt -= CUT_OFF
        steps = [
            (best[spans[k].start][0] - cuts[spans[k].start] + max(gains[k], signs[k][1]), k)
            for k in ending[i + 1]
        ]
        gain, k = max(steps, key=lambda step: step[0], default=(-math.inf, -1))
        best.append((gain, spans[k].start, k) if gain > dirt else (dirt, i, None))
    path: list[tuple[int, str, float]] = []
    left_out: list[int] = []
    at = len(row.parts)
    while at:  # back from the end of the row
        total, at, taken = best[at]
        if taken is None:
            left_out.append(at)
        else:
            sign, gain = signs[taken]
            path.append((taken, sign if gain > gains[taken] else "", total - best[at][0]))
    return path[::-1], left_out[::-1], best[-1][0]


def _cost_of_leaving_out(size: float, digit_probability: float) -> float:
    """Return the cost of taking a part for dirt; `size` is over a digit's."""
    if size <= SMALL:
        return ANYTHING
    return ANYTHING + LEAVE_OUT * (size - SMALL) - math.log(max(MIN_DOUBT, 1 - digit_probability))
