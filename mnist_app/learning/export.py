"""Export a trained network to the files that are kept (`model.keras`) and served (`model.tflite`)."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import keras
import numpy as np

from mnist_app.domain import FloatArray, Predictions
from mnist_app.errors import ExportError, RunDamagedError
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import KERAS_FILE, SERVED_FILE

TOLERANCE = 1e-4  # the largest difference of a probability that is still the same model
CHECKED_IMAGES = 1_000
TIMED_IMAGES = 300


def export(model: keras.Model, folder: Path, images: FloatArray) -> Classifier:
    """Write both files and return the classifier that serves, compared with the network on the images.

    The first CHECKED_IMAGES of the (N, 28, 28) images are compared. Raises ExportError if a probability
    differs by more than TOLERANCE.
    """
    model.save(folder / KERAS_FILE)
    model.export(folder / SERVED_FILE, format="litert", verbose=False)
    try:
        classifier = Classifier((folder / SERVED_FILE).read_bytes(), folder.name)
    except RunDamagedError as error:
        raise ExportError(f"The exported model cannot be served: {error} Nothing was saved.") from error
    sample = images[:CHECKED_IMAGES]
    output = model.predict(sample, batch_size=len(sample), verbose=0)
    verify(classifier, sample, Predictions.from_output(np.asarray(output, np.float32)))
    return classifier


def verify(classifier: Classifier, images: FloatArray, expected: Predictions) -> None:
    """Raise ExportError if a classifier's predictions for (N, 28, 28) images are not those expected."""
    served = classifier.predict(images)
    differences = [
        served.probabilities - expected.probabilities,
        (served.digit_probability - expected.digit_probability)[:, None],
    ]
    difference = float(np.abs(np.hstack(differences)).max())
    if not difference <= TOLERANCE:  # NaN is not
        raise ExportError(
            f"{SERVED_FILE} differs from the trained model by {difference:.2g} in a probability; at most "
            f"{TOLERANCE:g} is allowed. Nothing was saved."
        )


def latency(classifier: Classifier, images: FloatArray) -> float:
    """Return the median of the milliseconds that one of (N, 28, 28) images takes on this machine."""
    times = []
    for image in images[:TIMED_IMAGES]:
        started = time.perf_counter()
        classifier.predict(image[None])
        times.append(time.perf_counter() - started)
    return round(statistics.median(times) * 1e3, 4)
