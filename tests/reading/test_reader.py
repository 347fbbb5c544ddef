from __future__ import annotations

import io
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

import mnist_app
from mnist_app.domain import SIGNS, Calibration, Drawing, FloatArray, Predictions, Split
from mnist_app.errors import DrawingError, ImageError, NoDigitError, RunNotFoundError
from mnist_app.ink.canonical import from_bytes
from mnist_app.reading.reader import Reader, open_reader
from tests.benchmarks.synthetic.pages import Hand, write_number
from tests.ink.documents import tiff_of_pages
from tests.ink.pictures import encoded
from tests.reading.photos import drawn, photo_of

PenDigits = list[dict[str, Any]]


def test_real_handwriting_is_read(pen_digits: PenDigits) -> None:
    assert [mnist_app.read_drawing(drawing).text for drawing in pen_digits] == list("0123456789")


@pytest.mark.parametrize("run", ["dense-128", "dense-128-128", "convnet", "world"])
def test_every_shipped_run_reads_mnist(mnist: Split, run: str) -> None:
    predicted = (
        open_reader(run).classifier.predict(from_bytes(mnist.images[:1000])).probabilities.argmax(axis=1)
    )
    assert np.mean(predicted == mnist.labels[:1000]) >= 0.97


def test_a_reading_holds_the_digit_and_what_the_model_saw(pen_digits: PenDigits, reader: Reader) -> None:
    reading = reader.read_drawing(pen_digits[7])
    (digit,) = reading.digits
    assert reading.lines == ("7",)
    assert digit.digit == 7
    assert digit.confidence == min(digit.probabilities.max(), digit.digit_probability)
    assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert digit.ranking[0] == 7
    assert sorted(digit.ranking) == list(range(10))
    again = reader.classifier.predict(digit.image[None]).probabilities[0]
    assert np.array_equal(again, digit.probabilities)


def test_the_box_is_around_the_strokes(reader: Reader) -> None:
    box = reader.read_drawing({"strokes": [[[60, 50], [200, 60], [120, 240]]]}).digits[0].box
    assert (box.left, box.top, box.width, box.height) == (60, 50, 140, 190)


def test_an_unknown_run_is_refused(pen_digits: PenDigits) -> None:
    with pytest.raises(RunNotFoundError, match="convnet"):
        mnist_app.read_drawing(pen_digits[0], run="nope")


def test_photos_are_read_from_paths_and_arrays(mnist: Split, tmp_path: Path) -> None:
    from PIL import Image

    file = tmp_path / "digit.png"
    Image.fromarray(mnist.images[0]).save(file)
    label = str(mnist.labels[0])
    assert mnist_app.read_photo(file).text == label
    assert mnist_app.read_photo(str(file)).text == label
    assert mnist_app.read_photo(file.read_bytes()).text == label
    assert mnist_app.read_photo(mnist.images[0]).text == label


@pytest.mark.parametrize("text", ["10", "4711", "900051", "36925814"])
def test_a_number_on_the_canvas_is_read_as_one(hand: Hand, reader: Reader, text: str) -> None:
    assert reader.read_drawing(drawn(text, hand)).text == text


def test_touching_strokes_of_two_digits_are_told_apart(hand: Hand, reader: Reader) -> None:
    assert reader.read_drawing(drawn("2752", hand, (-0.05, -0.03))).text == "2752"


def test_a_single_digit_stays_one_whatever_its_strokes(pen_digits: PenDigits, reader: Reader) -> None:
    assert [reader.read_drawing(drawing).text for drawing in pen_digits] == list("0123456789")


def test_either_can_be_forced(hand: Hand, pen_digits: PenDigits, reader: Reader) -> None:
    assert len(reader.read_drawing(drawn("4711", hand), number=False).digits) == 1
    assert reader.read_drawing(drawn("4711", hand), number=True).text == "4711"
    assert reader.read_drawing(pen_digits[7], number=True).text == "7"


def test_boxes_of_a_drawings_digits_are_where_their_strokes_are(hand: Hand, reader: Reader) -> None:
    boxes = [digit.box for digit in reader.read_drawing(drawn("10", hand)).digits]
    assert boxes[0].right < boxes[1].left
    assert boxes[1].right == pytest.approx(280, abs=1)


