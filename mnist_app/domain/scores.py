"""What a model says, how that is taken, and how good it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_app.domain.arrays import DIGITS, FloatArray
from mnist_app.domain.handwriting import CERTAIN


@dataclass(frozen=True)
class Predictions:
    """What a model says of N images: (N, 10) probabilities, and (N,) how much each is like a digit, 0..1."""

    probabilities: FloatArray
    digit_probability: FloatArray

    @property
    def confidence(self) -> FloatArray:
        """How likely each is a digit, and the one that it is read as: (N,), 0..1."""
        return self.probabilities.max(axis=1, initial=0) * self.digit_probability

    @classmethod
    def from_output(cls, output: FloatArray) -> Predictions:
        """From a served model's output: (N, 11) where it learned what is no digit, else (N, 10).

        A model that did not is taken at its confidence: it tells some letters from digits, but not many.
        """
        probabilities = output[:, : len(DIGITS)]
        return cls(
            probabilities,
            output[:, len(DIGITS)] if output.shape[1] > len(DIGITS) else probabilities.max(axis=1),
        )


@dataclass(frozen=True)
class Calibration:
    """How to take a run's answers, fitted on its validation images.

    The model's logits are divided by `temperature` already, in its files. What has less than
    `min_digit_probability` is no digit. Where the model is not certain, a digit's candidates are added, the
    most probable first, until they have more than `threshold` of the probability; for 1 - `alpha` of those
    digits, the right one was there.
    """

    temperature: float
    min_digit_probability: float
    threshold: float
    alpha: float

    def candidates(self, probabilities: FloatArray) -> tuple[int, ...]:
        """The digits that (10,) probabilities leave possible, the most probable first; one if certain."""
        order = np.argsort(-probabilities, kind="stable")
        if probabilities[order[0]] >= CERTAIN:
            return (int(order[0]),)
        before = np.cumsum(probabilities[order]) - probabilities[order]
        return tuple(int(digit) for digit in order[(before <= self.threshold) | (np.arange(len(order)) == 0)])


@dataclass(frozen=True)
class DigitScore:
    """How well one digit is read, each 0..1; `support` is the number of images."""

    digit: int
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Bin:
    """The images with a confidence in one range: their number, those that are right, the mean confidence."""

    low: float
    high: float
    images: int
    right: int
    confidence: float


@dataclass(frozen=True)
class Evaluation:
    """A model's score on a labelled set. `confusion[i][j]`: images of i read as j.

    `digest` tells which images and labels these were; `bins` are of equal width, from confidence 0 to 1.
    """

    digest: str
    loss: float
    accuracy: float
    images: int
    per_digit: tuple[DigitScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    bins: tuple[Bin, ...]


@dataclass(frozen=True)
class SetScore:
    """A calibrated model's score on one test set, all 0..1 but for `images` and `candidates`.

    `calibration_error` is the expected one, `coverage` how often the written digit is a candidate,
    `candidates` their mean number, `rejection_rate` the share taken for no digit. Of what is no digit, only
    that is known.
    """

    name: str
    images: int
    rejection_rate: float
    accuracy: float | None = None
    calibration_error: float | None = None
    coverage: float | None = None
    candidates: float | None = None
