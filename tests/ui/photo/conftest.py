"""What the tests of photos share."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mnist_app.ink.drawing import parse_drawing
from tests.benchmarks.synthetic.pages import photograph
from tests.benchmarks.synthetic.test_pages import LOOK
from tests.ui.photo_page import ROWS, png_of

PenDigits = list[dict[str, Any]]


@pytest.fixture(scope="session")
def page(pen_digits: PenDigits) -> bytes:
    """A photo of ROWS."""
    hand = {digit: [parse_drawing(pen_digits[digit])] for digit in range(10)}
    rng = np.random.default_rng(3)
    return png_of(photograph(ROWS, hand, rng, LOOK, side=1_000, spacing=(0.15, 0.5)).photo)
