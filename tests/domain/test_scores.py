from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import PRESETS, Evaluation, SetPredictions, SetScore
from mnist_app.runs import RunStore

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


@pytest.mark.parametrize("name", PRESETS)
def test_what_follows_from_shipped_predictions_is_what_was_scored(name: str) -> None:
    run = SHIPPED.open(name)
    of_digits = [score for score in SHIPPED.scores(run) if score.digest]
    assert len(of_digits) == 19
    for score in of_digits:
        evaluation = Evaluation.from_predictions(score, SHIPPED.predictions(run, score.name))
        assert evaluation.accuracy == score.accuracy
        assert sum(b.right for b in score.bins) == round(evaluation.accuracy * score.images)
