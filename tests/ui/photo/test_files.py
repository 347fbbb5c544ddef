from __future__ import annotations

import csv
import io
import json

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.ui.photo import session
from tests.ink.documents import tiff_of_pages
from tests.ui.pages import open_page, rerun, words
from tests.ui.photo_page import ROWS, drop, photo_page


def test_downloads_have_what_the_page_shows(page: bytes) -> None:
    app = drop(("bad.png", b"no image"), ("page.png", page))
    photos = app.session_state["photos"]
    lines = list(csv.DictReader(io.StringIO(files.csv_of(photos).decode("utf-8-sig"))))
    assert [line["text"] for line in lines] == ["", *ROWS]
    assert "not an image" in lines[0]["error"]
    photos = json.loads(files.json_of(photos))
    assert photos[1]["rows"] == ROWS
    assert len(photos[1]["digits"]) == 7
    assert "not an image" in photos[0]["error"]


def test_downloads_say_which_page_it_is(page: bytes) -> None:
    content = tiff_of_pages(Image.open(io.BytesIO(page)), Image.new("L", (300, 300), "white"))

    def scanned(content) -> None:  # type: ignore[no-untyped-def]  # it runs without this module's names
        from mnist_app.ui.photo import page, session

        if not session.photos():
            session.replace_photos([("scan.tif", content)])
        page.page()

    app = rerun(AppTest.from_function(scanned, args=(content,), default_timeout=60))
    (choice,) = (box for box in app.selectbox if box.label == "Photo")
    assert choice.options == ["1. scan.tif, page 1", "2. scan.tif, page 2"]
    photos = app.session_state["photos"]
    lines = list(csv.DictReader(io.StringIO(files.csv_of(photos).decode("utf-8-sig"))))
    assert [(line["file"], line["text"], line["page"]) for line in lines] == [
        ("scan.tif", ROWS[0], "1"),
        ("scan.tif", ROWS[1], "1"),
        ("scan.tif", "", "2"),
    ]
    answers = json.loads(files.json_of(photos))
    assert [(each["page"], each["pages"], "error" in each) for each in answers] == [
        (1, 2, False),
        (2, 2, True),
    ]


def test_the_page_says_how_to_read_heic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FORMATS", ("PNG",))
    assert "pip install pillow-heif" in words(open_page(photo_page))
    monkeypatch.setattr(files, "FORMATS", ("PNG", "HEIC"))
    assert "pillow-heif" not in words(open_page(photo_page))


def test_adding_a_file_keeps_each_page_once(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", state)
    files._add([("scan.tif", tiff_of_pages(*[Image.new("L", (8, 8), k) for k in range(3)]))])
    files._add([("page.png", page)])
    titles = ["scan.tif, page 1", "scan.tif, page 2", "scan.tif, page 3", "page.png"]
    assert [photo.title for photo in session.photos()] == titles


def test_sample_photos_are_small() -> None:
    samples = list(files.SAMPLES.glob("*.jpg"))
    assert len(samples) == 4
    assert all(file.stat().st_size < 100_000 for file in samples)
