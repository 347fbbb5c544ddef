"""A run's exported model: (N, 28, 28) ink to predictions, by LiteRT on one thread."""

from __future__ import annotations

import threading
import time

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from mnist_app.domain import DIGITS, SIGNS, FloatArray, Predictions, Run
from mnist_app.errors import RunDamagedError
from mnist_app.ink.canonical import SIZE
from mnist_app.reading.model_check import IMAGES, check_model
from mnist_app.runs import SERVED_FILE
from mnist_app.runs.results import read_file

OUTPUTS = (len(DIGITS), len(DIGITS) + 1, len(DIGITS) + 2 + len(SIGNS))  # see `Predictions.from_output`
_CHUNK = IMAGES  # an invocation; more gain nothing, and let other threads wait longer
_PAUSE = 0.0005  # seconds between two of them; without it a lock is taken again before whoever waits wakes up


class Classifier:
    """One model, safe to share between threads: an interpreter is not, so a lock guards it.

    A lock rather than an interpreter a thread, because a web page's reruns come on ever new threads and
    one image takes less time than loading a model.
    """

    def __init__(self, model: bytes, name: str) -> None:
        """Load a model that was made here from its file's content, others by `checked`.

        Raises RunDamagedError if it is no model for digits.
        """
        self.name = name
        self._lock = threading.Lock()
        try:
            self._interpreter = Interpreter(model_content=model, num_threads=1)
            self._entry = self._interpreter.get_input_details()[0]
            self._exit = self._interpreter.get_output_details()[0]["index"]
            if tuple(self._entry["shape_signature"][1:]) != (SIZE, SIZE):
                raise RunDamagedError(
                    f"The model of run {name!r} must take 28×28 images, not {self._entry['shape']}."
                )
            self._resize(1)
        except (ValueError, RuntimeError, IndexError) as error:
            raise _damaged(name, error) from error
        gives = tuple(int(n) for n in self._interpreter.get_output_details()[0]["shape"])
        if gives not in [(1, outputs) for outputs in OUTPUTS]:
            raise RunDamagedError(f"The model of run {name!r} must give 10, 11 or 23 numbers, not {gives}.")

    @classmethod
    def load(cls, run: Run) -> Classifier:
        """Load a run's model, checked against the digest in run.json. Raises RunDamagedError."""
        return cls.checked(read_file(run, SERVED_FILE), run.name)

    @classmethod
    def checked(cls, model: bytes, name: str) -> Classifier:
        """Load a model that may be anybody's. Raises RunDamagedError."""
        try:
            check_model(model)
        except ValueError as error:
            raise _damaged(name, error) from error
        return cls(model, name)

    def predict(self, images: FloatArray) -> Predictions:
        """Return the model's predictions of (N, 28, 28) float32 images in 0..1, 1 = ink.

        Raises ValueError for another shape.
        """
        if images.ndim != 3 or images.shape[1:] != (SIZE, SIZE):
            raise ValueError(f"images must be (N, {SIZE}, {SIZE}), got {images.shape}")
        chunks = [images[i : i + _CHUNK] for i in range(0, len(images), _CHUNK)]
        outputs = [np.zeros((0, len(DIGITS)), np.float32)] if not chunks else []
        for k, chunk in enumerate(chunks):
            if k:
                time.sleep(_PAUSE)
            with self._lock:
                outputs.append(self._outputs(chunk))
        return Predictions.from_output(np.concatenate(outputs))

    def _outputs(self, images: FloatArray) -> FloatArray:
        if len(images) != self._size:
            self._resize(len(images))
        self._interpreter.set_tensor(self._entry["index"], np.ascontiguousarray(images, np.float32))
        self._interpreter.invoke()
        return np.asarray(self._interpreter.get_tensor(self._exit), np.float32)

    def _resize(self, size: int) -> None:
        self._interpreter.resize_tensor_input(self._entry["index"], (size, SIZE, SIZE))
        self._interpreter.allocate_tensors()
        self._size = size


def _damaged(name: str, error: Exception) -> RunDamagedError:
    why = f"{error}".partition("\n")[0]
    return RunDamagedError(f"The model of run {name!r} cannot be loaded ({why:.80}).")
