"""Drawings of one thing or of a number, told apart, and what the model sees of their strokes."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from mnist_app.domain import CERTAIN, Drawing, FloatArray
from mnist_app.errors import DrawingError, NoDigitError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.drawing import ink_from_drawing, without_specks
from mnist_app.reading.hypotheses import Hypothesis, PageReading
from mnist_app.reading.layout import Row, Stroke
from mnist_app.reading.spans import MAX_WIDTH, spans_of

MAX_HYPOTHESES = 1_500  # of digits in a drawing, 2 ms each; a page of 400 digits has 1,200
LEGIBLE = -0.7  # mean log-probability of a digit; a drawing that reads worse as a number is none
TOUCH_COST = 2.0  # in natural logarithms of probability, for each place where a drawing's digits touch
ONE_DIGIT = 0.5  # confidence that it is one digit; a drawing above that is no number
ONE_SIGN = 0.5  # probability that it is one sign; a drawing above that is no number of doubtful digits
CROSSED = 0.6  # of the narrower digit's width; digits beside each other share less of it


def check_hypotheses(rows: Sequence[Row[Stroke]]) -> None:
    """Raise DrawingError for strokes so close together that reading them would take too long."""
    if sum(len(spans_of(row)) for row in rows) > MAX_HYPOTHESES:
        raise DrawingError("There are too many strokes close together. Draw fewer, or farther apart.")


def is_number(read: PageReading, single: Hypothesis) -> bool:
    """Return True if a drawing is a number rather than one digit, or one thing that is none."""
    digits = [digit for row in read.digits for digit in row]
    sure = [digit.confidence >= CERTAIN for digit in digits]
    beside = [(a.box, b.box) for row in read.digits for a, b in pairwise(row)]
    # A long number as one thing looks like a dash.
    is_sign = single.sign_probability >= ONE_SIGN and sum(sure) <= len(sure) / 2
    # A point beside a digit may be a slip of the pen; a minus is meant.
    signs = [item for row in read.rows for item in row if item.sign and item.sign not in ".,"]
    if len(digits) + len(signs) < 2 or is_sign:
        return False
    if single.confidence >= ONE_DIGIT:
        # Digits of very different size may look like one together: a small 2 before a large 5.
        are_apart = len(read.rows) == 1 and all(a.right < b.left for a, b in beside)
        return are_apart and not read.left_out and all(sure) and all(digit.read_as != 1 for digit in digits)
    for a, b in beside:
        # One digit written through another: the strokes of a cross or a grid.
        if min(a.right, b.right) - max(a.left, b.left) > CROSSED * min(a.width, b.width) + 1:
            return False
    # A letter's stem is a 1 for the model: one that touches something counts against the number.
    weak = [d for d, is_sure in zip(digits, sure, strict=True) if not is_sure or d.read_as == 1]
    touches = sum(digit.touches for digit in weak)
    if read.log_probability - TOUCH_COST * touches / len(sure) >= LEGIBLE and not read.left_out:
        return True
    # Digits that touch nothing are digits, whatever is beside them; one of several may not be finished yet.
    if any(digit.touches for digit in digits):
        return False
    is_wide = single.box.width > MAX_WIDTH * single.box.height
    return (is_wide and any(sure)) or sum(sure) > len(sure) - sum(sure) + read.left_out


def image_of_strokes(strokes: Sequence[Stroke]) -> FloatArray | None:
    """Return the model's input of strokes as one digit, in the order of drawing; None for a dot."""
    try:
        ordered = sorted(strokes, key=lambda stroke: stroke.order)
        return canonical(ink_from_drawing(Drawing(tuple(stroke.points for stroke in ordered))))
    except NoDigitError:
        return None


def seen(strokes: Sequence[Stroke]) -> list[Stroke]:
    """Return those of a digit's strokes that the model saw."""
    return [strokes[k] for k in without_specks([stroke.points for stroke in strokes])]
