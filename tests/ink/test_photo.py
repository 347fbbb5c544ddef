from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnist_app.domain import Photo, Split
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import canonical, from_bytes
from mnist_app.ink.photo import ink_from_photo, light_on_dark
from mnist_app.ink.ruled_lines import without_lines
from mnist_app.ink.stroke_width import INK_SIDE, PEN, stroke_width, thickened
from mnist_app.reading.reader import Reader


def photo_of(
    digit: np.ndarray,
    ink: tuple[int, int, int] = (40, 40, 60),
    paper: tuple[int, int, int] = (225, 220, 205),
    shadow: float = 0.0,
    noise: float = 0.0,
) -> np.ndarray:
    """A 28×28 digit as a 480×360 photo: coloured ink on paper that darkens to one side."""
    mask = np.zeros((480, 360), np.float32)
    mask[100:380, 40:320] = cv2.resize(digit.astype(np.float32) / 255, (280, 280)).clip(0, 1)
    light = 1 - shadow * np.linspace(0, 1, 360, dtype=np.float32)[None, :, None]
    colours = np.array(paper) + (np.array(ink) - np.array(paper)) * mask[..., None]
    grain = np.random.default_rng(0).normal(0, noise, colours.shape)
    return (colours * light + grain).clip(0, 255).astype(np.uint8)


LIGHTS = {
    "dark ink on paper": {},
    "blue ink": {"ink": (30, 50, 160)},
    "red ink": {"ink": (200, 40, 50)},
    "pencil": {"ink": (150, 150, 150)},
    "chalk on a blackboard": {"ink": (240, 240, 235), "paper": (35, 45, 40)},
    "in a shadow": {"shadow": 0.6},
    "grainy": {"noise": 8.0},
}


@pytest.mark.parametrize("light", LIGHTS)
def test_digits_are_read_in_every_light(mnist: Split, reader: Reader, light: str) -> None:
    images, labels = mnist.images[:60], mnist.labels[:60]
    read = [reader.read_photo(photo_of(image, **LIGHTS[light])).digits[0].digit for image in images]  # type: ignore[arg-type]
    assert np.mean(np.array(read) == labels) >= 0.95


def test_mnist_pictures_are_read_as_they_are_and_inverted(mnist: Split, reader: Reader) -> None:
    for images in (mnist.images[:100], 255 - mnist.images[:100]):
        read = [reader.read_photo(image).digits[0].digit for image in images]
        assert np.mean(np.array(read) == mnist.labels[:100]) >= 0.97


def test_the_box_is_where_the_digit_is(mnist: Split, reader: Reader) -> None:
    image = mnist.images[0]
    rows, columns = np.nonzero(image > 127)
    box = reader.read_photo(photo_of(image)).digits[0].box
    assert box.left == pytest.approx(40 + 10 * columns.min(), abs=8)
    assert box.top == pytest.approx(100 + 10 * rows.min(), abs=8)
    assert box.height == pytest.approx(10 * (np.ptp(rows) + 1), abs=12)


def test_the_box_is_in_the_photos_own_pixels_however_large_it_is(mnist: Split, reader: Reader) -> None:
    small = photo_of(mnist.images[0])
    a = reader.read_photo(small).digits[0].box
    for factor in (4, 10):  # the last is reduced while it is decoded
        large = cv2.resize(small, None, fx=factor, fy=factor)
        b = reader.read_photo(large).digits[0].box
        assert b.left == pytest.approx(factor * a.left, abs=5 * factor)
        assert b.height == pytest.approx(factor * a.height, abs=8 * factor)


def test_specks_and_the_papers_edge_are_left_out(mnist: Split, reader: Reader) -> None:
    clean = photo_of(mnist.images[0])
    dirty = clean.copy()
    dirty[:, :9] = 20  # the table beside the sheet
    dirty[30:34, 300:304] = 20
    a, b = (reader.read_photo(photo).digits[0] for photo in (clean, dirty))
    assert np.abs(a.image - b.image).mean() < 0.02


def test_a_digit_that_touches_the_border_is_read(mnist: Split, reader: Reader) -> None:
    cut = photo_of(mnist.images[0])
    rows = np.flatnonzero((cut[..., 0] < 120).any(axis=1))
    cut = cut[: rows[-1] - 4]
    cut[30:44, 20:34] = 40  # a speck inside is no better candidate
    assert reader.read_photo(cut).digits[0].digit == mnist.labels[0]


@pytest.mark.parametrize("thickness", [1, 4, 20])
def test_a_printed_bar_is_a_one(reader: Reader, thickness: int) -> None:
    photo = np.full((300, 300), 255, np.uint8)
    photo[30:270, 150 : 150 + thickness] = 0
    assert reader.read_photo(photo).digits[0].digit == 1


def test_strokes_along_the_edge_are_as_wide_as_others() -> None:
    corner = np.zeros((200, 120), np.float32)
    corner[:, :12] = corner[-12:] = 1
    assert stroke_width(corner) == pytest.approx(12, abs=2)
    assert stroke_width(np.ones((100, 10), np.float32)) == pytest.approx(10, abs=1)


