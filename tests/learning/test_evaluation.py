from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import (
    FIRST_SIGN,
    MNIST_TEST,
    NOT_A_DIGIT,
    SIGNS,
    Calibration,
    FloatArray,
    Kind,
    Predictions,
    SetScore,
    Split,
    TestSet,
)
from mnist_app.learning.evaluation import (
    FALSE_ALARMS,
    calibrate,
    coverage,
    cross_entropy,
    evaluate,
    expected_calibration_error,
    fit_temperature,
    mnist_metrics,
    reliability,
)
from tests.helpers.predictions import without_signs

Drawn = tuple[FloatArray, np.ndarray]
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
    return without_signs(probabilities(predicted), np.array(digit_probability, np.float32))


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


def drawn(count: int, seed: int, sharpness: float = 6.0) -> Drawn:
    """Probabilities, and labels that really occur that often."""
    rng = np.random.default_rng(seed)
    logits = rng.normal(0, sharpness, (count, 10))
    probabilities = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    labels = np.array([rng.choice(10, p=row) for row in probabilities], np.uint8)
    return probabilities.astype(np.float32), labels


def of_labels(labels: np.ndarray) -> Split:
    return Split(np.zeros((len(labels), 28, 28), np.uint8), labels)


def fitted_temperature(**groups: Drawn) -> float:
    """The temperature of groups of probabilities and their labels."""
    return fit_temperature(list(groups.values()))


def tempered(probabilities: FloatArray, temperature: float) -> FloatArray:
    powers = probabilities.astype(np.float64).clip(1e-7) ** (1 / temperature)
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("wrong_by", [0.5, 1.0, 2.0])
def test_the_temperature_undoes_what_is_wrong_with_the_confidence(wrong_by: float) -> None:
    probabilities, labels = drawn(4000, seed=1, sharpness=3)
    shown = tempered(probabilities, wrong_by)
    fitted = fitted_temperature(mnist=(shown, labels))
    assert fitted == pytest.approx(1 / wrong_by, rel=0.08)
    before, after = (error(p, labels) for p in (shown, tempered(shown, fitted)))
    assert after < 0.02
    assert after <= before + 0.005


def test_a_small_group_counts_as_much_for_the_temperature_as_a_large_one() -> None:
    (large, large_labels), (small, small_labels) = drawn(4000, 1, 3), drawn(400, 2, 3)
    shown = np.concatenate([large, tempered(small, 0.5)])
    together = fitted_temperature(all=(shown, np.concatenate([large_labels, small_labels])))
    apart = fitted_temperature(mnist=(large, large_labels), pen=(tempered(small, 0.5), small_labels))
    assert apart > together + 0.1


def test_the_right_digit_is_among_the_candidates_also_of_the_least_sure() -> None:
    probabilities, labels = drawn(6000, seed=3)
    answers = without_signs(probabilities, probabilities.max(axis=1))
    calibration = calibrate(1.0, {"mnist": answers}, {"mnist": of_labels(labels)})
    fresh, fresh_labels = drawn(20_000, seed=4)
    unsure = np.argsort(fresh.max(axis=1))[:1000]
    hits, mean = coverage(fresh[unsure], fresh_labels[unsure], calibration)
    assert hits >= 0.975
    assert 2 < mean < 10
    assert coverage(fresh, fresh_labels, calibration)[1] < mean


def test_a_sure_answer_has_one_candidate_and_a_doubtful_one_more() -> None:
    calibration = Calibration(temperature=1, min_digit_probability=0.5, threshold=0.9, alpha=0.01)
    row = np.zeros(10, np.float32)
    row[[4, 9, 1]] = 0.95, 0.04, 0.01
    assert calibration.candidates(row) == (4,)
    row[[4, 9, 1]] = 0.6, 0.39, 0.01
    assert calibration.candidates(row) == (4, 9)
    row[[4, 9, 1]] = 0.5, 0.35, 0.15
    assert calibration.candidates(row) == (4, 9, 1)


def test_what_the_model_is_certain_of_has_one_candidate() -> None:
    cautious = Calibration(temperature=1, min_digit_probability=0.5, threshold=0.9999, alpha=0.01)
    row = np.full(10, 0.005, np.float32)
    row[4] = 0.955
    assert cautious.candidates(row) == (4,)
    row[[4, 9]] = 0.94, 0.02
    assert cautious.candidates(row)[:2] == (4, 9)


def test_too_few_images_to_say_give_cautious_candidates() -> None:
    probabilities, labels = drawn(40, seed=5)
    calibration = calibrate(
        1.0, {"mnist": without_signs(probabilities, probabilities.max(axis=1))}, {"mnist": of_labels(labels)}
    )
    assert calibration.threshold >= 0.99


def rejected(sizes: dict[str, tuple[int, float]]) -> tuple[float, dict[str, float]]:
    """Calibrate by sources of so many digits with so low probabilities; the level and the shares."""
    rng = np.random.default_rng(0)
    answers, digits = {}, {}
    for name, (count, lowest) in sizes.items():
        probabilities, labels = drawn(count, seed=1)
        digits[name] = of_labels(labels)
        answers[name] = without_signs(probabilities, rng.uniform(lowest, 1, count).astype(np.float32))
    level = calibrate(1.0, answers, digits).min_digit_probability
    return level, {name: float((answer.digit_probability < level).mean()) for name, answer in answers.items()}


def test_no_more_digits_are_rejected_than_is_stated() -> None:
    level, shares = rejected({"mnist": (1000, 0.4), "pen": (1000, 0.2)})
    assert 0.2 < level < 0.5
    assert 0 < np.mean(list(shares.values())) <= FALSE_ALARMS


def test_the_few_digits_of_a_small_source_do_not_set_the_level() -> None:
    level, _ = rejected({"mnist": (1000, 0.4), "fonts": (3, 0.0)})
    assert level > 0.3


def test_what_is_rather_a_digit_than_not_is_never_rejected() -> None:
    level, _ = rejected({"mnist": (1000, 0.8)})
    assert level == 0.5


def test_a_sign_counts_if_it_is_named() -> None:
    signs = np.zeros((3, len(SIGNS)), np.float32)
    signs[0, 2], signs[1, 3] = 0.9, 0.9
    answers = Predictions(probabilities([0, 0, 0]), np.array([0.05, 0.05, 0.95], np.float32), signs)
    expected = labelled(*[FIRST_SIGN + 2] * 3)
    (score,) = evaluate(
        {"signs": answers}, {TestSet("signs", "Signs", Kind.SIGNS, "Nobody."): expected}, CALIBRATION
    )
    assert score.accuracy == pytest.approx(1 / 3)
    assert score.rejection_rate == pytest.approx(2 / 3)
    assert score.loss is None
