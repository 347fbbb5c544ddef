"""A run's opinion of many labelled images at once."""

from __future__ import annotations

from mnist_app.domain import NOT_A_DIGIT, CorrectionScore, Split
from mnist_app.ink.canonical import from_bytes
from mnist_app.reading.reader import Reader


def score_on_corrections(reader: Reader, corrections: Split) -> CorrectionScore:
    """Count the digits that a run names and does not reject, and what is no digit that it rejects."""
    predictions = reader.classifier.predict(from_bytes(corrections.images))
    is_digit = corrections.labels < NOT_A_DIGIT
    is_accepted = predictions.digit_probability >= reader.calibration.min_digit_probability
    is_named = predictions.probabilities.argmax(axis=1) == corrections.labels
    return CorrectionScore(
        run=reader.classifier.name,
        right=int((is_digit & is_accepted & is_named).sum()),
        digits=int(is_digit.sum()),
        rejected=int((~is_digit & ~is_accepted).sum()),
        others=int((~is_digit).sum()),
    )
