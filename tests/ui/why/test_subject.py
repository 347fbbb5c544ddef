from __future__ import annotations

import numpy as np

from mnist_app.domain import Drawing
from mnist_app.ink.canonical import canonical
from mnist_app.ink.drawing import ink_from_drawing, parse_drawing
from mnist_app.reading.reader import Reader
from mnist_app.ui.paper.samples import sample_strokes
from mnist_app.ui.why.subject import of_drawing, of_photo

SEVEN = parse_drawing({"strokes": sample_strokes(7, 300)})


def test_a_digit_has_the_strokes_that_give_its_image(reader: Reader) -> None:
    (digit,) = reader.read_drawing(SEVEN).digits
    drawing = of_drawing(digit, "world", SEVEN).drawing
    assert drawing is not None
    assert np.array_equal(canonical(ink_from_drawing(drawing)), digit.image)


def test_each_digit_of_a_number_has_its_own_strokes(reader: Reader) -> None:
    two = Drawing(
        tuple(stroke + np.array([300 * k, 0], np.float32) for k in (0, 1) for stroke in SEVEN.strokes)
    )
    digits = reader.read_drawing(two).digits
    assert [digit.digit for digit in digits] == [7, 7]
    drawings = [of_drawing(digit, "world", two).drawing for digit in digits]
    assert [len(drawing.strokes) for drawing in drawings if drawing] == [2, 2]


def test_strokes_that_are_not_the_digits_own_are_left_out(reader: Reader) -> None:
    (digit,) = reader.read_drawing(SEVEN).digits
    other = parse_drawing({"strokes": sample_strokes(3, 300)})
    assert of_drawing(digit, "world", other).drawing is None


def test_a_piece_of_a_photo_stands_upright(reader: Reader) -> None:
    (digit,) = reader.read_drawing(SEVEN).digits
    pixels = np.zeros((300, 300, 3), np.uint8)
    pixels[: int(digit.box.bottom) // 2] = 255  # the upper half, whichever way it is turned
    photo = of_photo(digit, "world", pixels, scale=0.5, turned=180).photo
    assert photo is not None
    assert photo.shape[0] > photo.shape[1] / 2
    assert photo[-1].mean() > photo[0].mean()
