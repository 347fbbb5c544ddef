from __future__ import annotations

from dataclasses import replace

from mnist_app.runs import RunStore
from mnist_app.runs.results import read_scores
from mnist_app.ui.training.runs.differences import Difference, differences
from tests.ui.pages import words
from tests.ui.training_page import opened


def test_only_what_differs_is_in_the_table() -> None:
    run = RunStore().open("convnet")
    assert run.config
    scores = read_scores(run)
    assert differences(run, run, scores, scores) == []
    config = replace(run.config, seed=7, shares={"mnist": 0.5, "pen": 0.5})
    other = replace(run, name="other", config=config, versions={**run.versions, "keras": "9"}, commit=None)
    better = [replace(scores[0], accuracy=1.0), *scores[1:]]
    found = differences(run, other, scores, better)
    assert Difference("Settings", "Seed", "0", "7") in found
    assert Difference("Data", "MNIST", "100 %", "50 %") in found
    assert Difference("Data", "Pen strokes", "–", "50 %") in found
    assert Difference("Scores", "MNIST", "99.60 % right", "100 % right") in found
    assert Difference("Versions", "keras", run.versions["keras"], "9") in found
    assert Difference("Versions", "commit", run.commit or "", "–") in found
    assert len(found) == 6


def test_two_chosen_runs_have_a_table_and_others_none() -> None:
    assert "between convnet and world" in words(opened(runs=["convnet", "world"]))
    assert "between" not in words(opened(runs=["convnet"]))
    assert "between" not in words(opened(runs=["convnet", "world", "dense-128"]))
