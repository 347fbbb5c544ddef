"""Score a calibrated model's predictions on test sets. No keras here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from mnist_app.domain import (
    MNIST_TEST,
    Bin,
    Calibration,
    FloatArray,
    Kind,
    Predictions,
    SetScore,
    Split,
    TestSet,
)

BINS = 15


def evaluate(
    predictions: Mapping[str, Predictions], sets: Mapping[TestSet, Split], calibration: Calibration
) -> list[SetScore]:
    """Score a calibrated model on every test set, from its predictions by the set's key."""
    return [
        score(test_set, predictions[test_set.key], split, calibration) for test_set, split in sets.items()
    ]


def score(test_set: TestSet, predictions: Predictions, split: Split, calibration: Calibration) -> SetScore:
    """Score a calibrated model on one test set; of non-digits, only the rejection rate."""
    rejected = predictions.digit_probability < calibration.min_digit_probability
    rejection_rate = float(rejected.mean())
    result = SetScore(test_set.key, len(split), rejection_rate, kind=test_set.kind, title=test_set.title)
    if test_set.kind is Kind.NON_DIGITS:
        return result
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


def cross_entropy(probabilities: FloatArray, labels: npt.NDArray[np.uint8]) -> float:
    """Return the mean loss, in nats, of (N, 10) probabilities, each row made to sum to 1 exactly."""
    exact = probabilities / probabilities.sum(axis=1, keepdims=True, dtype=np.float64)
    of_label = exact[np.arange(len(labels)), labels]
    return float(-np.log(of_label.clip(np.finfo(np.float64).eps)).mean())


def reliability(probabilities: FloatArray, labels: npt.NDArray[np.uint8]) -> list[Bin]:
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


def coverage(
    probabilities: FloatArray, labels: npt.NDArray[np.uint8], calibration: Calibration
) -> tuple[float, float]:
    """Return how often the written digit is among the candidates, 0..1, and their mean number."""
    sets = [calibration.candidates(row) for row in probabilities]
    hits = [int(label) in candidates for label, candidates in zip(labels, sets, strict=True)]
    return float(np.mean(hits)), float(np.mean([len(candidates) for candidates in sets]))
