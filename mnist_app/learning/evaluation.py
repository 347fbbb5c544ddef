"""Calibrate a model's predictions on validation images, and score them on test sets. No keras here.

- Temperature: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks" (2017).
- Candidates: adaptive prediction sets (Romano, Sesia, Candès, "Classification with Valid and Adaptive
  Coverage", 2020), split-conformal, calibrated on the digits that the model is not certain of: over all
  digits a model that is right 99 times of 100 would never need a second candidate.
- Non-digits: a threshold that few validation digits fall below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from mnist_app.domain import (
    CERTAIN,
    MNIST_TEST,
    PERHAPS,
    Bin,
    ByteArray,
    Calibration,
    FloatArray,
    Kind,
    Predictions,
    SetScore,
    Split,
    TestSet,
    kinds_of,
)

ALPHA = 0.01  # of digits whose candidates may lack the right one
UNSURE = 0.05  # of validation digits, the least that count as those that the model is not certain of
FALSE_ALARMS = 0.003  # of validation digits that may be rejected
BINS = 15
_MIN_PROBABILITY = 1e-7  # smaller ones are rounding errors


def fit_temperature(sources: Sequence[tuple[FloatArray, npt.NDArray[Any]]]) -> float:
    """Return the temperature with the least mean loss on validation images, each source counting the same.

    Of each source there are (N, classes) probabilities and (N,) true classes.
    """
    probabilities = np.concatenate([of_source for of_source, _ in sources])
    labels = np.concatenate([classes for _, classes in sources])
    weights = np.concatenate([np.full(len(classes), 1 / len(classes)) for _, classes in sources])
    logits = np.log(probabilities.astype(np.float64).clip(_MIN_PROBABILITY))

    def loss(log_temperature: float) -> float:
        scaled = logits / math.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        chosen = scaled[np.arange(len(labels)), labels]
        return float((weights * (np.log(np.exp(scaled).sum(axis=1)) - chosen)).sum())

    return math.exp(float(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def calibrate(
    temperature: float, predictions: Mapping[str, Predictions], digits: Mapping[str, Split]
) -> Calibration:
    """Fit the thresholds of a model, at that temperature, to the validation digits of all sources.

    Of validation digits FALSE_ALARMS at most are rejected, and nothing that has PERHAPS or more.
    """
    levels = np.sort(np.concatenate([predictions[key].digit_probability for key in digits]))
    lowest = min(PERHAPS, float(levels[math.floor(FALSE_ALARMS * len(levels))]))
    probabilities = np.concatenate([predictions[key].probabilities for key in digits])
    threshold = _threshold(probabilities, Split.joined(digits.values()).labels)
    return Calibration(temperature, min_digit_probability=lowest, threshold=threshold, alpha=ALPHA)


def _threshold(probabilities: FloatArray, labels: ByteArray) -> float:
    """Return the split-conformal quantile of the probability that stands before the written digit."""
    confidence = probabilities.max(axis=1)
    count = max(1, round(UNSURE * len(labels)), int((confidence < CERTAIN).sum()))
    unsure = np.argsort(confidence, kind="stable")[:count]
    of_label = probabilities[np.arange(len(labels)), labels]
    more_probable = np.where(probabilities > of_label[:, None], probabilities, 0)  # (N, 10)
    before = more_probable.sum(axis=1, dtype=np.float64)[unsure]
    rank = math.ceil((len(unsure) + 1) * (1 - ALPHA))
    # With too few images to tell, every digit that the model is less than sure of gets a second candidate.
    return float(np.sort(before)[rank - 1]) if rank <= len(unsure) else float(max(before.max(), 1 - ALPHA))


def evaluate(
    predictions: Mapping[str, Predictions], sets: Mapping[TestSet, Split], calibration: Calibration
) -> list[SetScore]:
    """Score a calibrated model on every test set, from its predictions by the set's key."""
    return [
        score(test_set, predictions[test_set.key], split, calibration) for test_set, split in sets.items()
    ]


def score(test_set: TestSet, predictions: Predictions, split: Split, calibration: Calibration) -> SetScore:
    """Score a calibrated model on one test set.

    Of non-digits there is only the rejection rate; the accuracy of signs is how often they are named.
    """
    rejection_rate = float((predictions.digit_probability < calibration.min_digit_probability).mean())
    result = SetScore(test_set.key, len(split), rejection_rate, kind=test_set.kind, title=test_set.title)
    if test_set.kind is Kind.NON_DIGITS:
        return result
    if test_set.kind is Kind.SIGNS:
        named = predictions.kinds.argmax(axis=1) == kinds_of(split.labels)
        return replace(result, accuracy=float(named.mean()))
    probabilities, labels = predictions.probabilities, split.labels
    bins = reliability(probabilities, labels)
    covered, candidates = coverage(probabilities, labels, calibration)
    return replace(
        result,
        accuracy=float((probabilities.argmax(axis=1) == labels).mean()),
        calibration_error=expected_calibration_error(bins),
        coverage=covered,
        candidates=candidates,
        loss=cross_entropy(probabilities, labels),
        digest=split.digest,
        bins=tuple(bins),
    )


def mnist_metrics(scores: Sequence[SetScore]) -> dict[str, float]:
    """Return the figures of MNIST's test set that a run states in one line; empty if it was not scored."""
    for score in scores:
        if score.name == MNIST_TEST:
            return {
                "test_loss": score.loss or 0.0,
                "test_accuracy": score.accuracy or 0.0,
                "test_images": float(score.images),
                "test_calibration_error": score.calibration_error or 0.0,
            }
    return {}


def cross_entropy(probabilities: FloatArray, labels: ByteArray) -> float:
    """Return the mean loss, in nats, of (N, 10) probabilities, each row made to sum to 1 exactly."""
    exact = probabilities / probabilities.sum(axis=1, keepdims=True, dtype=np.float64)
    of_label = exact[np.arange(len(labels)), labels]
    return float(-np.log(of_label.clip(np.finfo(np.float64).eps)).mean())


def reliability(probabilities: FloatArray, labels: ByteArray) -> list[Bin]:
    """Count how often the model is right at each confidence: BINS bins of equal width, as in Guo (2017)."""
    confidence = probabilities.max(axis=1).astype(np.float64)
    right = probabilities.argmax(axis=1) == labels
    place = np.minimum((confidence * BINS).astype(int), BINS - 1)
    images, hits = np.bincount(place, minlength=BINS), np.bincount(place, right, BINS)
    sums = np.bincount(place, confidence, BINS)
    return [
        Bin(k / BINS, (k + 1) / BINS, int(images[k]), int(hits[k]), float(sums[k] / max(1, images[k])))
        for k in range(BINS)
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean distance, 0..1, of confidence from accuracy over the images of all bins, as in Guo."""
    distances = [abs(b.images * b.confidence - b.right) for b in bins]
    return sum(distances) / sum(b.images for b in bins)


def coverage(probabilities: FloatArray, labels: ByteArray, calibration: Calibration) -> tuple[float, float]:
    """Return how often the written digit is among the candidates, 0..1, and their mean number."""
    sets = [calibration.candidates(row) for row in probabilities]
    hits = [int(label) in candidates for label, candidates in zip(labels, sets, strict=True)]
    return float(np.mean(hits)), float(np.mean([len(candidates) for candidates in sets]))
