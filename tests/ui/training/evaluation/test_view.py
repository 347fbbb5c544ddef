from __future__ import annotations

import json

import pytest

from mnist_app.domain import Evaluation
from mnist_app.runs import PREDICTIONS_FILE, SCORES_FILE, RunStore
from mnist_app.runs.results import read_predictions, read_scores
from tests.ui.evaluation_page import CORRUPTED, FONTS, MNIST, OTHER, RUN, opened, pin, unlist
from tests.ui.pages import charts, rerun, words

LOOKS = ["Confusion", "Digits", "Confidence", "Examples", "Sets", "Corruptions", "Against"]


def test_figures_are_those_that_the_run_was_scored_with() -> None:
    store = RunStore()
    run = store.open(RUN)
    scores = [score for score in read_scores(run) if score.loss is not None]
    for score in scores[:3]:
        app = opened(run=RUN, set=score.name)
        evaluation = Evaluation.from_predictions(score, read_predictions(run, score.name))
        errors = evaluation.images - sum(evaluation.confusion[d][d] for d in range(10))
        assert f"Errors, of {evaluation.images:,} {errors:,}" in words(app)
        assert f"{evaluation.accuracy:.2%}".replace("%", " %") in words(app)


@pytest.mark.parametrize("look", LOOKS)
def test_every_look_has_a_finding_and_words_for_each_chart(look: str) -> None:
    """Of sets with some, few and mostly errors."""
    app = opened(run=RUN, against=OTHER, look=look)
    for name in (MNIST, FONTS, f"{CORRUPTED}noise"):
        app.selectbox(key="set").select(name)
        rerun(app)
        assert "**" in " ".join(element.value for element in app.markdown)
        assert all(chart.alt for chart in charts(app))


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


@pytest.mark.parametrize("file", [PREDICTIONS_FILE, SCORES_FILE])
def test_a_damaged_run_gets_a_sentence_and_the_others_still_work(own_store: RunStore, file: str) -> None:
    (own_store.root / RUN / file).write_bytes(b"{")
    app = opened(run=RUN)
    assert f"{RUN!r} is damaged: {file}" in words(app)
    app.selectbox(key="run").select(OTHER)
    assert "is damaged" not in words(rerun(app))


def test_runs_that_were_not_scored_by_image_are_not_offered(own_store: RunStore) -> None:
    unlist(own_store, RUN, PREDICTIONS_FILE)
    app = opened(run=RUN)
    assert f"{RUN!r} was not scored image by image" in words(app)
    assert RUN not in app.selectbox(key="run").options
    for name in app.selectbox(key="run").options:
        unlist(own_store, name, PREDICTIONS_FILE)
    assert "python -m mnist_app train" in words(opened())


def test_scores_and_predictions_that_disagree_are_damage(own_store: RunStore) -> None:
    file = own_store.root / RUN / SCORES_FILE
    scores = json.loads(file.read_text())
    fewer = next(score for score in scores if score["name"] == MNIST)
    fewer["images"] = sum(each["images"] for each in fewer["bins"][:-1])
    fewer["bins"] = fewer["bins"][:-1]
    file.write_text(json.dumps(scores))
    pin(own_store, RUN)
    assert "scores and its predictions disagree" in words(opened(run=RUN))


@pytest.mark.parametrize("look", [look for look in LOOKS if look != "Against"])
def test_another_run_changes_each_look(look: str) -> None:
    alone, beside = opened(run=RUN, look=look), opened(run=RUN, against=OTHER, look=look)
    assert f"{OTHER} 99.62 %" in words(beside)
    assert OTHER not in words(alone)
    if look not in ("Confusion", "Examples"):  # which need images, or a choice
        assert any(OTHER in chart.spec or OTHER in chart.alt for chart in charts(beside))
    if look == "Confusion":
        beside.button_group(key="unit").select("Difference").run()
        assert f"than by {OTHER}" in words(beside)


def test_a_corruption_has_its_images_beside_the_bars(own_store: RunStore) -> None:
    app = opened(run=RUN, look="Corruptions", corruption="blur")
    wrong = read_predictions(own_store.open(RUN), f"{CORRUPTED}blur").confidently_wrong()
    assert f"{len(wrong):,} images of 10,000 read as another digit" in words(app)
    app.selectbox(key="corruption").select("noise").run()
    wrong = read_predictions(own_store.open(RUN), f"{CORRUPTED}noise").confidently_wrong()
    assert f"{len(wrong):,} images of 10,000 read as another digit" in words(app)
