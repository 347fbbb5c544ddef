"""Predictions of one or two models for each image of a set."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from mnist_app.domain.catalogue import DIGITS, SIGNS, ByteArray, FloatArray

MIN_P = 0.001  # smaller values are shown as "less than this"
Positions = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Predictions:
    """Predictions for N images, all 0..1.

    `probabilities` are (N, 10), of each digit if it is one, and sum to 1. `digit_probability` is (N,), that
    it is a digit, and `sign_probabilities` are (N, 11), that it is each of SIGNS; what is missing to 1 is the
    probability that it is something else.
    """

    probabilities: FloatArray
    digit_probability: FloatArray
    sign_probabilities: FloatArray

    @property
    def kinds(self) -> FloatArray:
        """(N, 13) probabilities of a digit, of something else, and of each sign."""
        known = np.column_stack([self.digit_probability, self.sign_probabilities])
        return np.insert(known, 1, (1 - known.sum(axis=1)).clip(0, 1), axis=1)

    @property
    def confidence(self) -> FloatArray:
        """The probability that each is a digit, and the one that it is read as: (N,), 0..1."""
        return self.probabilities.max(axis=1, initial=0) * self.digit_probability

    @classmethod
    def from_output(cls, output: FloatArray) -> Predictions:
        """Split a served model's output: (N, 23) if it learned signs, (N, 11) non-digits, else (N, 10).

        A model that learned only digits is taken at its confidence: it tells some letters from digits, but
        not many.
        """
        probabilities, kinds = output[:, : len(DIGITS)], output[:, len(DIGITS) :]
        signs = kinds[:, 2:] if kinds.shape[1] > 2 else np.zeros((len(output), len(SIGNS)), np.float32)
        return cls(probabilities, kinds[:, 0] if kinds.size else probabilities.max(axis=1), signs)

    @classmethod
    def joined(cls, parts: Sequence[Predictions]) -> Predictions:
        """Return the predictions of several parts, at least one, in this order."""
        return cls(
            np.concatenate([part.probabilities for part in parts]),
            np.concatenate([part.digit_probability for part in parts]),
            np.concatenate([part.sign_probabilities for part in parts]),
        )

    def __getitem__(self, chosen: slice) -> Predictions:
        return Predictions(
            self.probabilities[chosen], self.digit_probability[chosen], self.sign_probabilities[chosen]
        )


@dataclass(frozen=True)
class SetPredictions:
    """A model's predictions for the N labelled images of a set, each (N,).

    `labels` are the written digits and `read` what they were read as, 0-9. `confidence` is the probability of
    what was read and `true_class_probability` that of the written digit, both 0..1.
    """

    labels: ByteArray
    read: ByteArray
    confidence: FloatArray
    true_class_probability: FloatArray

    @classmethod
    def from_probabilities(cls, probabilities: FloatArray, labels: ByteArray) -> SetPredictions:
        """Reduce (N, 10) probabilities to what is read, beside (N,) labels 0-9."""
        return cls(
            labels=labels,
            read=probabilities.argmax(axis=1).astype(np.uint8),
            confidence=probabilities.max(axis=1),
            true_class_probability=probabilities[np.arange(len(labels)), labels],
        )

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def right(self) -> npt.NDArray[np.bool_]:
        """True for each that was read as what it is."""
        return self.read == self.labels

    def cell(self, written: int, read: int) -> Positions:
        """Return the positions of one digit that were read as another, or as itself, the surest first."""
        return _sorted((self.labels == written) & (self.read == read), -self.confidence)

    def hardest(self) -> Positions:
        """Return all positions, those with the least probability of the written digit first."""
        return np.argsort(self.true_class_probability, kind="stable")

    def least_sure(self) -> Positions:
        """Return all positions, those with the least confidence first."""
        return np.argsort(self.confidence, kind="stable")

    def confidently_wrong(self) -> Positions:
        """Return the positions that were read as another digit, the surest first."""
        return _sorted(~self.right, -self.confidence)


@dataclass(frozen=True)
class Comparison:
    """Two models on the same images: those that only one reads right, the hardest for the other first.

    `p` is the probability of so uneven a split, or a more uneven one, if both were equally good: the exact
    two-sided test of McNemar, "Note on the sampling error of the difference between correlated proportions or
    percentages" (1947).
    """

    only_first: Positions
    only_second: Positions
    both: int
    neither: int
    p: float

    @property
    def shown_p(self) -> str:
        """ "= 0.012", or "< 0.001" for what says no more than that."""
        return f"= {self.p:.2g}" if self.p >= MIN_P else f"< {MIN_P:g}"


def compare_predictions(first: SetPredictions, second: SetPredictions) -> Comparison:
    """Compare two models. Raises ValueError if their labels differ: those were other images."""
    if not np.array_equal(first.labels, second.labels):
        raise ValueError("the two models were not scored on the same images")
    one, other = first.right, second.right
    only_first = _sorted(one & ~other, second.true_class_probability)
    only_second = _sorted(other & ~one, first.true_class_probability)
    return Comparison(
        only_first,
        only_second,
        both=int((one & other).sum()),
        neither=int((~one & ~other).sum()),
        p=mcnemar(len(only_first), len(only_second)),
    )


def mcnemar(first: int, second: int) -> float:
    """Return the exact two-sided p of the numbers of images that only one and only the other got right."""
    total, fewer = first + second, min(first, second)
    tail = term = 1  # of 2 ** total: the binomial coefficients up to `fewer`
    for k in range(fewer):
        term = term * (total - k) // (k + 1)
        tail += term
    return min(1.0, math.exp(math.log(2 * tail) - total * math.log(2)))


def _sorted(where: npt.NDArray[np.bool_], by: FloatArray) -> Positions:
    positions = np.flatnonzero(where)
    return positions[np.argsort(by[positions], kind="stable")]
