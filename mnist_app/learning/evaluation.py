"""Scores of a model's answers against labels, by scikit-learn. No keras here."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support

from mnist_app.domain import (
    DIGITS,
    ByteArray,
    Calibration,
    DigitScore,
    Evaluation,
    FloatArray,
    Predictions,
    SetScore,
    Split,
)
from mnist_app.learning.calibration import coverage, expected_calibration_error, reliability
from mnist_app.learning.data.non_digits import NOT_A_DIGIT


def score(name: str, answers: Predictions, labels: ByteArray, calibration: Calibration) -> SetScore:
    """A calibrated model's score on one test set, of digits or of what is none."""
    rejection_rate = float((answers.digit_probability < calibration.min_digit_probability).mean())
    if (labels == NOT_A_DIGIT).all():
        return SetScore(name, len(labels), rejection_rate)
    hits, candidates = coverage(answers.probabilities, labels, calibration)
    return SetScore(
        name,
        len(labels),
        rejection_rate,
        accuracy=float((answers.probabilities.argmax(axis=1) == labels).mean()),
        calibration_error=expected_calibration_error(reliability(answers.probabilities, labels)),
        coverage=hits,
        candidates=candidates,
    )


def score_all(
    answers: Mapping[str, Predictions], sets: Mapping[str, Split], calibration: Calibration
) -> list[SetScore]:
    """A calibrated model's score on every test set, from its answers by name."""
    return [score(name, own, sets[name].labels, calibration) for name, own in answers.items()]


def evaluate(probabilities: FloatArray, split: Split) -> Evaluation:
    """(N, 10) probabilities of a split's images to loss (nats), accuracy and what was taken for what.

    A digit that never occurs, or is never read, scores 0.
    """
    labels = split.labels
    predicted = probabilities.argmax(axis=1)
    scores = precision_recall_fscore_support(labels, predicted, labels=DIGITS, zero_division=0)
    per_digit = [
        DigitScore(digit, float(p), float(r), float(f), int(n))
        for digit, p, r, f, n in zip(DIGITS, *scores, strict=True)
    ]
    confusion = confusion_matrix(labels, predicted, labels=DIGITS)
    # float32 rows sum to 1 only nearly; log_loss wants it exactly.
    exact = probabilities / probabilities.sum(axis=1, keepdims=True, dtype=np.float64)
    return Evaluation(
        digest=split.digest,
        loss=float(log_loss(labels, exact, labels=DIGITS)),
        accuracy=float(accuracy_score(labels, predicted)),
        images=len(labels),
        per_digit=tuple(per_digit),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
        bins=tuple(reliability(probabilities, labels)),
    )
