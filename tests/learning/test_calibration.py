from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Calibration, FloatArray, Predictions, Split
from mnist_app.learning.calibration import FALSE_ALARMS, calibrate, fit_temperature
from mnist_app.learning.evaluation import coverage, expected_calibration_error, reliability

Drawn = tuple[FloatArray, np.ndarray]


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
    predictions = {key: Predictions(p, p.max(axis=1)) for key, (p, _) in groups.items()}
    return fit_temperature(predictions, {key: of_labels(labels) for key, (_, labels) in groups.items()})


def error(probabilities: FloatArray, labels: np.ndarray) -> float:
    return expected_calibration_error(reliability(probabilities, labels))


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
    answers = Predictions(probabilities, probabilities.max(axis=1))
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
        1.0, {"mnist": Predictions(probabilities, probabilities.max(axis=1))}, {"mnist": of_labels(labels)}
    )
    assert calibration.threshold >= 0.99


def test_no_source_has_more_digits_rejected_than_is_stated() -> None:
    rng = np.random.default_rng(0)
    answers, digits = {}, {}
    for name, lowest in (("mnist", 0.5), ("pen", 0.2)):
        probabilities, labels = drawn(1000, seed=1)
        digits[name] = of_labels(labels)
        answers[name] = Predictions(probabilities, rng.uniform(lowest, 1, 1000).astype(np.float32))
    level = calibrate(1.0, answers, digits).min_digit_probability
    for answer in answers.values():
        assert (answer.digit_probability < level).mean() <= FALSE_ALARMS
    assert (answers["pen"].digit_probability < level).mean() > 0
