from __future__ import annotations

import io

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.ui.photo.session import UploadedPhoto
from mnist_app.ui.photo.thumbnails import state_of
from tests.ui.pages import html, press
from tests.ui.photo_page import ROWS, click, drop, shown_photo, written


def titles(app: AppTest) -> list[str]:
    return [button.label for button in app.button if str(button.key).startswith("thumbnail-")]


def test_each_photo_says_what_became_of_it_and_a_broken_one_stops_nothing(page: bytes) -> None:
    app = drop(("bad.png", b"no image"), ("page.png", page))
    assert titles(app) == ["1: not read", "2: sure"]
    assert "not an image" in html(app)
    assert "not an image" in str(app.button(key="thumbnail-0").proto.help)
    press(app, "thumbnail-1")
    assert written(app) == "\n".join(ROWS)
    assert "not an image" not in html(app)


def test_steps_lead_from_photo_to_photo_and_end_at_the_ends(page: bytes) -> None:
    app = drop(("page.png", page), ("bad.png", b"no image"))
    assert app.button(key="photo-previous").disabled
    click(app, "Next")
    assert shown_photo(app).name == "bad.png"
    assert app.button(key="photo-next").disabled
    click(app, "Previous")
    assert shown_photo(app).name == "page.png"


def test_one_photo_can_be_removed(page: bytes) -> None:
    app = drop(("bad.png", b"no image"), ("page.png", page))
    click(app, "Remove")
    assert [photo.name for photo in app.session_state["photos"]] == ["page.png"]
    assert titles(app) == []
    click(app, "Remove")
    assert "Show a photo" in html(app)


def test_thumbnails_are_small_and_upright(page: bytes) -> None:
    turned = np.rot90(np.asarray(Image.open(io.BytesIO(page))))
    content = io.BytesIO()
    Image.fromarray(turned).save(content, "PNG")
    photo = shown_photo(drop(("page.png", content.getvalue())))
    thumbnail = Image.open(io.BytesIO(photo.thumbnail))
    assert max(thumbnail.size) == 200
    assert len(photo.thumbnail) < 10_000
    assert photo.own
    assert (thumbnail.width > thumbnail.height) == (turned.shape[0] > turned.shape[1])


def test_a_photo_that_waits_is_being_read() -> None:
    assert state_of(UploadedPhoto("a.png", b"")) == "reading …"
