"""A correction: what a person says that a digit is, which a model read otherwise."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime

from mnist_app.domain.catalogue import NOT_A_DIGIT, ByteArray
from mnist_app.domain.handwriting import Drawing


@dataclass(frozen=True, eq=False)
class Correction:
    """What a person said of one digit, in UTC `time`.

    `run` is the model that read it, `read` what it said: a digit, a sign, or "?" for neither, with a
    `confidence` of 0..1. `label` is the right digit, 0-9, or NOT_A_DIGIT. `image` is the model's input,
    (28, 28) uint8, 255 = ink; `drawing` has the strokes that it was made of, None if there are none. `id` is
    0 until it is stored, then one that grows. Raises ValueError if a value is out of its range.
    """

    time: datetime
    run: str
    read: str
    confidence: float
    label: int
    image: ByteArray
    drawing: Drawing | None = None
    id: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.label <= NOT_A_DIGIT:
            raise ValueError(f"label must be 0 to {NOT_A_DIGIT}, got {self.label!r:.40}")
        if self.image.shape != (28, 28) or self.image.dtype != "uint8":
            raise ValueError(f"image must be (28, 28) uint8, got {self.image.shape} {self.image.dtype}")
        if self.time.utcoffset() is None or not math.isfinite(self.confidence):
            raise ValueError(f"time must be in UTC, confidence finite: {self.time}, {self.confidence}")


@dataclass(frozen=True)
class CorrectionScore:
    """How many of the corrected digits a run reads right, and of what is no digit, how much it rejects."""

    run: str
    right: int
    digits: int
    rejected: int
    others: int
