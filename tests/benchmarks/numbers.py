"""How well whole numbers drawn on the canvas are read, and how often one digit is taken for a number.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.numbers [RUN]

Numbers of 2 to 8 digits, each in the hand of one of the five test writers, with natural spacing, some of
them touching; then every single digit of those writers.
"""

from __future__ import annotations

import sys
import time

import numpy as np

from mnist_app.domain import Drawing
from mnist_app.errors import DataError
from mnist_app.learning.data.pendigits import TEST_WRITERS, by_writers, load_pen_strokes
from mnist_app.reading.reader import open_reader
from mnist_app.runs import DEFAULT_RUN
from tests.benchmarks.machine import machine
from tests.benchmarks.synthetic.pages import Hand, hand_of, write_number

NUMBERS = 1_000
SHORTEST, LONGEST = 2, 8
PAPER, MARGIN = 300, 10  # pixels of the canvas
MAX_HEIGHT = 150  # pixels


def main(run: str = DEFAULT_RUN) -> int:
    """Print both shares, by length and in all."""
    try:
        _, _, strokes = by_writers(load_pen_strokes())
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    reader, rng = open_reader(run), np.random.default_rng(0)
    hands = [hand_of(strokes, writer) for writer in TEST_WRITERS]
    right = {length: [0, 0] for length in range(SHORTEST, LONGEST + 1)}
    started = time.perf_counter()
    for k in range(NUMBERS):
        text = "".join(map(str, rng.integers(0, 10, rng.integers(SHORTEST, LONGEST + 1))))
        is_right = reader.read_drawing(on_paper(text, hands[k % len(hands)], rng)).text == text
        right[len(text)][0] += is_right
        right[len(text)][1] += 1
    each = (time.perf_counter() - started) / NUMBERS
    print(f"{run}, {machine()}")
    for length, (good, all_) in right.items():
        print(f"  {length} digits: {good} of {all_}")
    total = sum(good for good, _ in right.values())
    print(f"{total / NUMBERS:.1%} of {NUMBERS:,} numbers right, {each * 1e3:.1f} ms each")
    several = sum(len(reader.read_drawing(drawing).digits) > 1 for drawing in strokes.drawings)
    singles = len(strokes.drawings)
    print(f"{several} of {singles:,} single digits read as more than one ({several / singles:.2%})")
    return 0


def on_paper(text: str, hand: Hand, rng: np.random.Generator) -> Drawing:
    """A number as large as the canvas has room for."""
    number = write_number(text, hand, rng)
    width = float(np.concatenate(number.strokes)[:, 0].max())
    size = min((PAPER - 2 * MARGIN) / width, MAX_HEIGHT)
    return Drawing(tuple((stroke * size + MARGIN).astype(np.float32) for stroke in number.strokes))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
