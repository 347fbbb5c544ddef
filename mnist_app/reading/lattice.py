"""Rows of parts to rows of digits: the best path through all ways to join parts, as the model judges them.

Over-segmentation and a search for the best path, as in LeCun, Bottou, Bengio, Haffner, "Gradient-Based
Learning Applied to Document Recognition" (1998), section VI.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from mnist_app.domain import Box, FloatArray, Predictions
from mnist_app.ink.canonical import BLANK, SIZE
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.components import Component, joined
from mnist_app.reading.hypotheses import Hypothesis, RowReading
from mnist_app.reading.layout import LOW, Part, Row, Stroke
from mnist_app.reading.signs import Line, sign_of

MAX_WIDTH = 1.6  # of a digit's height; nothing wider is one digit
MAX_PARTS = 12  # of one digit
# The costs of a path, in natural logarithms of probability. Fitted once, one after another, to painted pages
# and numbers of the validation writers (`tests.benchmarks.synthetic.pages`), by a script that was not kept;
# `tests.benchmarks.photos` and `tests.benchmarks.numbers` measure what a change does.
MIN_PROBABILITY = 1e-5  # of a digit
CUT, CUT_STROKE = 1.0, 1.0  # to cut two digits apart, and for each stroke's width of ink that the cut crosses
GAP = 12.0  # to join parts, for a gap as wide as a digit is high
AWAY = 1.0  # to join strokes, for each that was drawn between them
SHORT, LOWEST = 4.0, 0.5  # to take for a digit what is lower than LOWEST of the usual, per height missing
LEAVE_OUT, SMALL = 16.0, 0.35  # to leave something out, for each height of a digit beyond SMALL
SIGN_COST = 0.05  # of a sign; digits are more usual
SMALL_SIGN = 0.1  # gained by each part of a small one
MOST_IN_SIGN = 3  # components: of a percent sign
CUT_OFF = 3.0  # to leave out what was cut off a digit
NONE = 0.9  # probability of being neither digit nor sign; what has it and gives 1s only is a tick or a cross
ARROW, NO_DIGIT = 2.0, 0.3  # times its height is an arrow wide, and no likelier to be a digit
LETTER = 1.0  # of its height; what is narrower and no digit may be a letter
MIN_DOUBT = 0.01  # the least probability that something is not a digit
WITHIN = 0.4  # of a digit's height; what is as near two digits as this is in their number
BESIDE = 0.1  # of a digit's height; what is as near one digit as this may be a piece of it
ANYTHING = 0.1  # to leave anything at all out
FLAT = 0.6  # the weight of a part's width in its size, beside its height
LARGE = 0.6  # of the usual size; no dirt is larger

ImageOf = Callable[[Sequence[Any]], FloatArray | None]


def stacked(images: Sequence[FloatArray]) -> FloatArray:
    """Return N model inputs as (N, 28, 28), also for none."""
    return np.asarray(images, np.float32).reshape(-1, SIZE, SIZE)


def read_row(row: Row[Any], image_of: ImageOf, classifier: Classifier) -> RowReading:
    """Return the best reading of a row. `image_of` makes the model's input of joined parts' ink, or None."""
    inks = [part.ink for part in row.parts]
    touches = [*(part.touches for part in row.parts), 0]  # before each part, and after the last
    spans = _spans(row)
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
    marks, doubtful = _marks(row, spans, predictions, [k for k, _, _ in path])
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
    dirt = tuple(inks[k].box for k in left_out if _size(row.parts[k], row.height) > SMALL)
    large = sum(_size(row.parts[k], row.height) > LARGE for k in left_out)
    return RowReading(_with_doubt_around(items, dirt, row.height), log_probability, large, dirt)


@dataclass(frozen=True)
class _Span:
    """Parts [start, stop) of a row as one digit: their box, and the cost of joining them."""

    start: int
    stop: int
    box: Box
    cost: float


def _spans(row: Row[Any]) -> list[_Span]:
    """Return all ways to join neighbouring parts to something as wide as a digit."""
    spans = []
    for start in range(len(row.parts)):
        for stop in range(start + 1, min(len(row.parts), start + MAX_PARTS) + 1):
            parts = row.parts[start:stop]
            box = Box.around(part.ink.box for part in parts)
            if stop > start + 1 and box.width > MAX_WIDTH * row.height:
                break
            missing = LOWEST - box.height / row.height
            short = SHORT * missing / LOWEST + 1 if missing > 0 else 0.0
            orders = [part.ink.order for part in parts if isinstance(part.ink, Stroke)]
            between = max(orders) - min(orders) + 1 - len(orders) if orders else 0  # strokes of other digits
            cost = short + GAP * _paper_between(parts) / row.height + AWAY * between
            spans.append(_Span(start, stop, box, cost))
    return spans


def _sign(row: Row[Any], span: _Span, prediction: Predictions, line: Line) -> tuple[str, float]:
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
    is_small = all(max(ink.box.height, FLAT * ink.box.width) <= SMALL * row.height for ink in inks)
    return sign, SMALL_SIGN * len(inks) if is_small else math.log(probability) - SIGN_COST


def _marks(
    row: Row[Any], spans: Sequence[_Span], predictions: Predictions, taken: Sequence[int]
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
            ones = [j for j in inside if predictions.probabilities[j].argmax() == 1]
            is_mark = len(ones) == len(inside) and not _is_within_number(spans, taken, inside, row.height)
            marks.update(ones if is_mark else [])
            may_be_letter = spans[k].box.width < LETTER * spans[k].box.height
            doubtful.update(inside if may_be_letter or len(ones) == len(inside) else [])
        if k is not None and spans[k].box.width > ARROW * spans[k].box.height and digit[k] < NO_DIGIT:
            marks.update(j for j in inside if spans[j].box.height >= LOW * row.height)
    return marks, doubtful


def _is_within_number(
    spans: Sequence[_Span], taken: Sequence[int], inside: Sequence[int], height: float
) -> bool:
    """Return whether there are digits near those of a component on either side; a tick stands apart."""
    first, last = taken.index(inside[0]), taken.index(inside[-1])
    if not first or last + 1 == len(taken):
        return False
    before, after = spans[taken[first - 1]].box, spans[taken[last + 1]].box
    gaps = spans[inside[0]].box.left - before.right, after.left - spans[inside[-1]].box.right
    return max(gaps) < WITHIN * height


def _with_doubt_around(
    items: Sequence[Hypothesis], dirt: Sequence[Box], height: float
) -> tuple[Hypothesis, ...]:
    """Return the items, those doubtful beside which a part of their number may have been left out.

    That is what lies between two of them, or so near one that it may be a piece of it.
    """
    found = list(items)
    for box in dirt:
        x = box.left + box.width / 2
        k = sum(item.box.left + item.box.width / 2 < x for item in found)  # of the items before it
        gaps = [(k - 1, box.left - found[k - 1].box.right)] if k else []
        gaps += [(k, found[k].box.left - box.right)] if k < len(found) else []
        are_around = len(gaps) == 2 and max(gap for _, gap in gaps) < WITHIN * height
        for place, gap in gaps:
            if are_around or gap < BESIDE * height:
                found[place] = replace(found[place], is_doubtful=True)
    return tuple(found)


def _paper_between(parts: Sequence[Part[Any]]) -> float:
    """Return the paper, in pixels from left to right, between parts that no cut has separated."""
    right, gaps = parts[0].ink.box.right, 0.0
    for part in parts[1:]:
        gaps += max(0.0, part.ink.box.left - right) if part.cut == 0 else 0.0
        right = max(right, part.ink.box.right)
    return gaps


def _size(part: Part[Any], height: float) -> float:
    return max(part.ink.box.height, FLAT * part.ink.box.width) / height


def _best_path(
    row: Row[Any],
    spans: Sequence[_Span],
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
        dirt = best[i][0] - _cost_of_leaving_out(_size(part, row.height), alone[i]) - cuts[i] * is_first
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
