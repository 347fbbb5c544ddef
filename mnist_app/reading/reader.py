"""A drawing or a photo to a Reading."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from mnist_app.domain import Box, Calibration, Digit, FloatArray, Reading, Run
from mnist_app.ink.canonical import canonical
from mnist_app.ink.decode import PhotoSource, load_photo
from mnist_app.ink.drawing import box_of_drawing, ink_from_drawing, parse_drawing
from mnist_app.ink.pen import thickened
from mnist_app.ink.photo import ink_from_photo
from mnist_app.ink.segment import digit_mask
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import DEFAULT_RUN, RunStore


class Reader:
    """Reads with one model; safe to share between threads."""

    def __init__(self, classifier: Classifier, calibration: Calibration) -> None:
        self.classifier = classifier
        self.calibration = calibration

    @classmethod
    def load(cls, store: RunStore, run: Run) -> Reader:
        """With a run's model. Raises RunDamagedError."""
        return cls(Classifier.load(store, run), run.calibration)

    def read_drawing(self, drawing: Any) -> Reading:
        """One digit from a Drawing, the canvas's JSON or {"strokes": [[[x, y], ...], ...]}.

        Raises DrawingError for what is no drawing and NoDigitError for an empty one or a dot.
        """
        parsed = parse_drawing(drawing)
        return self._reading(ink_from_drawing(parsed), box_of_drawing(parsed))

    def read_photo(self, photo: PhotoSource) -> Reading:
        """One digit from a path, a file's bytes, a Pillow image or a uint8 array, gray, RGB or RGBA.

        Raises ImageError for what is no image and NoDigitError where no digit stands out.
        """
        ink, scale = ink_from_photo(load_photo(photo))
        digit = digit_mask(ink)
        return self._reading(thickened(digit), _box_of_ink(digit, scale))

    def _reading(self, ink: FloatArray, box: Box) -> Reading:
        image = canonical(ink)
        answers = self.classifier.predict(image[None])
        digit = Digit(
            image=image,
            probabilities=answers.probabilities[0],
            box=box,
            is_digit=bool(answers.digitness[0] >= self.calibration.least_digitness),
            candidates=self.calibration.candidates(answers.probabilities[0]),
        )
        return Reading(rows=((digit,),))


def open_reader(name: str = DEFAULT_RUN, store: RunStore | None = None) -> Reader:
    """A Reader with the model of a run. Raises RunNotFoundError or RunDamagedError."""
    store = store or RunStore()
    return Reader.load(store, store.open(name))


def read_drawing(drawing: Any, run: str = DEFAULT_RUN) -> Reading:
    """`Reader.read_drawing` with the model of a shipped run, loaded once."""
    return _shared_reader(run).read_drawing(drawing)


def read_photo(image_or_path: PhotoSource, run: str = DEFAULT_RUN) -> Reading:
    """`Reader.read_photo` with the model of a shipped run, loaded once."""
    return _shared_reader(run).read_photo(image_or_path)


@lru_cache(maxsize=8)
def _shared_reader(run: str) -> Reader:
    return open_reader(run)


def _box_of_ink(ink: FloatArray, scale: float) -> Box:
    """The ink's bounding box in the pixels of the image that it was scaled from."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    left, top = float(columns[0]), float(rows[0])
    width, height = float(columns[-1] + 1 - left), float(rows[-1] + 1 - top)
    return Box(left / scale, top / scale, width / scale, height / scale)
