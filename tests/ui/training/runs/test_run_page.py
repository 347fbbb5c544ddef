from __future__ import annotations

import pytest

from mnist_app.domain import Kind, SetScore
from mnist_app.runs import CARD_FILE, SCORES_FILE, RunStore
from mnist_app.runs.csv_logger import import_log
from mnist_app.ui.training.runs import run_page
from tests.ui.pages import charts, html, press, words
from tests.ui.training_page import opened, stopped_run


def test_a_runs_page_has_all_that_is_known_of_it(store: RunStore) -> None:
    store.annotate("convnet", "A *first* try.")
    store.tag("convnet", ["small"])
    app, run = opened(run="convnet"), store.open("convnet")
    text = words(app)
    assert run.commit
    assert run.config
    for fact in (
        *("99.60 %", "163,234", "27 min", "A *first* try.", "small", "along a cosine", "MNIST 100 %"),
        *(run.commit, *run.versions.values(), f"Batch size {run.config.batch_size}"),
    ):
        assert fact in text
    assert len(charts(app)) == 2
    assert "Pen strokes" in set(app.dataframe[0].value["set"])
    assert {button.proto.label.partition(" ")[0] for button in app.get("download_button")} >= set(run.files)
    assert "MNIST" in next(e for e in app.markdown if "It learned from" in e.value).value


def test_the_tab_of_a_run_opens_the_default_one_and_its_address_names_it() -> None:
    app = opened()
    app.button_group(key="view").select("Run").run()
    assert app.query_params["run"] == "world"
    app.selectbox(key="run").select("convnet").run()
    assert app.query_params["run"] == "convnet"
    assert "163,234" in words(app)
    app.button_group(key="view").select("Runs").run()
    assert "run" not in app.query_params
    assert app.multiselect(key="runs")


def test_a_link_to_a_run_that_is_gone_says_so() -> None:
    app = opened(run="gone")
    assert "no run named 'gone'" in words(app)
    assert app.selectbox(key="run").value == "world"


def test_a_runs_page_leads_to_its_evaluation_and_back() -> None:
    app = press(opened(run="convnet"), "to-evaluation")
    assert app.button_group(key="view").value == "Evaluation"
    assert app.selectbox(key="run").value == "convnet"
    app = press(app, "about-run")
    assert app.button_group(key="view").value == "Run"
    assert app.selectbox(key="run").value == "convnet"


def test_a_run_that_is_not_finished_has_a_page_with_what_there_is(store: RunStore) -> None:
    stopped_run(store)
    app = opened(run="half")
    assert "stopped" in words(app)
    assert len(charts(app)) == 2
    assert not app.dataframe


def test_a_run_of_curves_only_says_that_no_more_is_known(store: RunStore) -> None:
    (store.root / "log.csv").write_text("epoch,loss\n0,-1\n")
    import_log(store, store.root / "log.csv", "logged")
    app = opened(run="logged")
    assert "curves only" in words(app)
    assert len(charts(app)) == 1


@pytest.mark.parametrize("file", [SCORES_FILE, CARD_FILE])
def test_a_damaged_file_is_named_and_the_rest_shown(store: RunStore, file: str) -> None:
    (store.root / "convnet" / file).write_bytes(b"<script>")
    app = opened(run="convnet")
    assert any(file in warning.value for warning in app.warning)
    assert "along a cosine" in html(app)


def test_the_evaluation_in_short_names_the_best_and_the_worst_set_of_digits() -> None:
    digits = [SetScore("a", 10, 0.0, 0.5), SetScore("b", 10, 0.0, 0.9), SetScore("c", 10, 0.1)]
    corrupted = SetScore("d", 10, 0.0, 0.1, kind=Kind.CORRUPTED)
    assert run_page.finding([*digits, corrupted]) == "From 50.00 % right (a) to 90.00 % (b)"
    assert run_page.finding(digits[:1]) == "a: 50.00 % right"