def test_strokes_across_each_other_are_no_number(reader: Reader) -> None:
    cross = {"strokes": [[[80, 60], [220, 240]], [[220, 60], [80, 240]]]}
    assert reader.read_drawing(cross).text == "×"


def test_strokes_that_may_be_joined_in_thousands_of_ways_are_refused_at_once(reader: Reader) -> None:
    started = time.process_time()
    with pytest.raises(DrawingError, match="too many strokes close together"):
        reader.read_drawing({"strokes": [[[x, 0], [x, 60]] for x in range(0, 2_000, 4)]})
    assert time.process_time() - started < 3  # 14, if it is read


def test_a_number_with_one_unfinished_digit_stays_a_number(hand: Hand, reader: Reader) -> None:
    begun = [[300, 120], [380, 220], [300, 200], [380, 130], [330, 230], [340, 110]]
    drawing = Drawing((*drawn("235", hand).strokes, np.array(begun, np.float32)))
    assert reader.read_drawing(drawing).lines[0] == "235"


H = [[[100, 60], [100, 240]], [[200, 60], [200, 240]], [[100, 150], [200, 150]]]
A = [[[150, 60], [90, 240]], [[150, 60], [210, 240]], [[110, 170], [190, 170]]]
V = [[[90, 60], [150, 240]], [[210, 60], [150, 240]]]


@pytest.mark.parametrize("strokes", [H, A, V], ids="HAV")
def test_a_letter_whose_stems_touch_is_no_number(reader: Reader, strokes: list[Any]) -> None:
    reading = reader.read_drawing({"strokes": strokes})
    assert len(reading.digits) == 1
    if reading.text == "?":
        assert reading.left_out == tuple(range(len(strokes)))


def test_digits_far_apart_and_of_different_size_are_a_number(hand: Hand, reader: Reader) -> None:
    big, small = hand[3][0].strokes, hand[7][0].strokes
    far = [stroke * 0.5 + np.array([600, 60], np.float32) for stroke in small]
    assert reader.read_drawing(Drawing((*big, *far))).text == "37"


def test_a_small_digit_before_a_large_one_is_a_number(hand: Hand, reader: Reader) -> None:
    small, big = [stroke / 2 for stroke in hand[2][0].strokes], hand[5][0].strokes
    end, start = np.concatenate(small).max(axis=0), np.concatenate(big)
    shift = np.array([start[:, 0].min() - 30, start[:, 1].max()]) - end  # on one base line
    beside = [(stroke + shift).astype(np.float32) for stroke in small]
    assert reader.read_drawing(Drawing((*beside, *big))).text == "25"


def test_two_dashes_are_a_sign_and_no_number(reader: Reader) -> None:
    equals = {"strokes": [[[50, 100], [100, 101], [160, 98]], [[52, 140], [110, 138], [159, 141]]]}
    reading = reader.read_drawing(equals)
    assert (reading.text, reading.digits[0].certainty, reading.left_out) == ("=", "a sign", ())


def test_a_stroke_that_was_not_read_is_named_as_it_was_given(hand: Hand, reader: Reader) -> None:
    number = drawn("47", hand, (0.5, 0.6)).strokes
    low = max(float(stroke[:, 1].max()) for stroke in number)
    left = float(np.concatenate(number)[:, 0].max()) + 20
    dot = [[left, low], [left + 3, low], [left + 3, low + 3]]
    far = [[x, y + 300] for x, y in dot]
    strokes = [[], far, *(stroke.tolist() for stroke in number), dot]
    reading = reader.read_drawing({"strokes": strokes})
    assert (reading.text, reading.written) == ("47", ("47.",))
    assert reading.left_out == (1,)


def test_all_strokes_of_a_digit_are_read(pen_digits: PenDigits, reader: Reader) -> None:
    assert [reader.read_drawing(drawing).left_out for drawing in pen_digits] == [()] * 10


