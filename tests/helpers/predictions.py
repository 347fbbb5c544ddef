from __future__ import annotations

import numpy as np

from mnist_app.domain import SIGNS, FloatArray, Predictions


def without_signs(probabilities: FloatArray, digit_probability: FloatArray) -> Predictions:
    """Predictions of a model that knows no signs."""
    return Predictions(
        probabilities, digit_probability, np.zeros((len(probabilities), len(SIGNS)), np.float32)
    )
