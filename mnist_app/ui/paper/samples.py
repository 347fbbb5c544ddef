"""Sample drawings of the ten digits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mnist_app.ink.drawing import parse_drawing, plain_strokes

# Pen positions on a 100×100 sheet; the pen runs in smooth curves between them.
_STROKES: dict[int, list[list[tuple[int, int]]]] = {
    0: [[(54, 14), (36, 20), (27, 45), (31, 76), (50, 87), (68, 75), (74, 48), (66, 22), (52, 14)]],
    1: [[(36, 32), (46, 25), (54, 13), (53, 30), (52, 60), (51, 87)]],
    2: [[(29, 32), (36, 17), (54, 13), (67, 24), (64, 42), (47, 64), (29, 85), (44, 84), (74, 85)]],
    3: [[(31, 21), (48, 12), (65, 22), (62, 38), (45, 46), (64, 52), (70, 70), (54, 87), (30, 79)]],
    4: [[(56, 13), (43, 36), (27, 61), (46, 61), (78, 59)], [(62, 38), (61, 62), (58, 88)]],
    5: [
        [(38, 15), (35, 32), (32, 47), (49, 42), (68, 52), (68, 73), (51, 87), (29, 81)],
        [(38, 15), (54, 15), (72, 13)],
    ],
    6: [[(63, 13), (45, 26), (32, 52), (33, 77), (50, 88), (67, 78), (66, 60), (50, 53), (34, 67)]],
    7: [[(27, 17), (46, 17), (74, 14), (62, 40), (50, 64), (42, 89)], [(38, 50), (52, 49), (68, 48)]],
    8: [
        [
            *[(64, 23), (49, 12), (34, 23), (38, 38), (56, 52), (69, 69), (55, 88), (37, 82)],
            *[(33, 65), (46, 50), (62, 36), (65, 23)],
        ]
    ],
    9: [[(66, 30), (52, 14), (34, 24), (34, 42), (50, 50), (64, 38), (67, 22), (66, 52), (61, 88)]],
}


def sample_strokes(digit: int, side: int) -> list[list[list[float]]]:
    """Return the strokes of a digit, 0-9, as [x, y] points on a sheet of `side` units."""
    return plain_strokes(parse_drawing({"objects": sample_objects(digit, side, pen=1, ink="")}))


def sample_objects(digit: int, side: int, pen: int, ink: str) -> list[dict[str, Any]]:
    """Return the canvas objects of a digit, 0-9, on a sheet of `side` pixels, with a pen of `pen` pixels."""
    return [
        _path([(x * side / 100, y * side / 100) for x, y in points], pen, ink) for points in _STROKES[digit]
    ]


def _path(points: Sequence[tuple[float, float]], pen: int, ink: str) -> dict[str, Any]:
    """Return a freehand path as the canvas itself makes one: curves from midpoint to midpoint."""
    middles = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in pairwise(points)]
    curves = [["Q", *control, *middle] for control, middle in zip(points, middles, strict=False)]
    return {
        "type": "Path",
        "path": [["M", *points[0]], *curves, ["L", *points[-1]]],
        "fill": None,
        "stroke": ink,
        "strokeWidth": pen,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
    }
