"""Drawings as the canvas sends them, and what the model sees of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from mnist_app.ink.canonical import canonical
from mnist_app.ink.drawing import ink_from_drawing, parse_drawing


def model_input(raw: Any) -> np.ndarray:
    return canonical(ink_from_drawing(parse_drawing(raw)))


def canvas(strokes: list[Any], **changes: Any) -> dict[str, Any]:
    """Strokes as the canvas sends them: each a path with its box, changed as the Edit toggle would."""
    objects = []
    for stroke in strokes:
        points = np.array(stroke, float)
        low, high = points.min(axis=0), points.max(axis=0)
        path = [["M", *stroke[0]], *[["L", *point] for point in stroke[1:]]]
        (left, top), (width, height) = (low + high) / 2, high - low
        item = {"type": "Path", "path": path, "left": left, "top": top, "width": width, "height": height}
        objects.append({**item, "originX": "center", "originY": "center", "strokeWidth": 16, **changes})
    return {"objects": objects, "background": "#fff"}


SEVEN = [[[60, 60], [200, 60], [120, 240]]]
