from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app import read_drawing
from mnist_app.runs import DEFAULT_RUN, RUN_FILE, SERVED_FILE, models_dir
from mnist_app.ui.words import percent
from tests.conftest import GRID
from tests.ui.pages import html, open_page, rerun

PenDigits = list[dict[str, Any]]
SHEET = "sheet-0"


def draw_page() -> None:
    from mnist_app.ui import draw

    draw.page()


def put_on_paper(app: AppTest, raw: Any) -> AppTest:
    """Send what the canvas would send."""
    app.session_state[SHEET] = {"drawing": {"raw": raw, "data": None}}
    return rerun(app)


def canvas_json(strokes: list[Any]) -> dict[str, Any]:
    paths = [[["M", *stroke[0]], *(["L", *point] for point in stroke[1:])] for stroke in strokes]
    return {"objects": [{"type": "Path", "path": path} for path in paths]}


def test_the_empty_paper_invites_and_shows_no_number(pen_digits: PenDigits) -> None:
    app = open_page(draw_page)
    assert "Draw a digit from 0 to 9" in html(app)
    assert "%" not in html(app)
    assert "<table" not in html(app)
    assert app.button(key="sample-3").label == "3"
    assert pen_digits


def test_strokes_are_answered(pen_digits: PenDigits) -> None:
    app = put_on_paper(open_page(draw_page), canvas_json(pen_digits[5]["strokes"]))
    assert "Read as 5" in html(app)
    assert html(app).count("<table") == 1
    assert 'role="status"' in html(app)
    assert "data:image/png;base64," in html(app)


def test_samples_are_read_as_what_they_are() -> None:
    for digit in range(10):
        app = open_page(draw_page)
        app.button(key=f"sample-{digit}").click().run()
        assert f"Read as {digit}" in html(app)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (canvas_json([[[5, 5], [5, 6]]]), "only a dot"),
        ({"objects": [{"type": "Rect"}]}, "Only freehand strokes"),
        ({"objects": [{"type": "Path", "path": [["M", "x", None]]}]}, "must be a number"),
        (canvas_json([[[0, y], [300, y]] for y in range(0, 300, 9)]), "fills the frame"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence_and_the_page_goes_on(
    raw: Any, message: str, pen_digits: PenDigits
) -> None:
    app = put_on_paper(open_page(draw_page), raw)
    assert message in html(app)
    assert "Read as" not in html(app)
    put_on_paper(app, canvas_json(pen_digits[2]["strokes"]))
    assert "Read as 2" in html(app)


@pytest.mark.parametrize("raw", [None, 7, [], {"objects": 3}, {"objects": [1]}, {}])
def test_a_malformed_canvas_loses_nothing(raw: Any, pen_digits: PenDigits) -> None:
    app = put_on_paper(open_page(draw_page), canvas_json(pen_digits[2]["strokes"]))
    kept = app.session_state["paper"]
    put_on_paper(app, raw)
    assert app.session_state["paper"] == kept


def test_another_model_can_read(pen_digits: PenDigits) -> None:
    app = put_on_paper(open_page(draw_page), canvas_json(pen_digits[4]["strokes"]))
    for run in ("convnet", "dense-128"):
        app.selectbox(key="model").select(run).run()
        digit = read_drawing(pen_digits[4], run).digits[0]
        assert app.session_state["model"] == run
        assert digit.certainty in html(app)
        assert f">{percent(float(digit.probabilities[9]) * digit.digit_probability)}<" in html(app)


def test_what_is_no_digit_is_said_to_be_none_and_has_no_number() -> None:
    app = put_on_paper(open_page(draw_page), canvas_json(GRID))
    assert "This is not a digit." in html(app)
    assert "Read as" not in html(app)
    words = html(app).split("<table")[0]
    assert "%" not in words


NUMBER = [[[30 + 90 * k, 80], [30 + 90 * k, 220]] for k in range(3)]


def test_several_digits_are_a_number_and_each_can_be_looked_at() -> None:
    app = put_on_paper(open_page(draw_page), canvas_json(NUMBER))
    assert "Read as 111, certain." in html(app)
    assert len(app.button_group(key="drawn-111-3-0").options) == 3
    assert html(app).count("<table") == 1


def test_a_number_can_be_forced_to_be_one_digit_and_back() -> None:
    app = put_on_paper(open_page(draw_page), canvas_json(NUMBER))
    app.button_group(key="kind").select("Digit").run()
    assert "Read as 111" not in html(app)
    app.button_group(key="kind").select("Number").run()
    assert "Read as 111" in html(app)


def test_a_damaged_model_is_a_sentence_and_the_drawing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pen_digits: PenDigits
) -> None:
    shutil.copytree(models_dir(), tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    app = open_page(draw_page)
    (tmp_path / "models" / "dense-128" / SERVED_FILE).write_bytes(b"tampered")
    description = tmp_path / "models" / "dense-128" / RUN_FILE
    changed = json.loads(description.read_text())
    changed["files"][SERVED_FILE] = "0" * 64
    description.write_text(json.dumps(changed))
    put_on_paper(app, canvas_json(pen_digits[0]["strokes"]))
    app.selectbox(key="model").select("dense-128").run()
    assert "is damaged" in html(app)
    assert app.session_state["paper"]["objects"]
    app.selectbox(key="model").select("convnet").run()
    assert "Read as 0" in html(app)


def test_no_runs_at_all_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    app = put_on_paper(open_page(draw_page), canvas_json([[[60, 60], [200, 60], [120, 240]]]))
    assert f"There is no run named '{DEFAULT_RUN}'" in html(app)
    assert str(tmp_path) not in html(app)


def test_a_settings_popover_holds_pen_and_model() -> None:
    app = open_page(draw_page)
    assert app.segmented_control(key="pen").value == "Medium"
    assert app.selectbox(key="model").value == DEFAULT_RUN
