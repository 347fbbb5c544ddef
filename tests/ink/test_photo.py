from __future__ import annotations

import time

import cv2
import numpy as np
import pytest

from mnist_app.domain import Photo, Split
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import canonical, from_bytes
from mnist_app.ink.pen import INK_SIDE, PEN, stroke_width, thickened
from mnist_app.ink.photo import ink_from_photo
from mnist_app.ink.segment import digit_mask
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


def test_pieces_of_one_digit_stay_together() -> None:
    ink = np.zeros((200, 200), np.float32)
    ink[60:150, 80:95] = 1  # a 5's body
    ink[60:70, 102:140] = 1  # its bar, lifted off
    ink[10:14, 10:14] = 1  # a speck
    kept = digit_mask(ink)
    assert kept[65, 120] == 1
    assert kept[12, 12] == 0


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


def test_a_texture_of_thousands_of_pieces_is_answered_at_once() -> None:
    ink = np.zeros((800, 800), np.float32)
    for y in range(5, 790, 30):
        for x in range(5, 790, 10):
            ink[y : y + 26, x : x + 4] = 1
    started = time.process_time()
    digit_mask(ink)
    assert time.process_time() - started < 5  # a minute and more, if each piece is compared with each


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
        digit_mask(ink_from_photo(Photo(photo, 1.0))[0])
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
