"""From what a model says of validation images to how its answers are taken.

- Temperature: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks" (2017).
- Candidates: adaptive prediction sets (Romano, Sesia, Candès, "Classification with Valid and Adaptive
  Coverage", 2020), split-conformal, calibrated on the digits that the model is not certain of: over all
  digits a model that is right 99 times of 100 would never need a second candidate.
- What is no digit: a level that few validation digits fall below.

No keras here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from mnist_app.domain import CERTAIN, Bin, Calibration, FloatArray, Predictions

ALPHA = 0.01  # of digits whose candidates may lack the right one
UNSURE = 0.05  # of validation digits, the least that are taken for those that the model is not certain of
FALSE_ALARMS = 0.005  # of validation digits of any source that may be turned away
BINS = 15
_MIN_PROBABILITY = 1e-7  # probability; what is below is rounding


def fit_temperature(
    probabilities: FloatArray, labels: npt.NDArray[np.uint8], groups: npt.NDArray[np.intp]
) -> float:
    """The temperature with the least mean loss, each group of the (N, 10) probabilities counting the same."""
    logits = np.log(probabilities.astype(np.float64).clip(_MIN_PROBABILITY))
    weights = 1 / np.bincount(groups)[groups]

    def loss(log_temperature: float) -> float:
        scaled = logits / math.exp(log_temperature)
        scaled -= scaled.max(axis=1, keepdims=True)
        chosen = scaled[np.arange(len(labels)), labels]
        return float((weights * (np.log(np.exp(scaled).sum(axis=1)) - chosen)).sum())

    return math.exp(float(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def calibrate(
    temperature: float, answers: Mapping[str, Predictions], labels: Mapping[str, npt.NDArray[np.uint8]]
) -> Calibration:
    """The calibration of a model from its answers, at that temperature, to each source's validation digits.

    Where it says that there is no digit is set by the source whose digits would be turned away most.
    """
    probabilities = np.concatenate([answer.probabilities for answer in answers.values()])
    written = np.concatenate([labels[name] for name in answers])
    return Calibration(
        temperature=temperature,
        min_digit_probability=min(_low_quantile(a.digit_probability) for a in answers.values()),
        threshold=_threshold(probabilities, written),
        alpha=ALPHA,
    )


def reliability(probabilities: FloatArray, labels: npt.NDArray[np.uint8]) -> list[Bin]:
    """How often the model is right at each confidence: BINS bins of equal width, as in Guo."""
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
    """The mean distance, 0..1, of confidence from accuracy over the images of all bins, as in Guo."""
    distances = [abs(b.images * b.confidence - b.right) for b in bins]
    return sum(distances) / sum(b.images for b in bins)


def coverage(
    probabilities: FloatArray, labels: npt.NDArray[np.uint8], calibration: Calibration
) -> tuple[float, float]:
    """How often the written digit is among the candidates, and their mean number."""
    sets = [calibration.candidates(row) for row in probabilities]
    hits = [int(label) in chosen for label, chosen in zip(labels, sets, strict=True)]
    return float(np.mean(hits)), float(np.mean([len(chosen) for chosen in sets]))


def _low_quantile(digit_probability: FloatArray) -> float:
    """The level below which at most FALSE_ALARMS of the values lie."""
    return float(np.sort(digit_probability)[math.floor(FALSE_ALARMS * len(digit_probability))])


def _threshold(probabilities: FloatArray, labels: npt.NDArray[np.uint8]) -> float:
    """The split-conformal quantile of how much probability stands before the written digit."""
    confidence = probabilities.max(axis=1)
    count = max(1, round(UNSURE * len(labels)), int((confidence < CERTAIN).sum()))
    unsure = np.argsort(confidence, kind="stable")[:count]
    own = probabilities[np.arange(len(labels)), labels]
    before = np.where(probabilities > own[:, None], probabilities, 0).sum(axis=1, dtype=np.float64)[unsure]
    rank = math.ceil((len(unsure) + 1) * (1 - ALPHA))
    # With too few images to say, all that the model is less than sure of gets a second candidate.
    return float(np.sort(before)[rank - 1]) if rank <= len(unsure) else float(max(before.max(), 1 - ALPHA))
