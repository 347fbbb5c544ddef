"""Corrections that nobody has made, for tests of everything that is done with them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from mnist_app.domain import Correction, Drawing

TIME = datetime(2026, 11, 21, 9, 30, 15, 123456, UTC)
STROKE = np.array([[1.25, 2.5], [30.0, 40.75]], np.float32)


def correction(label: int = 4, **facts: Any) -> Correction:
    """Return what `world` read as 9 and a person says is `label`, with its strokes."""
    image = np.full((28, 28), 20 * label, np.uint8)
    given: dict[str, Any] = {
        "time": TIME,
        "run": "world",
        "read": "9",
        "confidence": 0.5,
        "drawing": Drawing((STROKE,)),
    }
    return Correction(label=label, image=image, **(given | facts))