def test_ink_that_may_be_dark_or_light_is_read_either_way(hand: Hand, reader: Reader) -> None:
    photo = photo_of(["31415"], hand)
    split = photo.copy()
    split[: photo.shape[0] // 3] = 30  # a dark board above the sheet
    assert "31415" in reader.read_photo(split).lines


def test_a_grayscale_file_a_path_and_an_array_give_the_same(hand: Hand, reader: Reader) -> None:
    photo = photo_of(["604"], hand)
    content = io.BytesIO()
    Image.fromarray(photo).save(content, "PNG")
    assert reader.read_photo(content.getvalue()).lines == reader.read_photo(photo).lines == ("604",)


def test_every_page_of_a_document_is_read_and_one_that_is_not_has_an_error(
    hand: Hand, reader: Reader
) -> None:
    first, last = (Image.fromarray(photo_of([text], hand)) for text in ("604", "23"))
    blank = Image.new("RGB", (400, 300), "white")
    pages = list(reader.read_pages(encoded(first, "PDF", save_all=True, append_images=[blank, last])))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.reading.text if page.reading else None for page in pages] == ["604", None, "23"]
    assert [type(page.error) for page in pages] == [type(None), NoDigitError, type(None)]
    assert [(page.reading.page, page.reading.pages) for page in pages if page.reading] == [(1, 3), (3, 3)]


def test_a_photo_is_one_page_and_what_is_none_has_an_error(hand: Hand, reader: Reader) -> None:
    (page,) = reader.read_pages(photo_of(["604"], hand))
    assert page.reading
    assert (page.number, page.reading.text, page.reading.pages) == (1, "604", 1)
    (page,) = mnist_app.read_pages("nowhere.pdf")
    assert isinstance(page.error, ImageError)


def test_the_first_page_of_several_says_that_there_are_more(hand: Hand, reader: Reader) -> None:
    pages = [Image.fromarray(photo_of([text], hand)) for text in ("604", "23")]
    sheet = reader.open_sheet(tiff_of_pages(*pages))
    assert (sheet.reading.text, sheet.reading.page, sheet.reading.pages) == ("604", 1, 2)
    corrected = reader.read_boxes(sheet, [digit.box for digit in sheet.reading.digits], [None] * 3)
    assert (corrected.page, corrected.pages) == (1, 2)
    assert reader.blank_sheet(tiff_of_pages(*pages)).reading.pages == 2


def test_one_thing_that_is_no_digit_is_shown_as_none(reader: Reader) -> None:
    photo = np.full((400, 400), 240, np.uint8)
    for x in (120, 200, 280):
        cv2.line(photo, (x, 80), (x - 20, 320), 30, 10)
        cv2.line(photo, (80, x), (320, x - 20), 30, 10)
    reading = reader.read_photo(photo)
    assert reading.text == "?"
    assert reading.digits[0].certainty == "not a digit"


BAD = {
    "black": np.zeros((400, 400, 3), np.uint8),
    "white": np.full((400, 400, 3), 255, np.uint8),
    "one pixel": np.zeros((1, 1, 3), np.uint8),
    "a slope of light": np.tile(np.linspace(60, 240, 500).astype(np.uint8)[None, :, None], (400, 1, 3)),
    "grain": np.random.default_rng(0).normal(180, 6, (500, 500, 3)).clip(0, 255).astype(np.uint8),
    "wide and empty": np.full((40, 20_000, 3), 230, np.uint8),
}


@pytest.mark.parametrize("name", BAD)
def test_a_photo_without_writing_gets_a_sentence(reader: Reader, name: str) -> None:
    started = time.process_time()
    with pytest.raises(NoDigitError) as caught:
        reader.read_photo(BAD[name])
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 160
    assert time.process_time() - started < 5


class SeesSigns:
    """Stands in for a classifier that takes everything for one sign, or for something that is none."""

    def __init__(self, sign: float, other: float) -> None:
        self._sign, self._other = sign, other

    def predict(self, images: FloatArray) -> Predictions:
        signs = np.zeros((len(images), len(SIGNS)), np.float32)
        signs[:, SIGNS.index("+")] = self._sign
        is_digit = np.full(len(images), 1 - self._sign - self._other, np.float32)
        return Predictions(np.full((len(images), 10), 0.1, np.float32), is_digit, signs)


@pytest.mark.parametrize(("sign", "other", "text"), [(0.8, 0.15, "+"), (0.4, 0.5, "?"), (0.02, 0.01, "0")])
def test_a_sign_by_itself_is_named(sign: float, other: float, text: str) -> None:
    calibration = Calibration(temperature=1, min_digit_probability=0.3, threshold=0.9, alpha=0.01)
    reader = Reader(SeesSigns(sign, other), calibration)  # type: ignore[arg-type]
    plus = {"strokes": [[[0, 50], [100, 50]], [[50, 0], [50, 100]]]}
    assert reader.read_drawing(plus, number=False).text == text


