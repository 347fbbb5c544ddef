from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.ink import drawing_link
from mnist_app.ink.drawing import parse_drawing
from mnist_app.ink.drawing_link import decode_drawing
from mnist_app.reading.reader import Reader
from mnist_app.ui.paper.samples import sample_strokes
from mnist_app.ui.share.popover import to_json
from tests.ui.pages import rerun, words


def popover_page() -> None:
    from mnist_app.reading.reader import open_reader
    from mnist_app.ui.paper.paper import Paper
    from mnist_app.ui.share import popover

    paper, reader = Paper(16), open_reader()
    popover.show(paper, paper.read(reader, None), reader, None)


SEVEN = sample_strokes(7, 300)


def shown(is_open: bool = True) -> AppTest:
    app = AppTest.from_function(popover_page, default_timeout=60)
    app.session_state["paper"], app.session_state["share"] = {"strokes": SEVEN}, is_open
    return rerun(app)


def test_nothing_is_made_before_it_is_open() -> None:
    app = shown(is_open=False)
    assert not app.get("download_button")
    assert not app.get("bidi_component")


def test_the_link_holds_the_very_drawing() -> None:
    (component,) = shown().get("bidi_component")
    link = json.loads(component.proto.json)["link"]
    (text,) = parse_qs(urlsplit(link).query)["drawing"]
    given = parse_drawing({"strokes": SEVEN}).strokes
    assert all(map(np.array_equal, decode_drawing(text).strokes, given))


def test_a_drawing_too_large_for_a_link_has_a_picture_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing_link, "MAX_LENGTH", 20)
    app = shown()
    assert "too large for a link" in words(app)
    assert not app.get("bidi_component")
    assert len(app.get("download_button")) == 2


def test_the_json_is_a_reading_that_can_be_read_again(reader: Reader) -> None:
    drawing = parse_drawing({"strokes": SEVEN})
    reading = reader.read_drawing(drawing)
    answer = json.loads(to_json(drawing, reading))
    assert answer["text"] == "7"
    assert reader.read_drawing(answer).digits[0].confidence == reading.digits[0].confidence
