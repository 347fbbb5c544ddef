"""A trained network as the files that are kept (`model.keras`) and served (`model.tflite`)."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mnist_app.domain import FloatArray
from mnist_app.errors import ExportError
from mnist_app.runs import KERAS_FILE, SERVED_FILE

TOLERANCE = 1e-4  # the largest difference of a probability that is still the same model
CHECKED_IMAGES = 1_000
TIMED_IMAGES = 300


def export(model: keras.Model, folder: Path, images: FloatArray) -> None:
    """Write both files and compare them on up to CHECKED_IMAGES of the (N, 28, 28) images.

    Raises ExportError where a probability differs by more than TOLERANCE.
    """
    model.save(folder / KERAS_FILE)
    model.export(folder / SERVED_FILE, format="litert", verbose=False)
    sample = images[:CHECKED_IMAGES]
    verify(folder / SERVED_FILE, sample, model.predict(sample, batch_size=len(sample), verbose=0))


def verify(file: Path, images: FloatArray, probabilities: FloatArray) -> None:
    """Check that the exported model gives these probabilities. Raises ExportError."""
    difference = float(np.abs(_served(file, images) - probabilities).max())
    if not difference <= TOLERANCE:
        raise ExportError(
            f"{file.name} differs from the trained model by {difference:.2g} in a probability; at most "
            f"{TOLERANCE:g} is allowed. Nothing was saved."
        )


def latency(file: Path, images: FloatArray) -> float:
    """The median of the milliseconds that one of (N, 28, 28) images takes, on one thread of this machine."""
    interpreter = Interpreter(model_path=str(file), num_threads=1)
    interpreter.allocate_tensors()
    entry, times = interpreter.get_input_details()[0]["index"], []
    for image in images[:TIMED_IMAGES]:
        started = time.perf_counter()
        interpreter.set_tensor(entry, image[None])
        interpreter.invoke()
        times.append(time.perf_counter() - started)
    return round(statistics.median(times) * 1e3, 4)


def _served(file: Path, images: FloatArray) -> FloatArray:
    interpreter = Interpreter(model_path=str(file), num_threads=1)
    entry = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(entry, images.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(entry, images)
    interpreter.invoke()
    return np.asarray(interpreter.get_tensor(interpreter.get_output_details()[0]["index"]), np.float32)
