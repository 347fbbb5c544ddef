from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from mnist_app.domain import ByteArray, Digit, Photo, Reading
from mnist_app.reading import annotate
from mnist_app.reading.annotate import CORRECTED, DOUBTFUL, SURE, annotated, png
from mnist_app.reading.batch.pictures import is_picture
from tests.helpers.readings import digit, reading

BOX = (120.0, 160.0, 40.0, 60.0)  # left, top, width, height
DARK = (60, 0, 60)  # no colour of a frame


def photo(height: int = 400, width: int = 600, paper: int = 255, scale: float = 1.0) -> Photo:
    """Paper with ink that fills BOX, in the pixels of an image 1 / scale as large."""
    pixels = np.full((height, width, 3), paper, np.uint8)
    left, top, right, bottom = (round(v * scale) for v in (BOX[0], BOX[1], BOX[0] + BOX[2], BOX[1] + BOX[3]))
    pixels[top:bottom, left:right] = DARK
    return Photo(pixels, scale)


def where(pixels: ByteArray, colour: str | tuple[int, int, int]) -> np.ndarray:
    rgb = ImageColor.getrgb(colour) if isinstance(colour, str) else colour
    return np.all(pixels == np.array(rgb, np.uint8), axis=2)


def extent(mask: np.ndarray) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what is set, the latter two not in it."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def one(read: Digit, turned: int = 0) -> Reading:
    return reading([read], turned=turned)


@pytest.mark.parametrize("scale", [1.0, 0.5])
@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_the_frame_is_around_the_ink_of_the_photo_as_it_was_read(turned: int, scale: float) -> None:
    source = photo(scale=scale)
    picture = annotated(source, one(digit(4, BOX), turned))
    turned_photo = np.rot90(source.pixels, turned // 90)
    assert picture.shape == turned_photo.shape
    ink = extent(where(turned_photo, DARK))
    assert extent(where(picture, DARK)) == ink  # nothing lies on it
    frame = where(picture, SURE)
    middle_x, middle_y = (ink[0] + ink[2]) // 2, (ink[1] + ink[3]) // 2
    line = 8
    assert frame[middle_y, ink[0] - line : ink[0]].any()
    assert frame[middle_y, ink[2] : ink[2] + line].any()
    assert frame[ink[3] : ink[3] + line, middle_x].any()
    assert frame[ink[1] - line : ink[1], ink[0]].any()
    drawn = extent(~where(picture, "white"))
    assert drawn[1] < ink[1] - line  # the text stands above it, upright for the reader
    assert drawn[3] <= ink[3] + line


@pytest.mark.parametrize(
    ("read", "colour"),
    [
        (digit(4, BOX), SURE),
        (digit(4, BOX, candidates=(4, 9)), DOUBTFUL),
        (digit(4, BOX, confidence=0.9), DOUBTFUL),
        (digit(4, BOX, is_digit=False), DOUBTFUL),
        (digit(4, BOX, candidates=(4, 9)).corrected(9), CORRECTED),
    ],
    ids=["sure", "4 or 9", "probably", "not a digit", "corrected"],
)
def test_the_colour_says_how_sure_it_is(read: Digit, colour: str) -> None:
    picture = annotated(photo(), one(read))
    assert [c for c in (SURE, DOUBTFUL, CORRECTED) if where(picture, c).any()] == [colour]


def test_doubt_shows_without_colour_too() -> None:
    def side(read: Digit) -> np.ndarray:
        picture = annotated(photo(), one(read))
        column = picture[:, int(BOX[0]) - 4]  # through the frame's left side
        return np.any(column[int(BOX[1]) : int(BOX[1] + BOX[3])] < 255, axis=1)

    assert side(digit(4, BOX)).all()
    dashes = side(digit(4, BOX, candidates=(4, 9)))
    assert 0.3 < dashes.mean() < 0.8


def test_a_question_mark_stands_behind_a_doubtful_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    texts: list[str] = []
    monkeypatch.setattr(annotate, "_draw_text", lambda *arguments: texts.append(arguments[2]))
    reads = [digit(4, BOX), digit(4, BOX, candidates=(4, 9)), digit(4, BOX, is_digit=False)]
    for read in [*reads, reads[1].corrected(9)]:
        annotated(photo(), one(read))
    assert texts == ["4", "4?", "?", "9"]


@pytest.mark.parametrize("paper", [0, 255])
def test_lines_and_letters_stand_out_on_any_paper(paper: int) -> None:
    picture = annotated(photo(paper=paper), one(digit(4, BOX)))
    colour = where(picture, SURE)
    beside = np.zeros_like(colour)
    beside[:, 1:] |= colour[:, :-1]
    beside[:, :-1] |= colour[:, 1:]
    assert not (beside & where(picture, (0, 0, 0))).any()


def test_the_photo_itself_stays_as_it_was() -> None:
    source = photo()
    before = source.pixels.copy()
    annotated(source, one(digit(4, BOX)))
    assert np.array_equal(source.pixels, before)


def test_small_photos_are_enlarged_by_a_whole_factor_and_others_not() -> None:
    pixels = np.full((20, 28, 3), 255, np.uint8)
    assert annotated(Photo(pixels, 1), one(digit(4, (8, 4, 10, 12)))).shape == (240, 336, 3)
    assert annotated(photo(), one(digit(4, BOX))).shape == (400, 600, 3)


@pytest.mark.parametrize(
    "box", [(0, 0, 600, 400), (-50, -50, 20, 20), (590, 390, 300, 300), (300, 0, 0, 0), (10, 380, 590, 20)]
)
def test_a_box_at_or_beyond_the_edge_is_drawn_as_far_as_it_goes(
    box: tuple[float, float, float, float],
) -> None:
    picture = annotated(photo(), one(digit(4, box)))
    assert picture.shape == (400, 600, 3)
    assert where(picture, SURE).any()


def test_a_png_is_the_picture_and_says_who_made_it(tmp_path: Path) -> None:
    picture = annotated(photo(), one(digit(4, BOX)))
    content = png(picture)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(content))), picture)
    (tmp_path / "ours.png").write_bytes(content)
    Image.fromarray(picture).save(tmp_path / "theirs.png")
    assert is_picture(tmp_path / "ours.png")
    assert not is_picture(tmp_path / "theirs.png")
    assert not is_picture(tmp_path / "none.png")
