"""Photo page without a browser, for several test files."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.ui.photo import session
from tests.ui.pages import open_page, rerun

ROWS = ["2357", "604"]  # of the fixture `page`


def photo_page() -> None:
    from mnist_app.ui.photo import page

    page.page()


def drop(*files: tuple[str, bytes]) -> AppTest:
    """Open the page and bring it what the uploader would bring."""
    app = open_page(photo_page)
    app.session_state["photos"] = [session.UploadedPhoto(name, content) for name, content in files]
    return rerun(app)


def click(app: AppTest, label: str) -> AppTest:
    """Press the button with this label."""
    next(button for button in app.button if button.label == label).click()
    return rerun(app)


def on_canvas(page: bytes) -> AppTest:
    """Open the page with a photo whose boxes are shown on a canvas."""
    app = drop(("page.png", page))
    app.toggle(key="boxes_on").set_value(True)
    return rerun(app)


def canvas_sends(app: AppTest, change: Any) -> AppTest:
    """Change what is on the canvas as a visitor does, and send it."""
    (photo,) = app.session_state["photos"]
    objects = [dict(item) for item in app.session_state["boxes_start"]["objects"]]
    app.session_state[f"boxes-{hash(photo.key)}-{photo.run}-0"] = {
        "drawing": {"raw": {"objects": change(objects)}, "data": None}
    }
    return rerun(app)


def png_of(pixels: np.ndarray) -> bytes:
    """Return a PNG file's content."""
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, "PNG")
    return content.getvalue()
