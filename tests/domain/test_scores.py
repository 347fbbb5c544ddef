from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import Evaluation, SetPredictions, SetScore
from mnist_app.runs import RunStore
from mnist_app.runs.results import read_predictions, read_scores

SHIPPED = RunStore(Path(__file__).parents[2] / "models")


def evaluated(read: list[int], labels: list[int]) -> Evaluation:
    probabilities = np.full((len(read), 10), 0.01, np.float32)
    probabilities[np.arange(len(read)), read] = 0.91
    predictions = SetPredictions.from_probabilities(probabilities, np.array(labels, np.uint8))
    return Evaluation.from_predictions(SetScore("any", len(read), 0.0, loss=0.5, digest="d"), predictions)


def test_an_evaluation_of_a_case_worked_by_hand() -> None:
    result = evaluated([0, 0, 1, 1], [0, 0, 0, 1])
    assert (result.accuracy, result.images, result.loss, result.digest) == (0.75, 4, 0.5, "d")
    zero, one = result.per_digit[:2]
    assert (zero.precision, zero.support) == (1, 3)
    assert zero.recall == pytest.approx(2 / 3)
    assert (one.precision, one.recall, one.support) == (0.5, 1, 1)
    assert one.f1 == pytest.approx(2 / 3)
    assert result.confusion[0][:2] == (2, 1)


def test_digits_that_never_occur_score_zero() -> None:
    assert [score.f1 for score in evaluated([3], [3]).per_digit] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


def test_predictions_of_other_images_than_those_scored_are_refused() -> None:
    predictions = SetPredictions.from_probabilities(np.full((2, 10), 0.1, np.float32), np.zeros(2, np.uint8))
    for score in (SetScore("any", 3, 0.0, loss=0.5), SetScore("letters", 2, 0.0)):
        with pytest.raises(ValueError, match="do not match"):
            Evaluation.from_predictions(score, predictions)


# SHA-256 of the accuracy, precision, recall, F1 and confusion matrix of all 19 sets of digits, as JSON, which
# scikit-learn once worked out from the probabilities.
FIGURES = {
    "dense-128": "f1b1f4c779219d22fbd5863b81b1c1517925934d8e4a66b9d422b219f9874fe3",
    "dense-128-128": "5c5e5977fbdffa38e4d2e06a2775d0810911c76a3b6584019bb5698f6b78dc1b",
    "convnet": "17d3589738d1267d5b0f1ac2612a0533a2a596358efb2ba322ed3938b0c4d080",
    "world": "2d0ecb15e9eb15362dbcf04a7ccafd5cb54d8f18d14ecb2ba76fba663db88672",
}


@pytest.mark.parametrize("name", FIGURES)
def test_shipped_figures_follow_from_the_predictions_to_the_last_digit(name: str) -> None:
    run = SHIPPED.open(name)
    figures = {}
    for score in read_scores(run):
        if score.kind.is_of_digits:
            result = Evaluation.from_predictions(score, read_predictions(run, score.name))
            assert result.accuracy == score.accuracy
            assert result.bins == score.bins
            digits = [dataclasses.asdict(digit) for digit in result.per_digit]
            figures[score.name] = [result.accuracy, result.images, digits, result.confusion]
    assert len(figures) == 22
    assert hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest() == FIGURES[name]
