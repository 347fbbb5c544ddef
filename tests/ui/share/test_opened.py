from __future__ import annotations

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.ink.drawing import parse_drawing
from mnist_app.ink.drawing_link import encode_drawing
from mnist_app.ui.paper.samples import sample_strokes
from tests.ui.pages import html, open_page, rerun, words

SEVEN = sample_strokes(7, 300)
NUMBER = [[[30 + 90 * k, 80], [30 + 90 * k, 220]] for k in range(3)]


def draw_page() -> None:
    from mnist_app.ui import draw

    draw.page()


def text_of(strokes: Any) -> str:
    return encode_drawing(parse_drawing({"strokes": strokes}), lambda _: True)


def opened(text: str) -> AppTest:
    """Open a link, and let the companion have found the canvas."""
    app = open_page(draw_page, {"drawing": text})
    assert "Draw a digit" in html(app)
    app.session_state["paper_found"] = True
    return rerun(app)


def components(app: AppTest) -> list[str]:
    return [component.proto.component_name for component in app.get("bidi_component")]


def test_a_links_drawing_is_on_the_paper_read_and_replayed() -> None:
    app = opened(text_of(SEVEN))
    assert "Read as 7" in html(app)
    assert app.session_state["paper_put"]["strokes"] == SEVEN
    assert any("drawing_replay" in name for name in components(app))


def test_it_is_taken_once_and_leaves_the_address() -> None:
    app = opened(text_of(SEVEN))
    assert "drawing" not in app.query_params
    app.session_state["link"] = {"sent": {"strokes": sample_strokes(3, 300), "number": 1}}
    rerun(app)
    assert "Read as 3" in html(app)
    assert not any("drawing_replay" in name for name in components(app))


def test_a_number_is_replayed_as_one() -> None:
    app = opened(text_of(NUMBER))
    assert "Read as 111" in html(app)
    assert any("drawing_replay" in name for name in components(app))


@pytest.mark.parametrize("text", ["", "x", text_of(SEVEN)[:-4], "A" * 5_000])
def test_a_tampered_link_is_one_sentence_and_the_page_goes_on(text: str) -> None:
    app = opened(text)
    assert words(app).count("The drawing in this link is damaged. Ask for the link again.") == 1
    assert "Draw a digit" in html(app)
    app.button(key="sample-3").click()
    assert "Read as 3" in html(rerun(app))


def test_an_empty_drawing_is_an_empty_paper() -> None:
    assert "Draw a digit" in html(opened(text_of([])))
