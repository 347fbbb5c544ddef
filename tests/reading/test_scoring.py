from __future__ import annotations

import numpy as np

from mnist_app.domain import NOT_A_DIGIT, CorrectionScore, Split
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.drawing import ink_from_drawing, parse_drawing
from mnist_app.reading.reader import Reader
from mnist_app.reading.scoring import score_on_corrections
from tests.conftest import GRID, load_pen_digits


def test_digits_count_if_named_and_no_digits_if_rejected(reader: Reader) -> None:
    drawings = [*load_pen_digits(), {"strokes": GRID}]
    images = np.stack([to_bytes(canonical(ink_from_drawing(parse_drawing(d)))) for d in drawings])
    right = Split(images, np.array([*range(10), NOT_A_DIGIT], np.uint8))
    assert score_on_corrections(reader, right) == CorrectionScore("world", 10, 10, 1, 1)
    wrong = Split(images, np.array([NOT_A_DIGIT, 0, *range(2, 10), 3], np.uint8))
    assert score_on_corrections(reader, wrong) == CorrectionScore("world", 8, 10, 0, 1)
