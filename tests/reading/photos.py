"""Photos and drawings of numbers, in one person's hand."""

from __future__ import annotations

import numpy as np

from mnist_app.domain import Drawing
from tests.benchmarks.synthetic.pages import Hand, Look, photograph, write_number

INK, PAPER, LINES = (30, 40, 110), (240, 238, 228), (160, 185, 210)
LOOKS = {
    "blank": Look(INK, PAPER, "blank", LINES),
    "ruled": Look(INK, PAPER, "ruled", LINES),
    "squared": Look((70, 70, 75), PAPER, "squared", LINES),
    "blackboard": Look((235, 235, 225), (45, 62, 54), "blank", LINES),
}


def photo_of(rows: list[str], hand: Hand, look: str = "blank", seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return photograph(rows, hand, rng, LOOKS[look], side=1_000, spacing=(0.15, 0.5)).photo


def drawn(text: str, hand: Hand, spacing: tuple[float, float] = (0.15, 0.5)) -> Drawing:
    number = write_number(text, hand, np.random.default_rng(1), spacing)
    width = float(np.concatenate(number.strokes)[:, 0].max())
    return Drawing(tuple((stroke * 280 / width).astype(np.float32) for stroke in number.strokes))
