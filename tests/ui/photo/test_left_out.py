from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.domain import LeftOut
from tests.ui.pages import rerun
from tests.ui.photo_page import ROWS, drop, png_of

# In tenths of a digit's height.
TANGLE = ((0, 0), (4, 4), (0, 4), (4, 1), (2, 5), (0, 1), (4, 3), (0, 2), (3, 5))


@pytest.fixture
def with_tangle(page: bytes) -> bytes:
    """The page with something small and tangled behind its second row."""
    last = drop(("page.png", page)).session_state["photos"][0].reading.digits[-1].box
    pixels = np.array(Image.open(io.BytesIO(page)).convert("L"))
    place = last.right + 0.6 * last.height, last.top + 0.3 * last.height
    points = np.array(TANGLE) * last.height / 10 + place
    cv2.polylines(pixels, [points.astype(np.int32)], False, int(pixels.min()), round(last.height / 12))
    return png_of(pixels)


def left_out(app: AppTest) -> tuple[LeftOut, ...]:
    (photo,) = app.session_state["photos"]
    return photo.reading.boxes_left_out


def test_what_was_not_read_becomes_a_digit_by_a_click(with_tangle: bytes) -> None:
    app = drop(("page.png", with_tangle))
    (seen,) = left_out(app)
    assert app.session_state["photos"][0].reading.lines == tuple(ROWS)
    offered = next(group for group in app.button_group if group.label.startswith("Not read"))
    assert len(offered.options) == 1
    offered.set_value(0)
    app = rerun(app)
    assert len(app.session_state["photos"][0].reading.digits) == sum(map(len, ROWS)) + 1
    assert seen.box in [digit.box for digit in app.session_state["photos"][0].reading.digits]
    assert not left_out(app)
    assert not any(group.label.startswith("Not read") for group in app.button_group)


def test_if_all_was_read_nothing_is_offered(page: bytes) -> None:
    assert not any(group.label.startswith("Not read") for group in drop(("page.png", page)).button_group)
