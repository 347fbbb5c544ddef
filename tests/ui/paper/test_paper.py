"""What the companion sends is as untrusted as all that browsers send."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit import dataframe_util
from streamlit.testing.v1 import AppTest

from mnist_app.ink.drawing import MAX_POINTS
from tests.ui.pages import html, open_page, rerun

PenDigits = list[dict[str, Any]]


def draw_page() -> None:
    from mnist_app.ui import draw

    draw.page()


def found(app: AppTest) -> AppTest:
    """Let the companion have found the canvas."""
    app.session_state["paper_found"] = True
    return rerun(app)


def send(app: AppTest, strokes: Any, number: Any = 1) -> AppTest:
    """Send what the companion would send."""
    app.session_state["link"] = {"sent": {"strokes": strokes, "number": number}}
    return rerun(app)


def test_the_companions_strokes_are_read(pen_digits: PenDigits) -> None:
    app = send(found(open_page(draw_page)), pen_digits[5]["strokes"])
    assert "Read as 5" in html(app)
    send(app, [], number=2)
    assert "Draw a digit" in html(app)


def test_once_the_companion_is_there_the_canvas_says_nothing(pen_digits: PenDigits) -> None:
    app = send(found(open_page(draw_page)), pen_digits[5]["strokes"])
    app.session_state["sheet-0"] = {"drawing": {"raw": {"objects": []}, "data": None}}
    rerun(app)
    assert "Read as 5" in html(app)


def test_before_the_companion_is_there_its_strokes_do_not_count(pen_digits: PenDigits) -> None:
    app = send(open_page(draw_page), pen_digits[5]["strokes"])
    assert "Draw a digit" in html(app)


def test_a_sample_stays_when_what_was_sent_before_it_comes_again(pen_digits: PenDigits) -> None:
    app = found(open_page(draw_page))
    app.button(key="sample-7").click()
    send(app, [], number=0)
    assert "Read as 7" in html(app)
    send(app, pen_digits[5]["strokes"], number=3)
    assert "Read as 5" in html(app)


def told(app: AppTest) -> dict[str, Any]:
    """Return what the companion is told."""
    (link,) = (each for each in app.get("bidi_component") if each.proto.component_name.endswith("_link"))
    data: dict[str, Any] = json.loads(link.proto.json)
    return data


def test_a_sample_is_sent_until_something_is_drawn(pen_digits: PenDigits) -> None:
    app = found(open_page(draw_page))
    app.button(key="sample-4").click()
    assert len(told(rerun(app))["put"]["strokes"]) == 2
    assert told(rerun(app))["put"]
    assert told(send(app, pen_digits[5]["strokes"]))["put"] is None


def test_an_answer_is_small_and_nothing_of_it_may_be_a_table(
    pen_digits: PenDigits, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    look = dataframe_util.determine_data_format

    def noting(value: object) -> Any:
        asked.append(value)
        return look(value)

    monkeypatch.setattr(dataframe_util, "determine_data_format", noting)
    app = send(found(open_page(draw_page)), pen_digits[5]["strokes"])
    assert len(json.dumps(told(app))) < 100
    assert len(html(app)) < 4_000
    assert asked  # of the canvas's own settings
    assert [value for value in asked if isinstance(value, list)] == []


@pytest.mark.parametrize(
    "sent", [None, 7, [], {}, {"strokes": 3, "number": 2}, {"strokes": [], "number": "2"}]
)
def test_a_malformed_message_loses_nothing(sent: Any, pen_digits: PenDigits) -> None:
    app = send(found(open_page(draw_page)), pen_digits[5]["strokes"])
    app.session_state["link"] = {"sent": sent}
    rerun(app)
    assert "Read as 5" in html(app)


@pytest.mark.parametrize(
    ("strokes", "message"),
    [
        ([[[1, 2, 3]]], "list of [x, y] numbers"),
        ([[["x", 2]]], "list of [x, y] numbers"),
        ([[[float("nan"), 2]]], "must be finite"),
        ([[[1e300, 2]]], "must be finite"),
        ([[[1, 2]] * (MAX_POINTS + 1)], "too many points"),
        ([7], "must be a list"),
    ],
)
def test_strokes_that_are_none_get_a_sentence_and_the_page_goes_on(
    strokes: Any, message: str, pen_digits: PenDigits
) -> None:
    app = send(found(open_page(draw_page)), strokes)
    assert message in html(app)
    send(app, pen_digits[2]["strokes"], number=2)
    assert "Read as 2" in html(app)
