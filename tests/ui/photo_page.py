"""Photo page without a browser, for several test files."""

from __future__ import annotations

import io
import json
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.ui.photo import editor, session
from mnist_app.ui.photo.memory import VisitorPhotos
from tests.ui.pages import open_page, rerun

ROWS = ["2357", "604"]  # of the fixture `page`


def photo_page() -> None:
    from mnist_app.ui.photo import page

    page.page()


def drop(*files: tuple[str, bytes]) -> AppTest:
    """Open the page and bring it what the uploader would bring."""
    app = open_page(photo_page)
    photos = VisitorPhotos()
    photos += [session.UploadedPhoto(name, content) for name, content in files]
    app.session_state["photos"] = photos
    return rerun(app)


def click(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    next(button for button in app.button if button.label == label).click()
    return rerun(app)


def shown_photo(app: AppTest) -> session.UploadedPhoto:
    """Return the photo that is looked at."""
    state = app.session_state
    chosen = int(state["photo_chosen"]) if "photo_chosen" in state else 0
    photo: session.UploadedPhoto = state["photos"][chosen]
    return photo


def written(app: AppTest) -> str:
    """Return the text of the photo that is looked at."""
    reading = shown_photo(app).reading
    return "\n".join(reading.written) if reading else ""


def sent(app: AppTest) -> dict[str, Any]:
    """Return what the browser gets of the photo."""
    (component,) = (each for each in app.get("bidi_component") if "revision" in each.proto.json)
    data: dict[str, Any] = json.loads(component.proto.json)
    return data


def browser_sends(app: AppTest, boxes: list[Any], revision: int = 1) -> AppTest:
    """Send all boxes as a browser does after a change."""
    photo = shown_photo(app)
    edit = {"photo": editor._name(photo), "revision": revision, "boxes": boxes}
    app.session_state[editor._key(photo)] = {"edit": edit}
    return rerun(app)


def png_of(pixels: np.ndarray) -> bytes:
    """Return a PNG file's content."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()
