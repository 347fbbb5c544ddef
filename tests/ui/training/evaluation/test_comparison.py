from __future__ import annotations

import json

import numpy as np
import pytest

from mnist_app.domain import Comparison
from mnist_app.runs import SCORES_FILE, RunStore
from mnist_app.runs.results import read_predictions
from mnist_app.ui.training.evaluation import comparison
from tests.ui.evaluation_page import MNIST, OTHER, RUN, opened, pin
from tests.ui.pages import rerun, words


def test_two_runs_are_compared_image_by_image_both_ways() -> None:
    store = RunStore()
    first, second = (read_predictions(store.open(name), MNIST).right for name in (RUN, OTHER))
    app = opened(run=RUN, against=OTHER, look="Against")
    only, other = int((first & ~second).sum()), int((second & ~first).sum())
    assert f"Read right by only one of them: {only} images by {RUN}, {other} by {OTHER}" in words(app)
    assert "more than chance would give (p < 0.001" in words(app)


def test_runs_that_were_scored_on_different_images_are_not_compared(own_store: RunStore) -> None:
    changed = own_store.root / OTHER / SCORES_FILE
    scores = {score["name"]: score for score in json.loads(changed.read_text())}
    scores[MNIST]["digest"] = "0" * 64
    scores.pop("pen strokes")
    changed.write_text(json.dumps(list(scores.values())))
    pin(own_store, OTHER)
    app = opened(run=RUN, against=OTHER, look="Against")
    assert "scored on different images" in words(app)
    app.selectbox(key="set").select("pen strokes")
    assert f"{OTHER} was not scored on pen strokes" in words(rerun(app))


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
