"""Scores of probabilities against labels, by scikit-learn. No keras here."""

from __future__ import annotations

import numpy as np
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, precision_recall_fscore_support

from mnist_app.domain import DIGITS, ByteArray, DigitScore, Evaluation, FloatArray


def evaluate(probabilities: FloatArray, labels: ByteArray) -> Evaluation:
    """(N, 10) probabilities and (N,) labels to loss (nats), accuracy and what was taken for what.

    A digit that never occurs, or is never read, scores 0.
    """
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
        loss=float(log_loss(labels, exact, labels=DIGITS)),
        accuracy=float(accuracy_score(labels, predicted)),
        images=len(labels),
        per_digit=tuple(per_digit),
        confusion=tuple(tuple(int(n) for n in row) for row in confusion),
    )
