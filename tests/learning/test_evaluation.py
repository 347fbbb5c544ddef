from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import (
    MNIST_TEST,
    NOT_A_DIGIT,
    Calibration,
    FloatArray,
    Kind,
    Predictions,
    SetScore,
    Split,
    TestSet,
)
from mnist_app.learning.evaluation import (
    cross_entropy,
    evaluate,
    expected_calibration_error,
    mnist_metrics,
    reliability,
)

DIGITS = TestSet(MNIST_TEST, "MNIST", Kind.DIGITS, "Nobody.")
LETTERS = TestSet("letters", "Letters", Kind.NON_DIGITS, "Nobody.")
CALIBRATION = Calibration(temperature=1, min_digit_probability=0.5, threshold=0.9, alpha=0.01)


def labelled(*labels: int) -> Split:
    return Split(np.zeros((len(labels), 28, 28), np.uint8), np.array(labels, np.uint8))


def probabilities(predicted: list[int], confidence: float = 0.91) -> FloatArray:
    rows = np.full((len(predicted), 10), (1 - confidence) / 9, np.float32)
    rows[np.arange(len(predicted)), predicted] = confidence
    return rows


def predictions(predicted: list[int], digit_probability: list[float]) -> Predictions:
    return Predictions(probabilities(predicted), np.array(digit_probability, np.float32))


def error(probabilities: FloatArray, labels: np.ndarray) -> float:
    return expected_calibration_error(reliability(probabilities, labels))


def test_scores_of_a_case_worked_by_hand() -> None:
    sets = {DIGITS: labelled(0, 0, 0, 1), LETTERS: labelled(*[NOT_A_DIGIT] * 2)}
    predicted = {
        MNIST_TEST: predictions([0, 0, 1, 1], [1, 1, 0.4, 1]),
        "letters": predictions([3, 3], [0.1, 0.9]),
    }
    score, other = evaluate(predicted, sets, CALIBRATION)
    assert (score.name, score.title, score.kind, score.images) == (MNIST_TEST, "MNIST", Kind.DIGITS, 4)
    assert (score.accuracy, score.rejection_rate, score.coverage, score.candidates) == (0.75, 0.25, 0.75, 1)
    assert score.loss == pytest.approx(-(3 * np.log(0.91) + np.log(0.01)) / 4, rel=1e-3)
    assert score.calibration_error == pytest.approx(0.16)
    assert score.digest == sets[DIGITS].digest
    (bin_,) = [b for b in score.bins if b.images]
    assert bin_.low < 0.91 < bin_.high
    assert (bin_.images, bin_.right) == (4, 3)
    assert bin_.confidence == pytest.approx(0.91)
    assert other == SetScore("letters", 2, 0.5, kind=Kind.NON_DIGITS, title="Letters")


def test_a_run_states_the_figures_of_mnist_alone() -> None:
    scores = evaluate({MNIST_TEST: predictions([0, 1], [1, 1])}, {DIGITS: labelled(0, 0)}, CALIBRATION)
    metrics = mnist_metrics([SetScore("letters", 2, 0.5), *scores])
    assert set(metrics) == {"test_loss", "test_accuracy", "test_images", "test_calibration_error"}
    assert (metrics["test_accuracy"], metrics["test_images"]) == (0.5, 2.0)
    assert mnist_metrics([]) == {}


def test_a_wrong_answer_without_a_doubt_has_a_finite_loss() -> None:
    sure = np.eye(10, dtype=np.float32)[[3]]
    assert 30 < cross_entropy(sure, np.array([4], np.uint8)) < 40
    assert cross_entropy(sure, np.array([3], np.uint8)) == 0


def test_calibration_error_of_cases_worked_by_hand() -> None:
    sure = np.zeros((10, 10), np.float32)
    sure[:, 3] = 1
    assert error(sure, np.full(10, 3, np.uint8)) == 0
    assert error(sure, np.full(10, 4, np.uint8)) == 1
    half = np.array([3] * 5 + [4] * 5, np.uint8)
    assert error(sure, half) == pytest.approx(0.5)
