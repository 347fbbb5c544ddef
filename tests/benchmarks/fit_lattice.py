"""Fit the costs of the lattice, one after another, to painted pages and to numbers drawn on the canvas.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.fit_lattice [PAGES_OF_EACH_KIND]

A cost is multiplied by each of STEPS and keeps what misreads fewest digits, until nothing gets better. Fitted
to the validation writers and scored on the test writers, of whom nothing is chosen. Prints what changed; the
code's own constants stay as they are. A page is found as the code finds it now, and only its rows are read
again, with what the model says of each image kept.
"""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

import numpy as np

from mnist_app.domain import FloatArray, Photo, Predictions
from mnist_app.errors import NoDigitError
from mnist_app.ink.decode import load_photo
from mnist_app.learning.data.pendigits import TEST_WRITERS, VALIDATION_WRITERS, by_writers, load_pen_strokes
from mnist_app.reading import lattice, spans
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.components import joined
from mnist_app.reading.drawings import image_of_strokes
from mnist_app.reading.hypotheses import RowReading
from mnist_app.reading.layout import Row, rows_of_drawing, with_cuts
from mnist_app.reading.page import confidences
from mnist_app.reading.reader import SINGLE, open_reader
from mnist_app.reading.ways import best_way, say_nothing
from tests.benchmarks.machine import machine
from tests.benchmarks.numbers import LONGEST, SHORTEST, on_paper
from tests.benchmarks.photos import edit_distance
from tests.benchmarks.synthetic.kinds import KINDS, page_of
from tests.benchmarks.synthetic.pages import hand_of
from tests.benchmarks.synthetic.writers import held_out

PAGES, NUMBERS = 4, 400
STEPS = (0.5, 0.8, 1.25, 2.0)
COSTS: list[tuple[ModuleType, str]] = [
    *((lattice, name) for name in ("CUT", "CUT_STROKE", "LEAVE_OUT", "CUT_OFF", "ANYTHING")),
    *((lattice, name) for name in ("SIGN_COST", "SMALL_SIGN", "MIN_PROBABILITY")),
    *((spans, name) for name in ("GAP", "AWAY", "SHORT")),
]


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows that are cut already, how their parts become images, and the digits that are written there."""

    rows: Sequence[Row[Any]]
    image_of: Callable[[Sequence[Any]], FloatArray | None]
    digits: str

    def errors(self, classifier: Classifier) -> int:
        """Return the edit distance of the digits that are read with the costs as they are now."""
        read = [lattice.read_row(row, self.image_of, classifier).digits for row in self.rows]
        return edit_distance("".join(str(digit.read_as) for row in read for digit in row), self.digits)


class RememberingClassifier(Classifier):
    """A classifier that predicts each stack of images once."""

    def __init__(self, classifier: Classifier) -> None:
        self._predictions = cache(lambda content: classifier.predict(_images(content)))

    def predict(self, images: FloatArray) -> Predictions:
        """Return what was predicted for (N, 28, 28) float32 before, or predict it."""
        found: Predictions = self._predictions(images.tobytes())
        return found


def main(pages: str = str(PAGES)) -> int:
    """Print the errors with the costs as they are, each change, and the errors on the other writers."""
    classifier = RememberingClassifier(open_reader().classifier)
    fitted, scored = (_samples(classifier, int(pages), validation) for validation in (True, False))
    print(f"{machine()}; pages of {len(KINDS)} kinds, {pages} each, and {NUMBERS} numbers")
    print(f"validation writers: {_errors(fitted, classifier)}; test writers: {_errors(scored, classifier)}")
    before = {name: getattr(module, name) for module, name in COSTS}
    while sum(_improve(module, name, fitted, classifier) for module, name in COSTS):
        pass
    for module, name in COSTS:
        if (now := getattr(module, name)) != before[name]:
            print(f"{module.__name__}.{name} = {now:.3g} instead of {before[name]:.3g}")
    print(f"validation writers: {_errors(fitted, classifier)}; test writers: {_errors(scored, classifier)}")
    return 0


def _improve(module: ModuleType, name: str, samples: Sequence[Sample], classifier: Classifier) -> bool:
    """Set a cost to the best of its steps; return whether that is a change."""
    old = getattr(module, name)
    errors = {}
    for value in (old, *(old * step for step in STEPS)):
        setattr(module, name, value)
        errors[value] = _errors(samples, classifier)
    best = min(errors, key=errors.__getitem__)  # the first of equal ones: as it was
    setattr(module, name, best)
    if best != old:
        print(f"  {name} {old:.3g} → {best:.3g}: {errors[old]} → {errors[best]}", flush=True)
    return best != old


def _errors(samples: Sequence[Sample], classifier: Classifier) -> int:
    return sum(sample.errors(classifier) for sample in samples)


def _samples(classifier: Classifier, pages: int, validation: bool) -> list[Sample]:
    """Return pages of every kind that has digits, and numbers, by the writers of one part."""
    writers = held_out(validation)
    painted = (page_of(kind, k, writers) for kind, k in itertools.product(KINDS, range(pages)))
    found = [
        Sample(_rows_of(load_photo(page.photo), classifier), _remembered(_joined_image), "".join(page.rows))
        for page in painted
        if page.rows
    ]
    _, choose, test = by_writers(load_pen_strokes())
    strokes, names = (choose, VALIDATION_WRITERS) if validation else (test, TEST_WRITERS)
    hands, rng = [hand_of(strokes, name) for name in names], np.random.default_rng(0)
    for k in range(NUMBERS):
        text = "".join(map(str, rng.integers(0, 10, rng.integers(SHORTEST, LONGEST + 1))))
        drawing = on_paper(text, hands[k % len(hands)], rng)
        found.append(Sample(rows_of_drawing(drawing), _remembered(image_of_strokes), text))
    return found


def _rows_of(photo: Photo, classifier: Classifier) -> list[Row[Any]]:
    """Return the rows, cut, of the way in which a page reads best; none if it is refused."""
    cut: dict[int, Row[Any]] = {}  # by the identity of ink; a row that is read again takes its place

    def read_row(row: Row[Any]) -> RowReading:
        whole = [confidence >= SINGLE for confidence in confidences([p.ink for p in row.parts], classifier)]
        parts = with_cuts(row, whole)
        cut.update((id(part.ink), parts) for part in parts.parts)
        return lattice.read_row(parts, _joined_image, classifier)

    try:
        found = best_way(photo, classifier, read_row, say_nothing).found
    except NoDigitError:
        return []
    rows = (cut[id(ink)] for row in found.rows for item in row for ink in item.inks)
    return list({id(row): row for row in rows}.values())


def _joined_image(inks: Sequence[Any]) -> FloatArray | None:
    return joined(inks).image


def _remembered(
    image_of: Callable[[Sequence[Any]], FloatArray | None],
) -> Callable[[Sequence[Any]], FloatArray | None]:
    """Return a function that makes each image once. Inks are told apart by identity: samples keep them."""
    made: dict[tuple[int, ...], FloatArray | None] = {}

    def remember(inks: Sequence[Any]) -> FloatArray | None:
        key = tuple(map(id, inks))
        if key not in made:
            made[key] = image_of(inks)
        return made[key]

    return remember


def _images(content: bytes) -> FloatArray:
    return np.frombuffer(content, np.float32).reshape(-1, 28, 28)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
