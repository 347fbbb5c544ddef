from __future__ import annotations

import dataclasses
import json
import shutil
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app import read_drawing
from mnist_app.domain import Digit, Verdict
from mnist_app.runs import DEFAULT_RUN, RUN_FILE, SERVED_FILE, models_dir
from mnist_app.ui.charts import percent
from mnist_app.ui.sample_drawings import sample_objects
from tests.conftest import GRID

PenDigits = list[dict[str, Any]]
SHEET = "sheet-0"


def draw_page() -> None:
    from mnist_app.ui import draw

    draw.page()


def opened(page: Any) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    return app


def put_on_paper(app: AppTest, raw: Any) -> AppTest:
    """What the canvas would send."""
    app.session_state[SHEET] = {"drawing": {"raw": raw, "data": None}}
    app.run()
    assert not app.exception
    return app


def canvas_json(strokes: list[Any]) -> dict[str, Any]:
    paths = [[["M", *stroke[0]], *(["L", *point] for point in stroke[1:])] for stroke in strokes]
    return {"objects": [{"type": "Path", "path": path} for path in paths]}


def words(app: AppTest) -> str:
    return unescape(" ".join(str(getattr(element, "value", "")) for element in app.get("html")))


def test_the_empty_paper_invites_and_shows_no_number(pen_digits: PenDigits) -> None:
    app = opened(draw_page)
    assert "Draw a digit from 0 to 9" in words(app)
    assert "%" not in words(app)
    assert not app.get("vega_lite_chart")
    assert app.button(key="sample-3").label == "3"
    assert pen_digits


def test_strokes_are_answered(pen_digits: PenDigits) -> None:
    app = put_on_paper(opened(draw_page), canvas_json(pen_digits[5]["strokes"]))
    assert "Read as 5" in words(app)
    assert len(app.get("vega_lite_chart")) == 1
    assert not any(button.disabled for button in app.button if button.label in ("Undo", "Clear"))
    assert 'role="status"' in words(app)
    assert "data:image/png;base64," in words(app)


def test_samples_are_read_as_what_they_are() -> None:
    for digit in range(10):
        app = opened(draw_page)
        app.button(key=f"sample-{digit}").click().run()
        assert f"Read as {digit}" in words(app)


def test_undo_takes_the_last_stroke_back_and_clear_all() -> None:
    app = opened(draw_page)
    app.button(key="sample-7").click().run()
    undo, clear = (next(b for b in app.button if b.label == label) for label in ("Undo", "Clear"))
    undo.click().run()
    assert len(app.session_state["paper"]["objects"]) == len(sample_objects(7, 300, 16, "#FFFFFF")) - 1
    assert "Read as" in words(app)
    clear.click().run()
    assert app.session_state["paper"] == {"objects": []}
    assert "Draw a digit" in words(app)


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
    app = put_on_paper(opened(draw_page), raw)
    assert message in words(app)
    assert "Read as" not in words(app)
    put_on_paper(app, canvas_json(pen_digits[2]["strokes"]))
    assert "Read as 2" in words(app)


@pytest.mark.parametrize("raw", [None, 7, [], {"objects": 3}, {"objects": [1]}, {}])
def test_a_malformed_canvas_loses_nothing(raw: Any, pen_digits: PenDigits) -> None:
    app = put_on_paper(opened(draw_page), canvas_json(pen_digits[2]["strokes"]))
    kept = app.session_state["paper"]
    put_on_paper(app, raw)
    assert app.session_state["paper"] == kept


def test_another_model_can_read(pen_digits: PenDigits) -> None:
    app = put_on_paper(opened(draw_page), canvas_json(pen_digits[4]["strokes"]))
    for run in ("convnet", "dense-128"):
        app.selectbox(key="model").select(run).run()
        digit = read_drawing(pen_digits[4], run).digits[0]
        assert app.session_state["model"] == run
        assert digit.certainty in words(app)
        assert percent(float(digit.probabilities[9])) in app.get("vega_lite_chart")[0].proto.spec


def test_what_is_no_digit_is_said_to_be_none_and_has_no_number() -> None:
    app = put_on_paper(opened(draw_page), canvas_json(GRID))
    assert "This is not a digit." in words(app)
    assert "Read as" not in words(app)
    assert "%" not in words(app)


NUMBER = [[[30 + 90 * k, 80], [30 + 90 * k, 220]] for k in range(3)]


def test_several_digits_are_a_number_and_each_can_be_looked_at() -> None:
    app = put_on_paper(opened(draw_page), canvas_json(NUMBER))
    assert "Read as 111, certain." in words(app)
    assert len(app.button_group(key="drawn-111-3-0").options) == 3
    assert len(app.get("vega_lite_chart")) == 1


def test_a_number_can_be_forced_to_be_one_digit_and_back() -> None:
    app = put_on_paper(opened(draw_page), canvas_json(NUMBER))
    app.button_group(key="kind").select("Digit").run()
    assert "Read as 111" not in words(app)
    app.button_group(key="kind").select("Number").run()
    assert "Read as 111" in words(app)


def shown(digit: Digit, **changes: Any) -> str:
    """What the answer says of a digit."""

    def page(digit) -> None:  # type: ignore[no-untyped-def]  # it runs without this module's names
        from mnist_app.ui import prediction_view

        prediction_view.show_answer(digit)

    app = AppTest.from_function(page, args=(dataclasses.replace(digit, **changes),)).run()
    assert not app.exception
    return words(app)


def test_doubt_is_shown_as_the_digits_that_it_may_be(pen_digits: PenDigits) -> None:
    digit = read_drawing(pen_digits[4]).digits[0]
    assert "Read as 4 or 9." in shown(digit, candidates=(4, 9))
    assert "Read as 4, 9 or 1." in shown(digit, candidates=(4, 9, 1))
    unsure = shown(digit, verdict=Verdict.UNSURE, candidates=(4, 9, 1, 7))
    assert "not sure" in unsure
    assert '<div class="digit">?</div>' in unsure


def test_a_damaged_model_is_a_sentence_and_the_drawing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pen_digits: PenDigits
) -> None:
    shutil.copytree(models_dir(), tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    app = opened(draw_page)
    (tmp_path / "models" / "dense-128" / SERVED_FILE).write_bytes(b"tampered")
    description = tmp_path / "models" / "dense-128" / RUN_FILE
    changed = json.loads(description.read_text())
    changed["files"][SERVED_FILE] = "0" * 64
    description.write_text(json.dumps(changed))
    put_on_paper(app, canvas_json(pen_digits[0]["strokes"]))
    app.selectbox(key="model").select("dense-128").run()
    assert "is damaged" in words(app)
    assert app.session_state["paper"]["objects"]
    app.selectbox(key="model").select("convnet").run()
    assert "Read as 0" in words(app)


def test_no_runs_at_all_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    app = put_on_paper(opened(draw_page), canvas_json([[[60, 60], [200, 60], [120, 240]]]))
    assert f"There is no run named '{DEFAULT_RUN}'" in words(app)
    assert str(tmp_path) not in words(app)


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0, "0 %"), (0.0004, "0 %"), (0.0006, "0.1 %"), (0.123, "12.3 %"), (0.9994, "99.9 %"), (1, "100 %")],
)
def test_percentages_read_well(probability: float, text: str) -> None:
    assert percent(probability) == text


def test_a_settings_popover_holds_pen_and_model() -> None:
    app = opened(draw_page)
    assert app.select_slider(key="pen").value == "Medium"
    assert app.selectbox(key="model").value == DEFAULT_RUN
