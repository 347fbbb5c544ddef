from __future__ import annotations

from typing import Any

import pytest

from mnist_app.ink.drawing import parse_drawing
from tests.benchmarks.synthetic.pages import Hand

PenDigits = list[dict[str, Any]]


@pytest.fixture(scope="module")
def hand(pen_digits: PenDigits) -> Hand:
    """One person's digits."""
    return {digit: [parse_drawing(pen_digits[digit])] for digit in range(10)}
