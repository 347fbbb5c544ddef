"""Fit a model's calibration to its predictions for validation images. No keras here.

- Temperature: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks" (2017).
- Candidates: adaptive prediction sets (Romano, Sesia, Candès, "Classification with Valid and Adaptive
  Coverage", 2020), split-conformal, calibrated on the digits that the model is not certain of: over all
  digits a model that is right 99 times of 100 would never need a second candidate.
- Non-digits: a threshold that few validation digits fall below.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from mnist_app.domain import CERTAIN, Calibration, FloatArray, Predictions, Split

ALPHA = 0.01  # of digits whose candidates may lack the right one
UNSURE = 0.05  # of validation digits, the least that count as those that the model is not certain of
FALSE_ALARMS = 0.005  # of validation digits of any source that may be rejected
_MIN_PROBABILITY = 1e-7  # smaller ones are rounding errors


def fit_temperature(predictions: Mapping[str, Predictions], digits: Mapping[str, Split]) -> float:
    """Return the temperature with the least mean loss on validation digits, each source counting the same."""
    probabilities = np.concatenate([predictions[key].probabilities for key in digits])
    labels = np.concatenate([split.labels for split in digits.values()])
    weights = np.concatenate([np.full(len(split), 1 / len(split)) for split in digits.values()])
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
    """Fit the thresholds of a model, at that temperature, to each source's validation digits.

    The least probability of a digit is set by the source whose digits would be rejected most.
    """
    of_digits = [predictions[key] for key in digits]
    lowest = [
        np.sort(p.digit_probability)[math.floor(FALSE_ALARMS * len(p.digit_probability))] for p in of_digits
    ]
    return Calibration(
        temperature=temperature,
        min_digit_probability=float(min(lowest)),
        threshold=_threshold(
            np.concatenate([p.probabilities for p in of_digits]),
            np.concatenate([split.labels for split in digits.values()]),
        ),
        alpha=ALPHA,
    )


def _threshold(probabilities: FloatArray, labels: npt.NDArray[np.uint8]) -> float:
    """Return the split-conformal quantile of the probability that stands before the written digit."""
    confidence = probabilities.max(axis=1)
    count = max(1, round(UNSURE * len(labels)), int((confidence < CERTAIN).sum()))
    unsure = np.argsort(confidence, kind="stable")[:count]
    of_label = probabilities[np.arange(len(labels)), labels]
    is_before = probabilities > of_label[:, None]  # (N, 10)
    before = np.where(is_before, probabilities, 0).sum(axis=1, dtype=np.float64)[unsure]
    rank = math.ceil((len(unsure) + 1) * (1 - ALPHA))
    # With too few images to tell, every digit that the model is less than sure of gets a second candidate.
    return float(np.sort(before)[rank - 1]) if rank <= len(unsure) else float(max(before.max(), 1 - ALPHA))
