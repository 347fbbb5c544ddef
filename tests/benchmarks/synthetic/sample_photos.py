"""The sample photos of the Photo page: real strokes of people whom no model was trained on, on painted paper.

    python -m tests.benchmarks.synthetic.sample_photos FOLDER

FOLDER is mnist_app/ui/photo/samples; MNIST_APP_DATA names the pen strokes, or they are fetched.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

from mnist_app.learning.data.pendigits import by_writers, load_pen_strokes
from tests.benchmarks.synthetic.pages import Look, hand_of, photograph

SIDE = 1_000  # pixels
SPACING = (0.08, 0.4)  # of the rows' height
QUALITY = 70  # of the JPEG; some 45 KB each
_BLUE, _PENCIL, _CHALK = (30, 50, 140), (95, 95, 100), (236, 236, 226)
_WHITE, _CREAM, _BOARD, _PALE = (246, 245, 240), (240, 232, 208), (44, 62, 54), (155, 182, 210)
# What is written, by which of the test writers, on what, and the quarter turns of the phone.
SAMPLES = {
    "1-lined-paper": (["2026 11 21", "0791 4458", "36 508"], 27, Look(_BLUE, _WHITE, "ruled", _PALE), 0),
    "2-squared-paper": (["83 17 462", "905 2338", "6174"], 11, Look(_PENCIL, _CREAM, "squared", _PALE), 0),
    "3-blackboard": (["3 14159", "2 71828", "1 41421"], 12, Look(_CHALK, _BOARD, "blank", _BOARD), 0),
    "4-sideways": (["40 23 19", "765 880", "1729"], 11, Look(_BLUE, _CREAM, "ruled", _PALE), 1),
}


def main(folder: str) -> None:
    """Write every sample as a JPEG."""
    _, _, strokes = by_writers(load_pen_strokes())
    for k, (name, (rows, writer, look, turns)) in enumerate(SAMPLES.items()):
        hand = hand_of(strokes, writer)
        page = photograph(rows, hand, np.random.default_rng(k), look, SIDE, SPACING)
        image = Image.fromarray(np.ascontiguousarray(np.rot90(page.photo, -turns)))
        image.save(Path(folder) / f"{name}.jpg", quality=QUALITY, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1])