class IsHardly:
    """Stands in for a classifier: everything is a 0, if it is a digit."""

    def __init__(self, probability: float) -> None:
        self._probability = probability

    def predict(self, images: FloatArray) -> Predictions:
        zeros = np.eye(10, dtype=np.float32)[np.zeros(len(images), int)]
        signs = np.zeros((len(images), len(SIGNS)), np.float32)
        return Predictions(zeros, np.full(len(images), self._probability, np.float32), signs)


@pytest.mark.parametrize(
    ("least", "probability", "certainty"),
    [
        (0.1, 0.05, "not a digit"),
        (0.1, 0.3, "not sure: perhaps 0"),
        (0.1, 0.6, "probably"),
        (0.1, 0.96, "certain"),
        (0.9, 0.4, "not a digit"),
        (0.9, 0.6, "not sure: perhaps 0"),
    ],
)
def test_the_less_a_drawing_is_a_digit_the_less_certain_is_its_reading(
    least: float, probability: float, certainty: str, pen_digits: PenDigits
) -> None:
    calibration = Calibration(temperature=1, min_digit_probability=least, threshold=0.9, alpha=0.01)
    (digit,) = Reader(IsHardly(probability), calibration).read_drawing(pen_digits[0], number=False).digits  # type: ignore[arg-type]
    assert digit.certainty == certainty
    assert digit.confidence == pytest.approx(probability)


@pytest.mark.parametrize(("probability", "is_sure"), [(0.3, False), (0.6, True)])
def test_among_digits_what_is_rather_none_is_doubtful(probability: float, is_sure: bool) -> None:
    calibration = Calibration(temperature=1, min_digit_probability=0.1, threshold=0.9, alpha=0.01)
    box = [[0, 0], [50, 0], [50, 100], [0, 100], [0, 0]]
    two = {"strokes": [[[x + shift, y] for x, y in box] for shift in (0, 300)]}
    digits = Reader(IsHardly(probability), calibration).read_drawing(two, number=True).digits  # type: ignore[arg-type]
    assert [digit.is_legible for digit in digits] == [is_sure] * 2


SIGN_STROKES: dict[str, list[list[list[float]]]] = {  # in heights of a digit
    ".": [[[0.05, 0.95], [0.08, 0.97], [0.06, 1.0]]],
    ",": [[[0.08, 0.95], [0.02, 1.2]]],
    "-": [[[0, 0.5], [0.4, 0.52]]],
    "/": [[[0.5, -0.1], [0, 1.1]]],
    "+": [[[0, 0.5], [0.5, 0.5]], [[0.25, 0.25], [0.25, 0.75]]],
    "=": [[[0, 0.4], [0.4, 0.4]], [[0, 0.6], [0.4, 0.62]]],
    ")": [[[0, -0.05], [0.18, 0.3], [0.18, 0.7], [0, 1.05]]],
}


@pytest.mark.parametrize("text", ["3.14", "0,5", "-42", "-7", "21/11/2026", "12+30=42", "3)"])
def test_signs_are_written_where_they_stand(hand: Hand, reader: Reader, text: str) -> None:
    strokes: list[FloatArray] = []
    right = 0.0
    for character in text:
        if character in SIGN_STROKES:
            drawn = [np.array(stroke, np.float32) for stroke in SIGN_STROKES[character]]
        else:
            drawn = list(write_number(character, hand, np.random.default_rng(1)).strokes)
        shift = right + 0.15 - float(np.concatenate(drawn)[:, 0].min())
        strokes += [(stroke + np.array([shift, 0.2])).astype(np.float32) for stroke in drawn]
        right = float(np.concatenate(strokes)[:, 0].max())
    reading = reader.read_drawing(Drawing(tuple(stroke * 280 / right for stroke in strokes)))
    assert "".join(reading.written).replace(" ", "") == text
    assert reading.text == "".join(character for character in text if character.isdigit())
    assert reading.left_out == ()


def test_a_dot_beside_a_digit_is_a_slip_of_the_pen(pen_digits: PenDigits, reader: Reader) -> None:
    strokes = [*pen_digits[7]["strokes"], [[200, 200], [202, 201]]]
    assert reader.read_drawing({"strokes": strokes}).written == ("7",)
