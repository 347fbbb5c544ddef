"""A drawing or a photo to a Reading."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from mnist_app.domain import (
    PERHAPS,
    SIGNS,
    Box,
    Calibration,
    Digit,
    FloatArray,
    LeftOut,
    Reading,
    Run,
    Sign,
    Verdict,
)
from mnist_app.errors import InputError, NoModelError
from mnist_app.ink.canonical import BLANK, canonical
from mnist_app.ink.decode import PhotoSource, load_pages, load_photo
from mnist_app.ink.drawing import box_of_drawing, ink_from_drawing, parse_drawing
from mnist_app.ink.photo import ink_from_photo
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.components import Component, joined
from mnist_app.reading.corrections import Sheet, in_order, ink_in_box
from mnist_app.reading.documents import Page
from mnist_app.reading.drawings import check_hypotheses, image_of_strokes, is_number, seen
from mnist_app.reading.hypotheses import Hypothesis, PageReading, RowReading
from mnist_app.reading.lattice import read_row
from mnist_app.reading.layout import Row, rows_of_drawing, strokes_of_drawing, with_cuts
from mnist_app.reading.numbers import reading_of, without_words
from mnist_app.reading.page import confidences
from mnist_app.reading.recall import Recall
from mnist_app.reading.slashes import with_slashes_alike
from mnist_app.reading.ways import OnTry, best_way, say_nothing
from mnist_app.runs import DEFAULT_RUN, RunStore

SINGLE = 0.99  # confidence; a component that is a digit as it is needs no cuts
AMONG = 0.05  # of a model's digit_probability; of the digits on painted pages, 1 in 300 has less
MAX_CANDIDATES = 3  # with more, nobody knows which digit it is


class Reader:
    """Reads with one model; safe to share between threads."""

    def __init__(self, classifier: Classifier, calibration: Calibration) -> None:
        self.classifier = classifier
        self.calibration = calibration

    @classmethod
    def load(cls, run: Run) -> Reader:
        """Load a run's model. Raises RunDamagedError, or NoModelError if the run has curves only."""
        if run.calibration is None:
            raise NoModelError(f"The run {run.name!r} has curves and no model. Choose another to read with.")
        return cls(Classifier.load(run), run.calibration)

    def read_drawing(self, drawing: Any, number: bool | None = None, recall: Recall | None = None) -> Reading:
        """Read a Drawing, the canvas's JSON or {"strokes": [[[x, y], ...], ...]}: one digit, or a number.

        `number` says which of them; None decides by the strokes. Those that are in no digit are the reading's
        `left_out`. `recall` knows the drawing before. Raises DrawingError for a malformed drawing and
        NoDigitError for an empty one or a dot.
        """
        recall = recall or Recall(self.classifier)
        parsed = parse_drawing(drawing)
        image = canonical(ink_from_drawing(parsed))  # raises if there is nothing to read
        prediction = recall.predict(image[None])
        single = Hypothesis(box_of_drawing(parsed), image, prediction, strokes_of_drawing(parsed))
        rows: Sequence[Sequence[Hypothesis]] = [[single]]
        if number or (number is None and len(parsed.strokes) > 1):  # by itself, one stroke is no number
            lines = rows_of_drawing(parsed)
            check_hypotheses(lines)
            read = PageReading.of(read_row(line, image_of_strokes, recall) for line in lines)
            read = with_slashes_alike(read, lines[0].height if lines else 0.0)
            if read.rows and (number or is_number(read, single)):
                rows = read.rows
        alone = sum(map(len, rows)) == 1
        items = [[self._item(h, h.box, alone) for h in row] for row in rows]
        used = {
            stroke.order
            for hypotheses, row in zip(rows, items, strict=True)
            for hypothesis, item in zip(hypotheses, row, strict=True)
            if isinstance(item, Sign) or item.is_digit or item.sign
            for stroke in (hypothesis.inks if isinstance(item, Sign) else seen(hypothesis.inks))
        }
        left_out = tuple(parsed.given[k] for k in range(len(parsed.strokes)) if k not in used)
        return replace(reading_of(items), left_out=left_out)

    def read_photo(self, photo: PhotoSource) -> Reading:
        """Read all digits of a path, a file's bytes, a Pillow image or a uint8 array, gray, RGB or RGBA.

        Of a PDF or TIFF, this is the first page, and the reading's `pages` says how many there are. Raises
        ImageError if it is not an image and NoDigitError if no digit stands out.
        """
        return self.open_sheet(photo).reading

    def read_pages(self, source: PhotoSource) -> Iterator[Page]:
        """Read each page of a PDF or TIFF, as it is asked for; anything else is one page.

        Nothing is raised for the input: a page that can't be read has an error, and those behind it follow.
        If there are more pages than are read, the last is an error that says so.
        """
        for number, photo in enumerate(load_pages(source), 1):
            try:
                if isinstance(photo, InputError):
                    raise photo
                yield Page(number, self.read_photo(photo), None)
            except InputError as error:
                yield Page(number, None, error)

    def open_sheet(self, source: PhotoSource, on_try: OnTry = say_nothing) -> Sheet:
        """Read a photo and keep the ink that it was read from. Raises as `read_photo`.

        This is the whole way of a photo, as `reading/README.md` tells it.
        """
        photo = load_photo(source)  # 1. decode: (H, W, 3) uint8 RGB, upright
        way = best_way(photo, self.classifier, self._read_row, on_try)  # 2. to 6., in all likely ways
        turned, found = 90 * way.view.quarters, way.found
        alone = sum(map(len, found.rows)) == 1
        rows = [[self._item(h, way.in_photo(h.box), alone) for h in row] for row in found.rows]
        reading = replace(reading_of(rows, turned), left_out=tuple(way.left_out()))  # 7. numbers
        reading = reading if alone else without_words(reading)
        return Sheet(way.page, replace(reading, page=photo.page, pages=photo.pages))

    def blank_sheet(self, photo: PhotoSource) -> Sheet:
        """Return a photo's ink without reading it. Raises as `read_photo` if there is no ink."""
        decoded = load_photo(photo)
        return Sheet(ink_from_photo(decoded), Reading((), page=decoded.page, pages=decoded.pages))

    def read_boxes(self, sheet: Sheet, boxes: Sequence[Box], labels: Sequence[str | None]) -> Reading:
        """Read one digit in each box, in the photo's pixels; a label is a person's correction.

        It is one of 0-9 or of SIGNS. Digits and signs that were read from the same box before stay; those
        that no box holds any more are left out, like boxes without ink.
        """
        known = {item.box: item for item in sheet.reading.items}
        given = zip(boxes, labels, strict=True)
        read = (self._read_box(sheet, box, label, known.get(box)) for box, label in given)
        reading = in_order([item for item in read if item], sheet.reading.turned)
        rejected = (LeftOut(item.box, "not a digit") for item in sheet.reading.items)
        left_out = tuple(
            each
            for each in (*sheet.reading.boxes_left_out, *rejected)
            if not any(box.holds_middle_of(piece) for piece in each.pieces or (each.box,) for box in boxes)
        )
        return replace(reading, left_out=left_out, page=sheet.reading.page, pages=sheet.reading.pages)

    def read_image(self, image: FloatArray) -> Digit:
        """Read the model's own input: (28, 28) float32, 1 = ink, made by `canonical`."""
        frame = Box(0, 0, *image.shape)
        return self._digit(self._hypothesis(frame, image), frame, alone=True)

    def _read_row(self, row: Row[Component]) -> RowReading:
        """Cut a row wherever two digits may touch, and find the best path through its parts."""
        whole = [c >= SINGLE for c in confidences([part.ink for part in row.parts], self.classifier)]
        return read_row(with_cuts(row, whole), lambda inks: joined(inks).image, self.classifier)

    def _hypothesis(self, box: Box, image: FloatArray) -> Hypothesis:
        return Hypothesis(box, image, self.classifier.predict(image[None]))

    def _read_box(
        self, sheet: Sheet, box: Box, label: str | None, known: Digit | Sign | None
    ) -> Digit | Sign | None:
        """Return what stands in a box, by its label if there is one; None without ink.

        `known` is what was read from this box before.
        """
        if known and label is None:
            return known
        ink = ink_in_box(sheet, box)
        if ink is None:
            return None
        if label and label in SIGNS:
            return Sign(label, box, 1.0)
        if isinstance(known, Digit):
            digit = known
        else:
            image = Component(0, 0, ink).image
            digit = self._digit(self._hypothesis(box, BLANK if image is None else image), box, alone=False)
        return digit if label is None else digit.corrected(int(label))

    def _item(self, hypothesis: Hypothesis, box: Box, alone: bool) -> Digit | Sign:
        """Return a sign among digits, or a digit."""
        if hypothesis.sign and not alone:
            return Sign(hypothesis.sign, box, max(hypothesis.sign_probability, hypothesis.slash))
        return self._digit(hypothesis, box, alone)

    def _digit(self, hypothesis: Hypothesis, box: Box, alone: bool) -> Digit:
        """Return the model's opinion of one digit; among others, it is rejected less readily."""
        probabilities = hypothesis.prediction.probabilities[0]
        digit_probability = float(hypothesis.prediction.digit_probability[0])
        candidates = self.calibration.candidates(probabilities)
        verdict = Verdict.DIGIT if len(candidates) <= MAX_CANDIDATES else Verdict.UNSURE
        low, high = sorted((self.calibration.min_digit_probability, PERHAPS))
        low = low if alone else min(low, AMONG)
        if digit_probability < high:
            verdict = Verdict.UNSURE if digit_probability >= low else Verdict.NOT_A_DIGIT
        if hypothesis.is_doubtful and verdict is Verdict.DIGIT:
            verdict = Verdict.UNSURE
        kind, sign = int(hypothesis.prediction.kinds[0].argmax()), ""  # a digit, something else, the signs
        if alone and kind > 1:
            verdict, sign = Verdict.SIGN, SIGNS[kind - 2]
        return Digit(
            hypothesis.image,
            probabilities,
            box,
            verdict,
            candidates,
            sign=sign,
            digit_probability=digit_probability if alone else 1 - hypothesis.slash,
        )


def open_reader(name: str = DEFAULT_RUN, store: RunStore | None = None) -> Reader:
    """Return a Reader with the model of a run. Raises RunNotFoundError, RunDamagedError or NoModelError."""
    store = store or RunStore()
    return Reader.load(store.open(name))


def read_drawing(drawing: Any, run: str = DEFAULT_RUN) -> Reading:
    """Call `Reader.read_drawing` with the model of a shipped run, loaded once."""
    return _shared_reader(run).read_drawing(drawing)


def read_photo(image_or_path: PhotoSource, run: str = DEFAULT_RUN) -> Reading:
    """Call `Reader.read_photo` with the model of a shipped run, loaded once."""
    return _shared_reader(run).read_photo(image_or_path)


def read_pages(image_or_path: PhotoSource, run: str = DEFAULT_RUN) -> Iterator[Page]:
    """Call `Reader.read_pages` with the model of a shipped run, loaded once."""
    return _shared_reader(run).read_pages(image_or_path)


@lru_cache(maxsize=8)
def _shared_reader(run: str) -> Reader:
    return open_reader(run)
