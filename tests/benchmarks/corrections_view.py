"""CPU time of the Corrections view of 10,000 corrections, and of what it asks the database for.

python -m tests.benchmarks.corrections_view
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np

from mnist_app.corrections import exports, store
from mnist_app.domain import Drawing
from tests.benchmarks.machine import machine
from tests.helpers.corrections import TIME, correction
from tests.ui.pages import rerun
from tests.ui.training_page import opened

ROUNDS = 9
POINTS = 100  # of a drawing


def main() -> None:
    """Print the median of some rounds, in milliseconds."""
    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'corrections.sqlite3'}"
        os.environ["MNIST_APP_DATABASE"] = url
        corrections = store.CorrectionStore(url)
        fill(corrections)
        app = opened(view="Corrections")
        uses: dict[str, Callable[[], object]] = {
            "the view": lambda: rerun(app),
            "a page of images": lambda: corrections.find(most=48, newest_first=True),
            "the last page": lambda: corrections.find(first=store.MAX_CORRECTIONS - 48, most=48),
            "counts by label": lambda: corrections.counts("label"),
            "all images": corrections.labelled,
            "one more, and its deletion": lambda: replace_one(corrections),
            **{f"export as {name}": exporting(corrections, name) for name in exports.FORMATS},
        }
        for name, use in uses.items():
            print(f"{name:<28} {1000 * median(use):8.1f} ms")


def fill(corrections: store.CorrectionStore) -> None:
    """Store as many corrections as there may be, by twelve visitors."""
    rng = np.random.default_rng(0)
    for visitor in range(-(-store.MAX_CORRECTIONS // store.MAX_OF_VISITOR)):
        some = [
            correction(
                int(rng.integers(11)),
                time=TIME + timedelta(minutes=k),
                run=str(rng.choice(["world", "convnet"])),
                read=str(rng.integers(10)),
                drawing=Drawing((rng.uniform(0, 300, (POINTS, 2)).astype(np.float32),)),
            )
            for k in range(store.MAX_OF_VISITOR)
        ]
        corrections.add(some, str(visitor))


def replace_one(corrections: store.CorrectionStore) -> None:
    """Delete the oldest correction and store another."""
    corrections.delete([corrections.find(most=1)[0].id])
    corrections.add([correction()], "0")


def exporting(corrections: store.CorrectionStore, name: str) -> Callable[[], object]:
    """Return a function that exports everything in a format."""
    return lambda: exports.FORMATS[name](corrections.find())


def median(use: Callable[[], object]) -> float:
    """Return the median CPU time of some rounds, in seconds, after one that fills caches."""
    use()
    times = []
    for _ in range(ROUNDS):
        started = time.process_time()
        use()
        times.append(time.process_time() - started)
    return statistics.median(times)


if __name__ == "__main__":
    main()
