from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnist_app.domain import Photo, Split
from mnist_app.errors import NoDigitError
from mnist_app.ink.photo import ink_from_photo, light_on_dark
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
    assert (light_on_dark(np.dstack([photo] * 3)) > 0) is is_light
