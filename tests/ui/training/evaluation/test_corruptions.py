from __future__ import annotations

from mnist_app.domain import Kind, SetScore
from mnist_app.runs import RunStore
from mnist_app.runs.results import read_scores
from mnist_app.ui.training.evaluation import corruptions, set_bars
from tests.ui.evaluation_page import CORRUPTED, RUN


def test_corruptions_are_sorted_and_the_worst_is_named() -> None:
    scores = read_scores(RunStore().open(RUN))
    found = corruptions.accuracies(scores)
    clean = scores[0].accuracy
    spec = set_bars.chart({RUN: found}, {RUN: clean}, {RUN: "#000"}, "Accuracy")
    bars, lines = (layer["data"]["values"] for layer in spec["layer"])
    values = [row["share"] for row in bars]
    assert values == sorted(values)
    assert len(values) == sum(score.name.startswith(CORRUPTED) for score in scores)
    assert lines == [{"run": RUN, "share": clean}]
    assert corruptions.finding(RUN, found, clean).startswith("Uneven light costs dense-128 the most: 34.2 %")


def test_a_corruption_that_this_version_does_not_know_is_shown_like_the_others() -> None:
    rain = SetScore("street numbers, rain", 10, 0.0, 0.5, kind=Kind.CORRUPTED, title="Street numbers, rain")
    assert corruptions.accuracies([rain]) == {"rain": 0.5}
    untitled = SetScore("rain", 10, 0.0, 0.5, kind=Kind.CORRUPTED)
    assert corruptions.finding("a", corruptions.accuracies([untitled]), None) == (
        "Rain costs a the most: 50.0 % are read right"
    )
