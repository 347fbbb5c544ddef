"""A drawing replayed: what the model would have said at each moment of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_app.domain import Drawing, FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.drawing import ink_from_drawing
from mnist_app.reading.classifier import Classifier

MOMENTS = 16


@dataclass(frozen=True)
class Moment:
    """A drawing of which a `share` of the pen's way, 0..1, is drawn.

    `image` is what the model sees of it, (28, 28) float32, and `probabilities` are (10,). Both are None while
    there is only a dot.
    """

    share: float
    drawing: Drawing
    image: FloatArray | None
    probabilities: FloatArray | None


def replay(drawing: Drawing, classifier: Classifier, moments: int = MOMENTS) -> list[Moment]:
    """Return the moments of a drawing, equally far apart on the pen's way; the last is the whole."""
    shares = [k / moments for k in range(1, moments + 1)]
    parts = [until(drawing, share) for share in shares]
    images = [_seen(part) for part in parts]
    visible = [image for image in images if image is not None]
    found = iter(classifier.predict(np.array(visible, np.float32).reshape(-1, 28, 28)).probabilities)
    return [
        Moment(share, part, image, None if image is None else next(found))
        for share, part, image in zip(shares, parts, images, strict=True)
    ]


def until(drawing: Drawing, share: float) -> Drawing:
    """Return the beginning of a drawing: this share of the pen's way on the paper."""
    lengths = [_steps(stroke).sum() for stroke in drawing.strokes]
    left = share * float(sum(lengths))
    strokes = []
    for stroke, length in zip(drawing.strokes, lengths, strict=True):
        strokes.append(stroke if length <= left else _beginning(stroke, left))
        left -= length
        if left <= 0:
            break
    return Drawing(tuple(strokes))


def turning_points(moments: Sequence[Moment]) -> list[int]:
    """Return the indices of the moments at which the most probable digit changes; the first is one."""
    answers = [None if m.probabilities is None else int(m.probabilities.argmax()) for m in moments]
    return [
        k
        for k, answer in enumerate(answers)
        if answer is not None and answer != (answers[k - 1] if k else None)
    ]


def _beginning(stroke: FloatArray, length: float) -> FloatArray:
    """Return the points of a stroke up to a length in pixels, the last between two of them."""
    steps = _steps(stroke)
    way = np.concatenate([[0.0], steps.cumsum()])
    whole = int(np.searchsorted(way, length, side="right"))
    if whole == len(stroke):
        return stroke
    last = (
        stroke[whole - 1] + (stroke[whole] - stroke[whole - 1]) * (length - way[whole - 1]) / steps[whole - 1]
    )
    return np.vstack([stroke[:whole], last]).astype(np.float32)


def _steps(stroke: FloatArray) -> FloatArray:
    return np.hypot(*np.diff(stroke, axis=0).T)


def _seen(drawing: Drawing) -> FloatArray | None:
    try:
        return canonical(ink_from_drawing(drawing))
    except NoDigitError:
        return None
