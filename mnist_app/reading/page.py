"""A page's components to rows, whichever way up the page lies, and pages of anything but digits refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from mnist_app.ink.photo import PageInk
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.components import Component
from mnist_app.reading.hypotheses import PageReading, RowReading
from mnist_app.reading.lattice import stacked
from mnist_app.reading.layout import LOW, Row, rows_of_components

SAMPLE = 32  # components that tell whether a page has digits, and which way up it lies
BAR = 0.3  # of its height; anything narrower is a 1 in any turn, or a letter's stem: it tells nothing
UPRIGHT = 0.85  # confidence from which no turn is tried
LOOKS_TURNED = 0.05  # more confidence; words look as much like digits in one turn as in another
# How much better each digit must be read before a page is taken for turned, and how much all of them
# together: of the photos that people take, about one in twenty is turned.
TURNED, ALL_TURNED = 0.3, 3.0
# The score that a view with so many judged components must have. Painted pages of digits nearly all have it,
# pages of letters in the validation fonts and printed ones don't; a few components can't tell.
MOSTLY = 0.7  # confidence; a page that has more shows mostly digits, though some of it can't be read
MIN_SCORE = ((24, -0.3), (8, -0.9))


@dataclass(frozen=True)
class View:
    """A page after some quarter turns counter-clockwise, as rows that are not cut yet.

    `confidence` is the mean over a sample of `judged` components, 0..1. `is_text` is true if most of the page
    does not look like digits.
    """

    quarters: int
    rows: list[Row[Component]]
    confidence: float
    judged: int
    is_text: bool = False


ReadRow = Callable[[Row[Component]], RowReading]


def best_view(
    page: PageInk, components: Sequence[Component], classifier: Classifier, read_row: ReadRow
) -> View:
    """Return the view of a page that reads best, upright unless another is clearly better.

    A few rows are read to find out.
    """
    view = _view(page, components, 0, classifier)
    score, evidence = _score(view, read_row)
    if view.confidence < UPRIGHT:
        others = [_view(page, components, quarters, classifier) for quarters in (1, 2, 3)]
        turned = max(others, key=lambda other: other.confidence)
        needed = score + max(TURNED, ALL_TURNED / max(1, turned.judged))
        if turned.confidence > view.confidence + LOOKS_TURNED:
            turned_score, turned_evidence = _score(turned, read_row)
            # Words look like digits in some turn, by chance; they turn no page, and neither do lines.
            is_better = turned_score > needed and turned_evidence > evidence
            if is_better and not _is_text(turned, turned_score):
                view, score = turned, turned_score
    return replace(view, is_text=_is_text(view, score))


def confidence_of(
    page: PageInk, components: Sequence[Component], quarters: int, classifier: Classifier
) -> float:
    """Return the mean confidence in a sample of a page's components as digits, after so many turns, 0..1."""
    return _view(page, components, quarters, classifier).confidence


def confidences(components: Sequence[Component], classifier: Classifier) -> list[float]:
    """Return the model's confidence in each component by itself, 0..1."""
    images = [component.image for component in components]
    found = iter(classifier.predict(stacked([image for image in images if image is not None])).confidence)
    return [0.0 if image is None else float(next(found)) for image in images]


def _view(page: PageInk, components: Sequence[Component], quarters: int, classifier: Classifier) -> View:
    turned = [c.turned(quarters, page.ink.shape) for c in components] if quarters else components
    rows = rows_of_components(turned, page.stroke_width)
    telling = [
        part.ink
        for row in rows
        for part in row.parts
        if part.ink.height >= LOW * row.height and part.ink.width >= BAR * part.ink.height
    ]
    chosen = np.linspace(0, len(telling) - 1, min(len(telling), SAMPLE)).round().astype(int)
    judged = confidences([telling[k] for k in chosen], classifier)
    return View(quarters, rows, float(np.mean(judged)) if judged else 0.0, len(judged))


def _is_text(view: View, score: float) -> bool:
    return view.confidence < MOSTLY and any(view.judged >= k and score < least for k, least in MIN_SCORE)


def _score(view: View, read_row: ReadRow) -> tuple[float, float]:
    """Return how well digits are read this way up, at most 1, and the evidence for them.

    Both are of about SAMPLE parts in the middle.
    """
    middle = len(view.rows) // 2
    chosen: list[Row[Component]] = []
    for row in view.rows[middle:] + view.rows[:middle]:
        if sum(len(r.parts) for r in chosen) < SAMPLE:
            long = len(row.parts) > SAMPLE
            chosen.append(Row(row.parts[:SAMPLE], row.height) if long else row)
    found = PageReading.of(map(read_row, chosen))
    return view.confidence + found.log_probability, found.evidence
