"""What runs take for what, on the page."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from mnist_app.domain import Comparison, FloatArray, Predictions, Run, SetPredictions
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.data.mnist import Dataset
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import EVALUATIONS_FILE, PREDICTIONS_FILE, RUN_FILE, SERVED_FILE, RunStore, models_dir
from mnist_app.runs.image_sets import SetStore
from mnist_app.ui import resources
from mnist_app.ui.charts import percent
from mnist_app.ui.training.evaluation import (
    comparison,
    confusion,
    confusion_chart,
    corruptions,
    image_grid,
    metric_charts,
)

VIEWS = ["Confusion", "Digits", "Confidence", "Examples", "Corruptions", "Against"]
RUN, OTHER = "dense-128", "world"
MNIST, FONTS, CORRUPTED = "MNIST test", "handwriting fonts", "MNIST, "


def evaluation_page(may_change: bool = True) -> None:
    from mnist_app.runs import RunStore
    from mnist_app.ui.training.evaluation import view

    view.show(RunStore().open_all()[0], may_change)


def opened(may_change: bool = True, **link: str) -> AppTest:
    app = AppTest.from_function(evaluation_page, default_timeout=30, kwargs={"may_change": may_change})
    app.query_params.update(link)
    return rerun(app)


def rerun(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    kinds = ("html", "markdown", "caption", "info", "warning")
    shown = [str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)]
    return unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", " ".join(shown), flags=re.DOTALL))


def tiles(app: AppTest) -> list[str]:
    """What stands below each small image."""
    groups = [group for group in app.get("button_group") if "![image" in group.proto.options[0].content]
    return [option.content.split(") ")[1] for group in groups for option in group.proto.options]


def charts(app: AppTest) -> list[Any]:
    return [chart.proto for chart in app.get("vega_lite_chart")]


@pytest.fixture(autouse=True)
def _no_images(clean_environment: Path) -> Iterator[None]:
    """No images on this machine, unless a test puts them there."""
    resources.image_set.clear()
    assert clean_environment
    yield
    resources.image_set.clear()


@pytest.fixture
def pictured(tiny: Run, small: Dataset, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose images are here."""
    monkeypatch.setenv("MNIST_APP_MODELS", str(tiny.path.parent))
    SetStore().write(MNIST, "test", small.test)
    return tiny


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """The shipped runs, to be spoilt."""
    shutil.copytree(models_dir(), tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    return RunStore()


def test_figures_are_those_that_the_run_was_scored_with() -> None:
    run = RunStore().open(RUN)
    for name, evaluation in list(RunStore().evaluations(run).items())[:3]:
        app = opened(run=RUN, set=name)
        errors = evaluation.images - sum(evaluation.confusion[d][d] for d in range(10))
        assert f"Errors, of {evaluation.images:,} {errors:,}" in " ".join(words(app).split())
        assert f"{evaluation.accuracy:.2%}".replace("%", " %") in words(app)


@pytest.mark.parametrize("look", VIEWS)
def test_every_view_has_a_finding_and_words_for_each_chart(look: str) -> None:
    """Of sets with some, few and mostly errors."""
    app = opened(run=RUN, against=OTHER, look=look)
    for name in (MNIST, FONTS, f"{CORRUPTED}noise"):
        app.selectbox(key="set").select(name)
        rerun(app)
        assert "**" in " ".join(element.value for element in app.markdown)
        assert all(chart.alt for chart in charts(app))


def test_a_cell_shows_its_images_the_surest_first(pictured: Run) -> None:
    said = RunStore().answers(pictured, MNIST)
    written, read = (int(each[said.confidently_wrong()[0]]) for each in (said.labels, said.read))
    app = opened()
    app.selectbox(key="written").select(written)
    app.selectbox(key="read").select(read)
    rerun(app)
    found = said.cell(written, read)
    expected = [f"**{written} as {read}** {percent(float(said.confidence[k]))}" for k in found]
    assert tiles(app) == expected[: image_grid.PAGE]
    assert f"{written} read as {read}**" in words(app)


def test_a_click_on_a_cell_chooses_it_in_the_fields_and_leaves_the_chart_alone(pictured: Run) -> None:
    said = RunStore().answers(pictured, MNIST)
    k = said.confidently_wrong()[0]
    point = {"written": int(said.labels[k]), "read": int(said.read[k])}
    app = opened()
    before = charts(app)[0]
    states = app._tree.get_widget_states()
    clicked = json.dumps({"selection": {"cell": [point]}})
    states.widgets.append(WidgetState(id=before.id, string_value=clicked))
    app._run(states)
    assert not app.exception
    assert {key: app.selectbox(key=key).value for key in point} == point
    assert len(tiles(app)) == min(image_grid.PAGE, len(said.cell(**point)))
    assert (charts(app)[0].id, charts(app)[0].spec) == (before.id, before.spec)


def test_a_cell_chosen_in_the_fields_is_marked_in_a_new_chart() -> None:
    app = opened(run=RUN)
    before = charts(app)[0].id
    app.selectbox(key="written").select(9)
    app.selectbox(key="read").select(4)
    rerun(app)
    chart = charts(app)[0]
    assert chart.id != before
    params = [param for layer in json.loads(chart.spec)["layer"] for param in layer.get("params", [])]
    assert params[0]["value"] == [{"written": 9, "read": 4}]


def test_without_a_cell_all_errors_are_shown_and_a_row_or_column_has_its_own() -> None:
    said = SetPredictions(
        np.array([1, 1, 2, 2], np.uint8),
        np.array([7, 1, 7, 1], np.uint8),
        np.array([0.5, 0.9, 0.8, 0.7], np.float32),
        np.array([0.1, 0.9, 0.1, 0.1], np.float32),
    )
    assert confusion.positions(said, (None, None)).tolist() == [2, 3, 0]
    assert confusion.positions(said, (2, None)).tolist() == [2, 3]
    assert confusion.positions(said, (None, 7)).tolist() == [2, 0]
    assert confusion.positions(said, (1, 1)).tolist() == [1]


def test_hiding_the_diagonal_lets_colours_tell_errors_apart() -> None:
    evaluation = RunStore().evaluations(RunStore().open(RUN))[MNIST]
    number, written, read = confusion_chart.worst(evaluation)[0]
    shown, hidden = (
        _cells(confusion_chart.spec(evaluation, (None, None), False, hide)) for hide in (False, True)
    )
    assert hidden[written, read]["opacity"] == pytest.approx(1)
    assert shown[written, read]["opacity"] < 0.3
    assert (hidden[5, 5]["label"], hidden[written, read]["label"]) == ("", f"{number}")
    shares = _cells(confusion_chart.spec(evaluation, (None, None), True, False))
    assert sum(float(shares[3, read]["label"]) for read in range(10)) == pytest.approx(100, abs=0.5)


def _cells(spec: dict[str, Any]) -> dict[tuple[int, int], dict[str, Any]]:
    return {(row["written"], row["read"]): row for row in spec["data"]["values"]}


def test_one_image_is_read_now_by_the_runs_own_model_and_never_more(
    pictured: Run, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[FloatArray] = []
    predict = Classifier.predict

    def noted(model: Classifier, images: FloatArray) -> Predictions:
        asked.append(images)
        return predict(model, images)

    monkeypatch.setattr(Classifier, "predict", noted)
    app = opened(look="Examples")
    k = RunStore().answers(pictured, MNIST).hardest()[0]
    assert [x.shape for x in asked] == [(1, 28, 28)]
    assert np.array_equal(asked[0][0], from_bytes(small.test.images[k]))
    answer = predict(resources.reader("tiny").classifier, asked[0]).probabilities[0]
    assert all(percent(float(p)) in charts(app)[-1].spec for p in answer)


def test_examples_come_in_pages_and_each_kind_in_its_order(pictured: Run) -> None:
    said = RunStore().answers(pictured, MNIST)
    app = opened(look="Examples")
    assert len(tiles(app)) == image_grid.PAGE
    app.button_group(key="examples").select("Least sure").run()
    assert tiles(app)[0].endswith(percent(float(said.confidence.min())))
    app.button_group(key="examples").select("Confidently wrong").run()
    assert not any(re.match(r"\*\*(\d) as \1", tile) for tile in tiles(app))


def test_without_images_the_numbers_stay_and_a_sentence_says_what_to_do() -> None:
    app = opened(run=RUN)
    assert "not on this machine" in words(app)
    assert [button.label for button in app.button] == ["Get the images"]
    assert "is most often read as" in words(app)
    assert not tiles(app)
    visitor = opened(may_change=False, run=RUN, look="Examples")
    assert "data prepare" in words(visitor)
    assert not visitor.button


def test_a_link_to_what_is_not_there_gets_a_sentence_and_a_view() -> None:
    app = opened(run="gone", set="nothing", against="lost")
    for sentence in ("no run named 'gone'", "not scored on 'nothing'", "no run named 'lost'"):
        assert sentence in words(app)
    assert app.selectbox(key="run").value == OTHER
    assert app.selectbox(key="set").value == MNIST
    assert app.selectbox(key="against").value is None


def test_a_run_that_is_deleted_in_another_tab_gets_a_sentence(own_store: RunStore) -> None:
    app = opened(run=RUN, against="convnet", look="Against")
    own_store.delete("convnet")
    assert "no run named 'convnet'" in words(rerun(app))
    own_store.delete(RUN)
    assert f"no run named {RUN!r}" in words(rerun(app))
    assert app.selectbox(key="run").value == OTHER


@pytest.mark.parametrize("file", [PREDICTIONS_FILE, EVALUATIONS_FILE])
def test_a_damaged_run_gets_a_sentence_and_the_others_still_work(own_store: RunStore, file: str) -> None:
    (own_store.root / RUN / file).write_bytes(b"{")
    app = opened(run=RUN)
    assert f"{RUN!r} is damaged: {file}" in words(app)
    app.selectbox(key="run").select(OTHER)
    assert "is damaged" not in words(rerun(app))


def test_a_damaged_model_leaves_its_numbers_and_images(
    tmp_path: Path, pictured: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(pictured.path, tmp_path / "models" / "spoilt")
    (tmp_path / "models" / "spoilt" / SERVED_FILE).write_bytes(b"tampered")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    app = opened(look="Examples")
    assert f"is damaged: {SERVED_FILE}" in words(app)
    assert len(tiles(app)) == image_grid.PAGE


def test_runs_that_were_not_scored_by_image_are_not_offered(own_store: RunStore) -> None:
    _without_evaluations(own_store, RUN)
    app = opened(run=RUN)
    assert f"{RUN!r} was not scored image by image" in words(app)
    assert RUN not in app.selectbox(key="run").options
    for name in app.selectbox(key="run").options:
        _without_evaluations(own_store, name)
    assert "python -m mnist_app train" in words(opened())


def _without_evaluations(store: RunStore, name: str) -> None:
    description = store.root / name / RUN_FILE
    raw = json.loads(description.read_text())
    raw["files"].pop(EVALUATIONS_FILE)
    description.write_text(json.dumps(raw))


def test_two_runs_are_compared_image_by_image_both_ways() -> None:
    store = RunStore()
    first, second = (store.answers(store.open(name), MNIST).right for name in (RUN, OTHER))
    app = opened(run=RUN, against=OTHER, look="Against")
    only, other = int((first & ~second).sum()), int((second & ~first).sum())
    assert f"Only {RUN} reads {only} images right, only {OTHER} {other}" in words(app)
    assert "more than chance would give (p < 0.001" in words(app)


def test_runs_that_were_scored_on_different_images_are_not_compared(own_store: RunStore) -> None:
    changed = own_store.root / OTHER / EVALUATIONS_FILE
    raw = json.loads(changed.read_text())
    raw[MNIST]["digest"] = "0" * 64
    raw.pop("pen strokes")
    changed.write_text(json.dumps(raw))
    _pin(own_store, OTHER)
    app = opened(run=RUN, against=OTHER, look="Against")
    assert "scored on different images" in words(app)
    app.selectbox(key="set").select("pen strokes")
    assert f"{OTHER} was not scored on pen strokes" in words(rerun(app))


def _pin(store: RunStore, name: str) -> None:
    """Name the files of a run as they are now."""
    description = store.root / name / RUN_FILE
    raw = json.loads(description.read_text())
    raw["files"] = {f: hashlib.sha256((store.root / name / f).read_bytes()).hexdigest() for f in raw["files"]}
    description.write_text(json.dumps(raw))


@pytest.mark.parametrize(
    ("only", "p", "sentence"),
    [
        ((30, 10), 0.0022, "The difference is more than chance would give (p = 0.0022"),
        ((30, 3), 1e-9, "The difference is more than chance would give (p < 0.001"),
        ((5, 4), 1.0, "Chance alone can give such a difference (p = 1"),
        ((0, 0), 1.0, "There is no difference to judge"),
    ],
)
def test_mcnemars_p_is_said_in_plain_words(only: tuple[int, int], p: float, sentence: str) -> None:
    one, other = (np.arange(n) for n in only)
    assert comparison.judgement(Comparison(one, other, both=0, neither=0, p=p)).startswith(sentence)


def test_corruptions_are_sorted_and_the_worst_is_named() -> None:
    run = RunStore().open(RUN)
    own = corruptions.accuracies(RunStore().scores(run))
    rows = corruptions.spec({RUN: own}, {RUN: "#000"})["layer"][0]["data"]["values"]
    values = [row["right"] for row in rows]
    assert values == sorted(values)
    assert len(values) == sum(name.startswith(CORRUPTED) for name in own)
    assert corruptions.finding(RUN, own).startswith("Uneven light costs dense-128 the most: 34.2 %")


def test_calibration_says_to_which_side_confidence_errs() -> None:
    evaluation = RunStore().evaluations(RunStore().open(RUN))[MNIST]
    sure = [dataclasses.replace(b, right=b.right // 2) for b in evaluation.bins]
    unsure = [dataclasses.replace(b, right=b.images) for b in evaluation.bins]
    exact = [dataclasses.replace(b, confidence=b.right / max(1, b.images)) for b in evaluation.bins]
    assert " surer than it is right" in metric_charts.calibration_finding(sure, None)
    assert "less sure than it is right" in metric_charts.calibration_finding(unsure, None)
    assert metric_charts.calibration_finding(exact, None) == "It is as sure as it is right"


def test_every_image_is_in_the_histogram_once() -> None:
    said = RunStore().answers(RunStore().open(RUN), MNIST)
    for is_log in (False, True):
        rows = metric_charts.confidence_chart(said, is_log)["data"]["values"]
        assert sum(row["images"] for row in rows) == len(said)
        assert sum(row["images"] for row in rows if row["kind"] == "wrong") == (~said.right).sum()
