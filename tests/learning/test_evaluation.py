from __future__ import annotations

import numpy as np
import pytest

from mnist_app.learning.evaluation import evaluate


def probabilities(predicted: list[int], confidence: float = 0.91) -> np.ndarray:
    rows = np.full((len(predicted), 10), (1 - confidence) / 9, np.float32)
    rows[np.arange(len(predicted)), predicted] = confidence
    return rows


def test_scores_of_a_case_worked_by_hand() -> None:
    labels = np.array([0, 0, 0, 1], np.uint8)
    result = evaluate(probabilities([0, 0, 1, 1]), labels)
    assert result.accuracy == 0.75
    assert result.images == 4
    assert result.loss == pytest.approx(-(3 * np.log(0.91) + np.log(0.01)) / 4, rel=1e-3)
    zero, one = result.per_digit[:2]
    assert (zero.precision, zero.support) == (1, 3)
    assert zero.recall == pytest.approx(2 / 3)
    assert (one.precision, one.recall, one.support) == (0.5, 1, 1)
    assert one.f1 == pytest.approx(2 / 3)
    assert result.confusion[0][:2] == (2, 1)


def test_digits_that_never_occur_score_zero() -> None:
    result = evaluate(probabilities([3]), np.array([3], np.uint8))
    assert [score.f1 for score in result.per_digit] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
