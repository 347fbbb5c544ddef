from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import streamlit as st
from PIL import Image

from mnist_app.reading.corrections import Sheet
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.ui.photo import memory, session
from tests.ink.documents import PAGE, pdf_of, tiff_of_pages
from tests.ui.pages import open_page, rerun
from tests.ui.photo_page import photo_page


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Stands in for a visitor's session."""
    state: dict[str, Any] = {}
    monkeypatch.setattr(st, "session_state", state)
    return state


def pages(count: int) -> bytes:
    return tiff_of_pages(*[Image.new("L", (8, 8), k) for k in range(count)])


def titles() -> list[str]:
    return [photo.title for photo in session.photos()]


@pytest.mark.usefixtures("state")
def test_every_page_is_a_photo_of_its_own() -> None:
    session.add_photos([("scan.tif", pages(3)), ("a.png", b"no image"), ("scan.pdf", pdf_of([PAGE] * 2))])
    every = ["scan.tif, page 1", "scan.tif, page 2", "scan.tif, page 3", "a.png"]
    assert titles() == [*every, "scan.pdf, page 1", "scan.pdf, page 2"]
    assert len({photo.key for photo in session.photos()}) == 6
    decoded = [session.pixels(photo).pixels[0, 0, 0] for photo in session.photos()[:3]]
    assert decoded == [0, 1, 2]


@pytest.mark.usefixtures("state")
def test_the_first_new_photo_is_looked_at() -> None:
    session.add_photos([("a.png", b"1"), ("b.png", b"2")])
    assert session.chosen() == 0
    session.add_photos([("a again.png", b"1"), ("c.png", b"3"), ("d.png", b"4")])
    assert (titles(), session.chosen()) == (["a.png", "b.png", "c.png", "d.png"], 2)
    session.add_photos([("b again.png", b"2")])
    assert session.chosen() == 1


@pytest.mark.usefixtures("state")
def test_a_page_that_was_removed_stays_away_and_the_others_keep_their_readings() -> None:
    session.add_photos([("scan.tif", pages(3))])
    session.photos()[2] = replace(session.photos()[2], run="world")
    session.remove(1)
    session.add_photos([("a.png", b"1")])
    assert titles() == ["scan.tif, page 1", "scan.tif, page 3", "a.png"]
    assert session.photos()[1].run == "world"
    session.remove(2)
    assert session.chosen() == 1  # the last that is there


@pytest.mark.usefixtures("state")
def test_pages_that_are_too_many_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "MAX_PHOTOS", 4)
    session.add_photos([("a.png", b"1"), ("scan.tif", pages(6)), ("b.png", b"2")])
    assert titles()[1:] == [f"scan.tif, page {k}" for k in (1, 2, 3)]
    assert (session.left_out(), session.is_counted()) == (4, True)
    session.remove_all()
    session.add_photos([("long.pdf", pdf_of([PAGE] * 600))])
    assert (len(session.photos()), session.is_counted()) == (4, False)


@pytest.mark.usefixtures("state")
def test_the_pages_of_a_file_count_its_bytes_once(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pages(4)
    monkeypatch.setattr(session, "MAX_BYTES", len(content) + 1)
    session.add_photos([("scan.tif", content), ("large.png", b"12"), ("small.png", b"1")])
    assert [photo.name for photo in session.photos()] == ["scan.tif"] * 4 + ["small.png"]
    assert session.left_out() == 1


def test_photos_beyond_what_the_server_holds_are_left_out(
    monkeypatch: pytest.MonkeyPatch, page: bytes
) -> None:
    monkeypatch.setattr(memory, "MAX_BYTES", sum(len(c) for c in memory._contents()) + len(page))
    app = open_page(photo_page)
    app.file_uploader[0].set_value([("a.png", page, "image/png"), ("b.png", page + b" ", "image/png")])
    assert "the photos of all visitors fill the server" in rerun(app).warning[0].value
    assert [photo.name for photo in app.session_state["photos"]] == ["a.png"]


def test_too_many_photos_are_said_to_be(monkeypatch: pytest.MonkeyPatch, page: bytes) -> None:
    monkeypatch.setattr(session, "MAX_PHOTOS", 1)
    app = open_page(photo_page)
    app.file_uploader[0].set_value([("a.png", page, "image/png"), ("b.png", page + b" ", "image/png")])
    assert "1 photo was left out" in rerun(app).warning[0].value
    assert len(app.session_state["photos"]) == 1


class CountingReader:
    """Counts how often a photo's ink is looked for."""

    def __init__(self, reader: Reader) -> None:
        self.read_boxes, self._open, self.count = reader.read_boxes, reader.open_sheet, 0

    def open_sheet(self, photo: Any, on_try: Any) -> Sheet:
        self.count += 1
        return self._open(photo, on_try)


@pytest.mark.usefixtures("state")
def test_the_photo_that_is_looked_at_is_corrected_without_looking_for_its_ink_again(page: bytes) -> None:
    reader: Any = CountingReader(open_reader())
    session.add_photos([("a.png", page), ("b.png", page + b" ")])
    session.read(0, reader, "world")
    session.read(1, reader, "world", keep=False)
    own = session.photos()[0].own
    assert own
    boxes = [(digit.box, None) for digit in own.digits]
    session.correct(0, [(boxes[0][0], "9"), *boxes[1:]], reader, 1)
    assert reader.count == 2
    session.correct(0, boxes, reader, 2)
    assert (session.photos()[0].corrections, session.photos()[0].revision) == (None, 2)
    assert session.photos()[0].reading is own
