"""Which parts of a digit speak for an answer: each is covered in turn, and the model is asked again.

Source: Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014). That the maps are
faithful is measured by `tests/benchmarks/explanations.py`.
"""

from __future__ import annotations

import numpy as np

from mnist_app.domain import DIGITS, FloatArray
from mnist_app.ink.canonical import SIZE
from mnist_app.reading.classifier import Classifier

# Pixels. The most faithful of nine pairs on validation images of MNIST, of those that cost under 80 ms.
WINDOW, STRIDE = 4, 3
MIN_INK = 0.5  # in a window; to cover less changes nothing
MIN_P = 1e-7  # the least probability whose logarithm is taken


def occlusion(image: FloatArray, classifier: Classifier) -> FloatArray:
    """Return what each pixel says for each digit, (10, 28, 28) float32, of a (28, 28) model input.

    It is the fall of a digit's log-probability when the pixel is covered, the mean of all windows over it:
    above 0 it speaks for the digit, below 0 against it.
    """
    spans = [slice(max(0, start), start + WINDOW) for start in range(STRIDE - WINDOW, SIZE, STRIDE)]
    windows = [
        (rows, columns) for rows in spans for columns in spans if image[rows, columns].sum() >= MIN_INK
    ]
    images = np.repeat(image[None], len(windows) + 1, axis=0)  # the last stays whole
    for covered, window in zip(images, windows, strict=False):
        covered[window] = 0
    logs = np.log(classifier.predict(images).probabilities + MIN_P)
    counts, sums = np.zeros_like(image), np.zeros((len(DIGITS), *image.shape), np.float32)
    for (rows, columns), fall in zip(windows, logs[-1] - logs[:-1], strict=True):
        sums[:, rows, columns] += fall[:, None, None]
        counts[rows, columns] += 1
    return np.asarray(sums / np.maximum(counts, 1), np.float32)
