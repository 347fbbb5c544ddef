"""A page of ink to rows of digits, whichever way up it lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mnist_app.domain import FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.stroke_width import thickened
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.components import Component, joined
from mnist_app.reading.layout import LOW, Row, rows_of_ink, with_cuts
from mnist_app.reading.rows import NOTHING, Read, read_rows, stacked

SAMPLE = 32  # pieces that are looked at to tell what a page is, and which way up it lies
BAR = 0.3  # of its height; what is narrower is a 1 in any turn, or a letter's stem: it tells nothing
UPRIGHT = 0.85  # the likelihood from which no turn is tried
# How much better each digit must be read before a page is taken for turned, and how much all of them
# together: of the photos that people take, about one in twenty is turned.
TURNED, ALL_TURNED = 0.3, 3.0
SINGLE = 0.99  # likelihood; what is a digit as it is needs no cuts
# The worth that a trial with so many judged pieces must have. Synthetic pages of digits nearly all have it,
# pages of letters in the validation fonts and printed ones don't; a few pieces can't tell.
MIN_LOG_PROBABILITY = ((24, -0.3), (8, -0.9))


@dataclass(frozen=True)
class _View:
    """A page after some quarter turns counter-clockwise: its rows, and how likely its pieces are digits.

    `likely` is the mean over a sample of what has a shape, 0..1, and `judged` how many these were.
    """

    turns: int
    rows: list[Row[Component]]
    likely: float
    judged: int


@dataclass(frozen=True)
class _Trial:
    """What was read of a view, and whether that is all of it."""

    view: _View
    read: Read
    is_whole: bool

    @property
    def worth(self) -> float:
        """How much speaks for digits this way up, at most 1."""
        return self.view.likely + self.read.worth


def read_page(ink: FloatArray, classifier: Classifier) -> tuple[Read, int]:
    """A page's (H, W) ink, read after the quarter turns that read best, and how many these were.

    Raises NoDigitError for a page of something else, of letters above all, after a look at some of its rows.
    """
    trial = _best_trial(ink, classifier)
    if any(trial.view.judged >= many and trial.worth < least for many, least in MIN_LOG_PROBABILITY):
        raise NoDigitError("There is writing here, but it does not look like digits. Show a page of numbers.")
    rows = trial.view.rows
    read = trial.read if trial.is_whole else _read(rows, classifier)
    return read, trial.view.turns


def _best_trial(ink: FloatArray, classifier: Classifier) -> _Trial:
    """The way up that reads best, upright unless another is clearly better."""
    upright = _try(_view(ink, 0, classifier), classifier)
    if upright.view.likely >= UPRIGHT:
        return upright
    likeliest = max((_view(ink, turns, classifier) for turns in (1, 2, 3)), key=lambda view: view.likely)
    if likeliest.likely <= upright.view.likely:
        return upright
    turned = _try(likeliest, classifier)
    margin = max(TURNED, ALL_TURNED / max(1, turned.view.judged))
    return turned if turned.worth > upright.worth + margin else upright


def _try(view: _View, classifier: Classifier) -> _Trial:
    """Read rows from the middle of the page on, up to about SAMPLE pieces."""
    middle = len(view.rows) // 2
    chosen: list[Row[Component]] = []
    for row in view.rows[middle:] + view.rows[:middle]:
        if sum(len(r.parts) for r in chosen) < SAMPLE:
            chosen.append(Row(row.parts[: 2 * SAMPLE], row.height))
    is_whole = sum(len(r.parts) for r in chosen) == sum(len(r.parts) for r in view.rows)
    return _Trial(view, _read(view.rows if is_whole else chosen, classifier), is_whole)


def _view(ink: FloatArray, turns: int, classifier: Classifier) -> _View:
    rows = rows_of_ink(np.ascontiguousarray(np.rot90(ink, turns)))
    telling = [
        part.ink
        for row in rows
        for part in row.parts
        if part.ink.height >= LOW * row.height and part.ink.width >= BAR * part.ink.height
    ]
    chosen = np.linspace(0, len(telling) - 1, min(len(telling), SAMPLE)).round().astype(int)
    likely = _likely([telling[k] for k in chosen], classifier)
    return _View(turns, rows, float(np.mean(likely)) if likely else 0.0, len(likely))


def _read(rows: Sequence[Row[Component]], classifier: Classifier) -> Read:
    cut = []
    for row in rows:
        likely = _likely([part.ink for part in row.parts], classifier)
        cut.append(with_cuts(row, [value >= SINGLE for value in likely]))
    return read_rows(cut, image_of, classifier) if cut else NOTHING


def _likely(pieces: Sequence[Component], classifier: Classifier) -> list[float]:
    """How likely each piece by itself is one digit, and which, 0..1."""
    images = [image_of([piece]) for piece in pieces]
    found = iter(classifier.predict(stacked([image for image in images if image is not None])).confidence)
    return [0.0 if image is None else float(next(found)) for image in images]


def image_of(pieces: Sequence[Component]) -> FloatArray | None:
    """The model's input of pieces of one digit; None where they make no picture."""
    try:
        return canonical(thickened(joined(pieces).ink))
    except NoDigitError:
        return None
