"""How many pen drawings of 30 writers each run reads right.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.pen_drawings

FOLDER holds pendigits-train.jsonl.gz: {"label": 8, "writer": 12, "strokes": ...} a line, made from
the UCI data set Pen-Based Recognition of Handwritten Digits.
"""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections import Counter
from pathlib import Path

from mnist_app.reading.reader import open_reader
from mnist_app.runs import RunStore
from tests.benchmarks.machine import machine

FILE = "pendigits-train.jsonl.gz"


def main() -> int:
    """Print a line a run, and what the default run takes for what."""
    path = Path(os.environ.get("MNIST_APP_DATA", ".")) / FILE
    if not path.is_file():
        print(f"{path} does not exist: name its folder in MNIST_APP_DATA.", file=sys.stderr)
        return 2
    with gzip.open(path, "rt") as lines:
        drawings = [json.loads(line) for line in lines]
    writers = len({drawing["writer"] for drawing in drawings})
    print(f"{len(drawings):,} drawings of {writers} writers, {machine()}")
    for name in RunStore().names():
        reader = open_reader(name)
        started = time.perf_counter()
        read = [reader.read_drawing(drawing).digits[0].digit for drawing in drawings]
        each = (time.perf_counter() - started) / len(drawings)
        wrong = Counter((d["label"], r) for d, r in zip(drawings, read, strict=True) if d["label"] != r)
        worst = ", ".join(f"{a} as {b}: {n}" for (a, b), n in wrong.most_common(4))
        right = 1 - wrong.total() / len(drawings)
        print(f"{name:>14}: {right:.2%} right, {each * 1e3:.2f} ms a drawing; {worst}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
