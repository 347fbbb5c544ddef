from __future__ import annotations

import io
from dataclasses import astuple

import numpy as np
import pytest
from PIL import Image

from mnist_app.domain import Box, Photo
from mnist_app.ui.photo import shown
from mnist_app.ui.photo.shown import ShownPhoto, jpeg


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_a_box_is_the_same_on_the_page_and_back(turned: int) -> None:
    page = ShownPhoto.of(Photo(np.zeros((300, 400, 3), np.uint8), 0.5), turned)
    box = Box(100, 60, 50, 80)
    back = page.back(page.place(box))
    assert astuple(back) == pytest.approx(astuple(box), abs=0.05)
    assert page.place(back) == page.place(box)  # to the last decimal, by which the browser knows it


def test_a_large_photo_is_shown_smaller_and_its_boxes_too() -> None:
    page = ShownPhoto((3_200, 6_400), 1.0, 0)
    assert page.size == (shown.MAX_SIDE, shown.MAX_SIDE // 2)
    assert page.place(Box(400, 800, 40, 80)) == (100, 200, 10, 20)


def test_the_picture_is_as_large_as_it_is_said_to_be_and_upright() -> None:
    pixels = np.zeros((300, 400, 3), np.uint8)
    pixels[:, 300:] = 255  # the right side is white; turned counter-clockwise, it is on top
    picture = Image.open(io.BytesIO(jpeg(pixels, 90)))
    assert picture.size == ShownPhoto(pixels.shape, 1.0, 90).size == (300, 400)
    assert picture.convert("L").getpixel((150, 20)) > 200  # type: ignore[operator]
    assert picture.convert("L").getpixel((150, 380)) < 50  # type: ignore[operator]
