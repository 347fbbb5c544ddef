from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from mnist_app.ui.photo import session
from tests.ink.documents import PAGE, pdf_of, tiff_of_pages


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for a visitor's session."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def pages(count: int) -> bytes:
    return tiff_of_pages(*[Image.new("L", (8, 8), k) for k in range(count)])


@pytest.mark.usefixtures("state")
def test_every_page_is_a_photo_of_its_own() -> None:
    files = [("scan.tif", pages(3)), ("a.png", b"no image"), ("scan.pdf", pdf_of([PAGE] * 2))]
    session.replace_photos(files)
    titles = ["scan.tif, page 1", "scan.tif, page 2", "scan.tif, page 3", "a.png"]
    titles += ["scan.pdf, page 1", "scan.pdf, page 2"]
    assert [photo.title for photo in session.photos()] == titles
    assert len({photo.key for photo in session.photos()}) == 6
    decoded = [session.pixels(photo).pixels[0, 0, 0] for photo in session.photos()[:3]]
    assert decoded == [0, 1, 2]


@pytest.mark.usefixtures("state")
def test_what_was_read_of_a_page_stays_with_that_page() -> None:
    content = pages(2)
    session.replace_photos([("scan.tif", content)])
    first, second = session.photos()
    session.photos()[:] = [replace(first, run="one"), replace(second, run="two")]
    session.replace_photos([("new.png", b"1"), ("other name.tif", content)])
    assert [(photo.title, photo.run) for photo in session.photos()] == [
        ("new.png", ""),
        ("other name.tif, page 1", "one"),
        ("other name.tif, page 2", "two"),
    ]


@pytest.mark.usefixtures("state")
def test_pages_that_are_too_many_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MAX_PHOTOS", 4)
    session.replace_photos([("a.png", b"1"), ("scan.tif", pages(6)), ("b.png", b"2")])
    assert [photo.title for photo in session.photos()][1:] == [f"scan.tif, page {k}" for k in (1, 2, 3)]
    assert (session.left_out(), session.is_counted()) == (4, True)
    session.replace_photos([("long.pdf", pdf_of([PAGE] * 600))])
    assert (len(session.photos()), session.is_counted()) == (4, False)


@pytest.mark.usefixtures("state")
def test_the_pages_of_a_file_count_its_bytes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pages(4)
    monkeypatch.setattr(session, "MAX_BYTES", len(content) + 1)
    session.replace_photos([("scan.tif", content), ("large.png", b"12"), ("small.png", b"1")])
    assert [photo.name for photo in session.photos()] == ["scan.tif"] * 4 + ["small.png"]
    assert session.left_out() == 1


def test_too_many_photos_are_said_to_be(monkeypatch: pytest.MonkeyPatch, page: bytes) -> None:
    monkeypatch.setattr(session, "MAX_PHOTOS", 1)

    def many(content) -> None:  # type: ignore[no-untyped-def]  # it runs without this module's names
        from mnist_app.ui.photo import page, session

        if not session.photos():
            session.replace_photos([("a.png", content), ("b.png", content)])
        page.page()

    app = AppTest.from_function(many, args=(page,), default_timeout=60).run()
    assert "1 photo was left out" in app.warning[0].value
    assert len(app.session_state["photos"]) == 1
