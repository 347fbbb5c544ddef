from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from mnist_app.domain import ByteArray, Digit, Photo, Reading
from mnist_app.errors import PictureError
from mnist_app.reading import annotate
from mnist_app.reading.annotate import CORRECTED, DOUBTFUL, SURE, annotated, png
from mnist_app.reading.batch.pictures import Pictures, is_picture, write_picture
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


def test_every_photo_gets_a_picture_of_its_own(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path / "new" / "out", [])
    names = ["a.jpg", "a.png", "A.bmp", "sub/a.jpg", "a-2.jpg"]
    places = [pictures.place_for(Path(name)).relative_to(tmp_path / "new" / "out") for name in names]
    assert list(map(str, places)) == ["a.png", "a-2.png", "A-3.png", "sub/a.png", "a-2-2.png"]
    assert (tmp_path / "new" / "out").is_dir()


def test_no_file_is_overwritten_but_pictures_of_another_time(tmp_path: Path) -> None:
    Image.fromarray(photo().pixels).save(tmp_path / "photo.png")
    write_picture(tmp_path / "old.png", photo(), one(digit(4, BOX)))
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.png")
    pictures = Pictures(tmp_path, [])
    assert pictures.place_for(Path("photo.jpg")).name == "photo-2.png"
    assert pictures.place_for(Path("folder.jpg")).name == "folder-2.png"
    assert pictures.place_for(Path("pipe.jpg")).name == "pipe-2.png"
    assert pictures.place_for(Path("old.jpg")).name == "old.png"


def test_not_even_a_picture_is_overwritten_while_it_is_read(tmp_path: Path) -> None:
    write_picture(tmp_path / "old.png", photo(), one(digit(4, BOX)))
    (tmp_path / "link.png").symlink_to("old.png")
    for name in ("old.png", "link.png"):
        assert Pictures(tmp_path, [tmp_path / name]).place_for(Path("old.jpg")).name == "old-2.png"


def test_what_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PictureError, match="can't be saved"):
        Pictures(tmp_path / "file" / "out", [])
    for place in (tmp_path / "file" / "a.png", tmp_path / "a.png"):
        (tmp_path / "a.png").mkdir(exist_ok=True)  # where a picture should be
        with pytest.raises(PictureError, match=r"can't be written"):
            write_picture(place, photo(), one(digit(4, BOX)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "file"]
