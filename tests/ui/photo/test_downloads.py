from __future__ import annotations

import csv
import io
import json
from typing import Any

import numpy as np
from PIL import Image

from mnist_app.ui.photo import downloads
from tests.ink.documents import tiff_of_pages
from tests.ui.pages import open_page, rerun
from tests.ui.photo_page import ROWS, browser_sends, drop, photo_page, sent, shown_photo


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


def test_downloads_have_what_the_page_shows(page: bytes) -> None:
    app = drop(("bad.png", b"no image"), ("page.png", page))
    photos = app.session_state["photos"]
    lines = rows_of(downloads.csv_of(photos))
    assert [line["text"] for line in lines] == ["", *ROWS]
    assert "not an image" in lines[0]["error"]
    photos = json.loads(downloads.json_of(photos))
    assert photos[1]["rows"] == ROWS
    assert len(photos[1]["digits"]) == 7
    assert "not an image" in photos[0]["error"]


def test_downloads_have_the_corrections(page: bytes) -> None:
    app = drop(("page.png", page))
    before: Any = downloads.png_of(shown_photo(app))
    boxes = sent(app)["boxes"]
    boxes[0][4] = "9"
    browser_sends(app, boxes)
    assert rows_of(downloads.csv_of(app.session_state["photos"]))[0]["text"] == "9357"
    after: Any = downloads.png_of(shown_photo(app))
    before, after = (np.asarray(Image.open(io.BytesIO(content))) for content in (before, after))
    assert not np.array_equal(before, after)


def test_downloads_say_which_page_it_is(page: bytes) -> None:
    content = tiff_of_pages(Image.open(io.BytesIO(page)), Image.new("L", (300, 300), "white"))
    app = open_page(photo_page)
    app.file_uploader[0].set_value([("scan.tif", content, "image/tiff")])
    photos = rerun(app).session_state["photos"]
    assert [photo.title for photo in photos] == ["scan.tif, page 1", "scan.tif, page 2"]
    lines = rows_of(downloads.csv_of(photos))
    assert [(line["file"], line["text"], line["page"]) for line in lines] == [
        ("scan.tif", ROWS[0], "1"),
        ("scan.tif", ROWS[1], "1"),
        ("scan.tif", "", "2"),
    ]
    answers = json.loads(downloads.json_of(photos))
    assert [(each["page"], each["pages"], "error" in each) for each in answers] == [
        (1, 2, False),
        (2, 2, True),
    ]
