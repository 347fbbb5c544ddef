"""A drawing or a photo to a Reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Any

from mnist_app.domain import CERTAIN, Box, Calibration, Digit, Drawing, FloatArray, Photo, Reading, Run
from mnist_app.errors import NoDigitError, NoModelError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.decode import PhotoSource, load_photo
from mnist_app.ink.drawing import box_of_drawing, ink_from_drawing, parse_drawing
from mnist_app.ink.photo import PageInk, ink_from_photo, light_on_dark
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.corrections import Sheet, box_in_photo, image_in_box, in_order, without_words
from mnist_app.reading.layout import Stroke, rows_of_drawing
from mnist_app.reading.page import read_page
from mnist_app.reading.rows import Found, Read, read_rows
from mnist_app.runs import DEFAULT_RUN, RunStore

LEGIBLE = -0.7  # of `Read.worth`; a drawing that reads worse as a number is none
ONE_DIGIT = 0.5  # probability, that it is one digit; a drawing above that is no number
CROSSED = 0.6  # of the narrower digit's width; digits beside each other share less of it
AMONG = 0.05  # of a model's digit_probability; of the digits on synthetic pages, 1 in 300 has less
AMBIGUOUS = 0.3  # of `light_on_dark`; below it both are tried


class Reader:
    """Reads with one model; safe to share between threads."""

    def __init__(self, classifier: Classifier, calibration: Calibration) -> None:
        self.classifier = classifier
        self.calibration = calibration

    @classmethod
    def load(cls, store: RunStore, run: Run) -> Reader:
        """With a run's model. Raises RunDamagedError, or NoModelError where the run has curves only."""
        if run.calibration is None:
            raise NoModelError(f"The run {run.name!r} has curves and no model. Choose another to read with.")
        return cls(Classifier.load(store, run), run.calibration)

    def read_drawing(self, drawing: Any, number: bool | None = None) -> Reading:
        """A Drawing, the canvas's JSON or {"strokes": [[[x, y], ...], ...]}: one digit, or a number.

        `number` says which of them; None decides from the strokes. Raises DrawingError for what is no
        drawing and NoDigitError for an empty one or a dot.
        """
        parsed = parse_drawing(drawing)
        image = canonical(ink_from_drawing(parsed))
        single = Found(box_of_drawing(parsed), image, self.classifier.predict(image[None]))
        rows: tuple[tuple[Found, ...], ...] = ((single,),)
        if number is not False:
            read = read_rows(rows_of_drawing(parsed), _image_of_strokes, self.classifier)
            if read.rows and (number or self._is_number(read, single)):
                rows = read.rows
        alone = sum(map(len, rows)) == 1
        return Reading(tuple(tuple(self._digit(found, alone) for found in row) for row in rows))

    def _is_number(self, read: Read, single: Found) -> bool:
        """Whether a drawing is a number rather than one digit."""
        likely = [float(digit.answers.confidence[0]) for row in read.rows for digit in row]
        if len(likely) < 2 or read.left_out or single.answers.confidence[0] >= ONE_DIGIT:
            return False
        if any(_cross(a.box, b.box) for row in read.rows for a, b in pairwise(row)):
            return False
        # One digit of several may not be finished yet.
        sure = sum(value >= CERTAIN for value in likely)
        return read.worth >= LEGIBLE or (len(likely) > 2 and sure == len(likely) - 1)

    def read_photo(self, photo: PhotoSource) -> Reading:
        """All digits from a path, a file's bytes, a Pillow image or a uint8 array, gray, RGB or RGBA.

        Raises ImageError for what is no image and NoDigitError where no digit stands out.
        """
        return self.open_sheet(photo).reading

    def open_sheet(self, photo: PhotoSource) -> Sheet:
        """The same, with the ink that it was read from. Raises as `read_photo`."""
        page, read, turns = self._best_page(load_photo(photo))
        alone = sum(map(len, read.rows)) == 1
        rows = tuple(
            tuple(
                self._digit(replace(found, box=box_in_photo(found.box, page, 90 * turns)), alone)
                for found in row
            )
            for row in read.rows
        )
        reading = Reading(rows, 90 * turns)
        return Sheet(page, reading if alone else without_words(reading))

    def blank_sheet(self, photo: PhotoSource) -> Sheet:
        """A photo's ink with nothing read from it yet. Raises as `read_photo` where there is no ink."""
        return Sheet(ink_from_photo(load_photo(photo)), Reading(()))

    def read_boxes(self, sheet: Sheet, boxes: Sequence[Box], labels: Sequence[int | None]) -> Reading:
        """One digit in each box, in the photo's pixels; a label, 0-9, is what a person says it is.

        What was read from the same box before stays. Boxes without ink are left out.
        """
        known = {digit.box: digit for digit in sheet.reading.digits}
        digits = []
        for box, label in zip(boxes, labels, strict=True):
            digit = known.get(box) or self._in_box(sheet, box)
            if digit is not None:
                digits.append(digit if label is None else digit.corrected(label))
        return in_order(digits, sheet.reading.turned)

    def read_image(self, image: FloatArray) -> Digit:
        """What the model says of its own input: (28, 28) float32, 1 = ink, that has been through the door."""
        frame = Box(0, 0, *image.shape)
        return self._digit(Found(frame, image, self.classifier.predict(image[None])), alone=True)

    def _in_box(self, sheet: Sheet, box: Box) -> Digit | None:
        image = image_in_box(sheet, box)
        if image is None:
            return None
        return self._digit(Found(box, image, self.classifier.predict(image[None])), alone=False)

    def _best_page(self, photo: Photo) -> tuple[PageInk, Read, int]:
        """The photo's ink, dark or light, what it says and the quarter turns that took."""
        pages, nothing = [], None
        for light in _polarities(photo):
            try:
                page = ink_from_photo(photo, light)
                read, turns = read_page(page.ink, self.classifier)
                pages.append((page, read, turns))
            except NoDigitError as error:
                nothing = nothing or error
        pages = [page for page in pages if page[1].rows]
        if not pages:
            raise nothing or NoDigitError("There is ink here, but no digit. Write larger, or go nearer.")
        return max(pages, key=lambda page: page[1].worth)

    def _digit(self, found: Found, alone: bool) -> Digit:
        """What the model says of one digit; among others, it is one more often than by itself."""
        probabilities, digit_probability = (
            found.answers.probabilities[0],
            float(found.answers.digit_probability[0]),
        )
        is_like_one = digit_probability >= self.calibration.min_digit_probability
        candidates = self.calibration.candidates(probabilities)
        digit = Digit(found.image, probabilities, found.box, is_like_one, candidates)
        if is_like_one or alone:
            return digit
        return replace(digit, is_digit=digit_probability >= AMONG, candidates=digit.ranking)


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


def _cross(a: Box, b: Box) -> bool:
    """Whether one digit is written through another, as the strokes of a cross or a grid are."""
    return min(a.right, b.right) - max(a.left, b.left) > CROSSED * min(a.width, b.width) + 1


def _polarities(photo: Photo) -> tuple[bool, ...]:
    """Whether the ink is light; both ways where that can't be told from a look at the whole photo."""
    likely = light_on_dark(photo)
    return (likely > 0,) if abs(likely) > AMBIGUOUS else (False, True)


def _image_of_strokes(strokes: Sequence[Stroke]) -> FloatArray | None:
    try:
        ordered = sorted(strokes, key=lambda stroke: stroke.order)
        return canonical(ink_from_drawing(Drawing(tuple(stroke.points for stroke in ordered))))
    except NoDigitError:
        return None
