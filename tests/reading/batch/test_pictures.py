from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mnist_app.domain import Digit, Photo, Reading
from mnist_app.errors import PictureError
from mnist_app.reading.batch.pictures import Pictures, write_picture
from tests.helpers.readings import digit, reading

BOX = (120.0, 160.0, 40.0, 60.0)  # left, top, width, height
DARK = (60, 0, 60)  # no colour of a frame


def photo(height: int = 400, width: int = 600, paper: int = 255, scale: float = 1.0) -> Photo:
    """Paper with ink that fills BOX, in the pixels of an image 1 / scale as large."""
    pixels = np.full((height, width, 3), paper, np.uint8)
    left, top, right, bottom = (round(v * scale) for v in (BOX[0], BOX[1], BOX[0] + BOX[2], BOX[1] + BOX[3]))
    pixels[top:bottom, left:right] = DARK
    return Photo(pixels, scale)


def one(read: Digit, turned: int = 0) -> Reading:
    return reading([read], turned=turned)


def test_every_photo_gets_a_picture_of_its_own(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path / "new" / "out", [])
    names = ["a.jpg", "a.png", "A.bmp", "sub/a.jpg", "a-2.jpg"]
    places = [pictures.place_for(Path(name)).relative_to(tmp_path / "new" / "out") for name in names]
    assert list(map(str, places)) == ["a.png", "a-2.png", "A-3.png", "sub/a.png", "a-2-2.png"]
    assert (tmp_path / "new" / "out").is_dir()


def test_every_page_gets_a_picture_of_its_own(tmp_path: Path) -> None:
    pictures = Pictures(tmp_path, [])
    names = [pictures.place_for(Path(name), "-page-2").name for name in ("a.pdf", "a.tif")]
    assert names == ["a-page-2.png", "a-page-2-2.png"]


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
