from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Split
from mnist_app.learning.evaluation import evaluate


def labelled(*labels: int) -> Split:
    return Split(np.zeros((len(labels), 28, 28), np.uint8), np.array(labels, np.uint8))


def probabilities(predicted: list[int], confidence: float = 0.91) -> np.ndarray:
    rows = np.full((len(predicted), 10), (1 - confidence) / 9, np.float32)
    rows[np.arange(len(predicted)), predicted] = confidence
    return rows


def test_scores_of_a_case_worked_by_hand() -> None:
    result = evaluate(probabilities([0, 0, 1, 1]), labelled(0, 0, 0, 1))
    assert result.accuracy == 0.75
    assert result.images == 4
    assert result.loss == pytest.approx(-(3 * np.log(0.91) + np.log(0.01)) / 4, rel=1e-3)
    zero, one = result.per_digit[:2]
    assert (zero.precision, zero.support) == (1, 3)
    assert zero.recall == pytest.approx(2 / 3)
    assert (one.precision, one.recall, one.support) == (0.5, 1, 1)
    assert one.f1 == pytest.approx(2 / 3)
    assert result.confusion[0][:2] == (2, 1)
    (bin_,) = [b for b in result.bins if b.images]
    assert bin_.low < 0.91 < bin_.high
    assert (bin_.images, bin_.right) == (4, 3)
    assert bin_.confidence == pytest.approx(0.91)


def test_digits_that_never_occur_score_zero() -> None:
    result = evaluate(probabilities([3]), labelled(3))
    assert [score.f1 for score in result.per_digit] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