@pytest.mark.parametrize(
    "photo",
    [
        np.zeros((300, 300, 3), np.uint8),
        np.full((300, 300, 3), 255, np.uint8),
        np.full((1, 1, 3), 9, np.uint8),
        np.tile(np.linspace(90, 230, 300).astype(np.uint8)[:, None, None], (1, 300, 3)),
        np.random.default_rng(0).normal(200, 4, (300, 300, 3)).clip(0, 255).astype(np.uint8),
    ],
    ids=["black", "white", "one pixel", "a slope of light", "grain"],
)
def test_a_photo_without_writing_says_so(photo: np.ndarray) -> None:
    with pytest.raises(NoDigitError) as caught:
        ink_from_photo(Photo(photo, 1.0))
    assert "\n" not in str(caught.value)


def test_a_thin_line_is_brought_to_the_models_pen() -> None:
    ink = np.zeros((400, 300), np.float32)
    cv2.circle(ink, (150, 200), 120, 1.0, 3)
    width = stroke_width(thickened(ink))
    assert width == pytest.approx(PEN, abs=5)
    assert canonical(thickened(ink)).max() == 1


def test_a_broad_line_stays_as_it_is() -> None:
    ink = np.zeros((INK_SIDE * 2, INK_SIDE * 2), np.float32)
    cv2.circle(ink, (160, 160), 100, 1.0, 60)
    assert np.array_equal(thickened(ink), ink)


def test_stroke_width_of_mnist_is_what_the_pen_was_set_to(mnist: Split) -> None:
    widths = []
    for image in from_bytes(mnist.images[:500]):
        widths.append(stroke_width(cv2.resize(image, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)) / 4)
    assert np.median(widths) == pytest.approx(PEN * 20 / INK_SIDE, abs=0.3)


def holes(ink: np.ndarray) -> int:
    """The places that strokes enclose."""
    paper = np.pad(ink < 0.5, 1, constant_values=True).astype(np.uint8)
    return int(cv2.connectedComponents(paper, connectivity=4)[0]) - 2  # the background, and the paper around


def test_a_loop_is_never_filled_by_widening_a_thin_stroke() -> None:
    ink = np.zeros((400, 200), np.float32)
    cv2.line(ink, (110, 40), (100, 390), 1.0, 2)
    cv2.circle(ink, (95, 40), 15, 1.0, 2)  # a 9 with a small head, 30 of 350 pixels
    assert holes(ink) == holes(thickened(ink)) == 1


def ruled(kind: str, slope: float = 0.0, side: int = 700) -> np.ndarray:
    """Paper with a 5 written over its lines; `slope` is the lines' rise over their run."""
    paper = np.full((side, side), 235, np.uint8)
    shift = slope * side / 2
    for y in range(20, side, 55):
        cv2.line(paper, (0, round(y + shift)), (side, round(y - shift)), 150, 2, cv2.LINE_AA)
        if kind == "squared":
            cv2.line(paper, (round(y - shift), 0), (round(y + shift), side), 150, 2, cv2.LINE_AA)
    return paper


@pytest.mark.parametrize("kind", ["ruled", "squared"])
@pytest.mark.parametrize("slope", [0.0, 0.03, -0.1])
def test_lines_of_the_paper_go_and_strokes_stay(kind: str, slope: float) -> None:
    stroke = np.zeros((700, 700), np.uint8)
    cv2.ellipse(stroke, (350, 350), (90, 160), 20, 0, 300, 255, 9, cv2.LINE_AA)
    paper = ruled(kind, slope)
    paper[stroke > 127] = 40
    ink = ink_from_photo(Photo(np.dstack([paper] * 3), 1.0)).ink
    near = cv2.dilate(stroke, np.ones((9, 9))) > 0
    assert (ink[~near] > 0.5).mean() < 0.002
    assert (ink[stroke > 200] > 0.3).mean() > 0.97


def test_rows_of_letters_are_no_lines() -> None:
    ink = np.zeros((600, 900), np.float32)
    for y in range(50, 560, 60):
        for x in range(40, 860, 20):  # bars above each other, as letters have: half of each line is ink
            ink[y : y + 3, x : x + 10] = 1
            ink[y + 20 : y + 23, x : x + 10] = 1
            ink[y : y + 23, x : x + 3] = 1
    assert np.array_equal(without_lines(ink, stroke_width(ink)), ink)


def test_a_long_bar_of_a_single_digit_is_no_line(reader: Reader) -> None:
    seven = np.full((300, 300), 255, np.uint8)
    cv2.polylines(seven, [np.array([[20, 40], [280, 40], [130, 280]])], False, 0, 8, cv2.LINE_AA)
    assert reader.read_photo(seven).text == "7"


def test_the_table_around_a_sheet_is_no_ink() -> None:
    photo = np.full((600, 800), 50, np.uint8)
    photo[60:540, 80:720] = 230
    cv2.line(photo, (400, 200), (400, 400), 40, 8)
    ink = ink_from_photo(Photo(np.dstack([photo] * 3), 1.0)).ink
    rows, columns = np.nonzero(ink > 0.5)
    assert columns.min() > 380
    assert columns.max() < 420
    assert rows.min() > 180


@pytest.mark.parametrize(("paper", "pen", "is_light"), [(230, 40, False), (40, 230, True)])
def test_dark_and_light_ink_are_told_apart(paper: int, pen: int, is_light: bool) -> None:
    photo = np.full((300, 400), paper, np.uint8)
    cv2.circle(photo, (200, 150), 60, pen, 12)
    assert (light_on_dark(Photo(np.dstack([photo] * 3), 1.0)) > 0) is is_light
