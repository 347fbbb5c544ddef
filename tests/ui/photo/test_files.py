from __future__ import annotations

import io
from typing import Any

import pytest
import streamlit as st
from PIL import Image
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from mnist_app.ui import address
from mnist_app.ui.photo import files, session
from tests.ink.documents import tiff_of_pages
from tests.ui.pages import open_page, rerun, words
from tests.ui.photo_page import click, photo_page, shown_photo


def test_the_page_says_how_to_read_heic(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "FORMATS", ("PNG",))
    assert "pip install pillow-heif" in words(open_page(photo_page))
    monkeypatch.setattr(files, "FORMATS", ("PNG", "HEIC"))
    assert "pillow-heif" not in words(open_page(photo_page))


def test_an_upload_is_added_and_the_uploader_is_empty_again(
    page: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    removed: list[str] = []
    monkeypatch.setattr(MemoryUploadedFileManager, "remove_file", lambda *ids: removed.append(ids[-1]))
    app = open_page(photo_page)
    app.file_uploader[0].set_value([("first.png", page, "image/png")])
    rerun(app)
    assert app.file_uploader[0].value == []
    assert len(removed) == 1  # the session has it now, so Streamlit need not keep it
    content = io.BytesIO()
    Image.new("L", (300, 300), "white").save(content, "PNG")
    app.file_uploader[0].set_value([("second.png", content.getvalue(), "image/png")])
    rerun(app)
    assert [photo.name for photo in app.session_state["photos"]] == ["first.png", "second.png"]
    assert shown_photo(app).name == "second.png"


def test_a_photo_takes_the_place_of_a_sample(page: bytes) -> None:
    app = click(open_page(photo_page), "Blackboard")
    app.file_uploader[0].set_value([("mine.png", page, "image/png")])
    assert [photo.name for photo in rerun(app).session_state["photos"]] == ["mine.png"]


@pytest.mark.parametrize("is_secure", [True, False])
def test_a_page_without_https_takes_the_phones_own_camera(
    monkeypatch: pytest.MonkeyPatch, is_secure: bool
) -> None:
    monkeypatch.setattr(address, "is_secure", lambda: is_secure)
    app = open_page(photo_page)
    app.button_group(key="source").set_value("Camera")
    rerun(app)
    assert len(app.get("camera_input")) == is_secure
    assert len(app.get("file_uploader")) == (not is_secure)
    assert ("needs https" in words(app)) == (not is_secure)


def test_adding_a_file_keeps_each_page_once(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    files._add([("scan.tif", tiff_of_pages(*[Image.new("L", (8, 8), k) for k in range(3)]))])
    files._add([("page.png", page)])
    titles = ["scan.tif, page 1", "scan.tif, page 2", "scan.tif, page 3", "page.png"]
    assert [photo.title for photo in session.photos()] == titles


def test_sample_photos_are_small() -> None:
    samples = list(files.SAMPLES.glob("*.jpg"))
    assert len(samples) == 4
    assert all(file.stat().st_size < 100_000 for file in samples)
