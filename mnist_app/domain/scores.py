"""Scores of a model on test sets, and the calibration that its predictions are taken with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_app.domain.catalogue import DIGITS, FloatArray, Kind
from mnist_app.domain.handwriting import CERTAIN
from mnist_app.domain.predictions import SetPredictions


@dataclass(frozen=True)
class Calibration:
    """Thresholds for a run's predictions, fitted on its validation images.

    The logits of the run's files are already divided by `temperature`. An image with less than
    `min_digit_probability` is no digit. If the model is not certain, candidates are added, the most probable
    first, until they have more than `threshold` of the probability; 1 - `alpha` of such digits had the right
    one among them.
    """

    temperature: float
    min_digit_probability: float
    threshold: float
    alpha: float

    def candidates(self, probabilities: FloatArray) -> tuple[int, ...]:
        """Return the digits that (10,) probabilities leave possible, most probable first; one if certain."""
        order = np.argsort(-probabilities, kind="stable")
        if probabilities[order[0]] >= CERTAIN:
            return (int(order[0]),)
        before = np.cumsum(probabilities[order]) - probabilities[order]
        return tuple(int(digit) for digit in order[(before <= self.threshold) | (np.arange(len(order)) == 0)])


@dataclass(frozen=True)
class Bin:
    """Images with a confidence in one range: their number, those read right, their mean confidence."""

    low: float
    high: float
    images: int
    right: int
    confidence: float


@dataclass(frozen=True)
class SetScore:
    """A calibrated model's score on one test set; `name`, `title` and `kind` are the set's.

    Shares are 0..1: `rejection_rate` of images taken for no digit, `accuracy`, `calibration_error` (the
    expected one), and `coverage`, how often the written digit is a candidate. `candidates` is their mean
    number, `loss` the mean cross-entropy in nats, `digest` the images' (see `Split`), and `bins` are of equal
    width, from confidence 0 to 1. Of non-digits only the rejection rate is known.
    """

    name: str
    images: int
    rejection_rate: float
    accuracy: float | None = None
    calibration_error: float | None = None
    coverage: float | None = None
    candidates: float | None = None
    loss: float | None = None
    kind: Kind = Kind.DIGITS
    title: str = ""
    digest: str = ""
    bins: tuple[Bin, ...] = ()


@dataclass(frozen=True)
class DigitScore:
    """Precision, recall and F1 of one digit, each 0..1; `support` is the number of its images."""

    digit: int
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """A model's score on a set of digits, digit by digit. `confusion[i][j]`: images of i read as j.

    `loss`, `digest` and `bins` are those of `SetScore`.
    """

    digest: str
    loss: float
    accuracy: float
    images: int
    per_digit: tuple[DigitScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    bins: tuple[Bin, ...]

    @classmethod
    def from_predictions(cls, score: SetScore, predictions: SetPredictions) -> Evaluation:
        """Count a set's predictions. A digit that never occurs, or is never read, scores 0.

        Raises ValueError if the score is not of digits, or of another number of images.
        """
        if score.loss is None or score.images != len(predictions):
            raise ValueError(f"{score.name}: the score and its {len(predictions)} predictions do not match")
        cells = predictions.labels.astype(np.intp) * len(DIGITS) + predictions.read
        confusion = np.bincount(cells, minlength=len(DIGITS) ** 2).reshape(len(DIGITS), -1)
        right, written, read = np.diagonal(confusion), confusion.sum(axis=1), confusion.sum(axis=0)
        precision, recall = right / np.maximum(read, 1), right / np.maximum(written, 1)
        f1 = 2 * right / np.maximum(written + read, 1)
        return cls(
            digest=score.digest,
            loss=score.loss,
            accuracy=float(right.sum() / len(predictions)),
            images=len(predictions),
            per_digit=tuple(map(DigitScore, DIGITS, *(x.tolist() for x in (precision, recall, f1, written)))),
            confusion=tuple(tuple(row) for row in confusion.tolist()),
            bins=score.bins,
        )
