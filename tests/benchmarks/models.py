"""Costs and accuracy of each run: size, milliseconds an image, and drawings of people never trained on.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.models

FOLDER holds pendigits-train.jsonl.gz or UCI's pendigits-orig.tra; without it they are fetched. They go the
whole way from strokes to text; only the five test writers' are read.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections import Counter

import numpy as np

from mnist_app.errors import DataError
from mnist_app.learning.data.pendigits import TEST_WRITERS, by_writers, load_pen_strokes
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.reader import open_reader
from mnist_app.runs import SERVED_FILE, RunStore
from mnist_app.runs.results import read_file
from tests.benchmarks.machine import machine

_TIMES = 1_000


def main() -> int:
    """Print two lines a run: what it costs, and what it takes for what."""
    try:
        _, _, strokes = by_writers(load_pen_strokes())
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    store = RunStore()
    print(f"{len(strokes.drawings):,} drawings of {len(TEST_WRITERS)} people, {machine()}")
    for name in store.names():
        reader = open_reader(name)
        size = len(read_file(store.open(name), SERVED_FILE)) / 1e6
        median, most = _latency(reader.classifier)
        started = time.perf_counter()
        readings = [reader.read_drawing(drawing).digits[0] for drawing in strokes.drawings]
        each = (time.perf_counter() - started) / len(readings)
        wrong = Counter(
            (int(label), digit.digit)
            for label, digit in zip(strokes.labels, readings, strict=True)
            if label != digit.digit
        )
        print(f"{name:>14}: {size:.2f} MB, one image {median:.2f} ms, 95 % within {most:.2f} ms")
        worst = ", ".join(f"{a} as {b}: {n}" for (a, b), n in wrong.most_common(4))
        right = 1 - wrong.total() / len(readings)
        print(f"{'':>14}  {right:.2%} of drawings right, {each * 1e3:.2f} ms each; {worst}")
    return 0


def _latency(classifier: Classifier) -> tuple[float, float]:
    """Median and 95 % quantile of the milliseconds that one image takes."""
    image = np.random.default_rng(0).random((1, 28, 28), np.float32)
    times = []
    for _ in range(_TIMES):
        started = time.perf_counter()
        classifier.predict(image)
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    sys.exit(main())
