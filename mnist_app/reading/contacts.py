"""Contacts between strokes: those of a letter nearly always touch, the digits of a number rarely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mnist_app.domain import FloatArray

TOUCH = 0.08  # of a digit's height; strokes as near as this touch (`tests.benchmarks.drawings --validation`)
STUB = 2  # samples, TOUCH / 2 each; a stroke that sticks out no further only touches
MAX_SAMPLES = 200  # points of a stroke that are looked at
MAX_ALL_SAMPLES = 20_000  # of all strokes; those of a page of 200 digits have 12,000
MAX_NEIGHBOURS = 40  # strokes on each side, from left to right; a thousand of dots is no writing

Counts = npt.NDArray[np.intp]


def contacts(strokes: Sequence[FloatArray], height: float) -> tuple[Counts, Counts]:
    """Return in how many places strokes, (n, 2) points each, touch, and 1 where one runs through another.

    Both are (N, N); `height` is a digit's, in pixels.
    """
    near = TOUCH * height
    most = min(MAX_SAMPLES, MAX_ALL_SAMPLES // len(strokes))
    sampled = [_sampled(stroke, near / 2, most) for stroke in strokes]
    low, high = np.array([s.min(axis=0) for s in sampled]), np.array([s.max(axis=0) for s in sampled])
    touching, crossing = np.zeros((2, len(strokes), len(strokes)), np.intp)
    ordered = np.argsort(low[:, 0], kind="stable")
    for at, k in enumerate(ordered):
        others = ordered[at + 1 : at + 1 + MAX_NEIGHBOURS]
        for other in others[((low[others] <= high[k] + near) & (high[others] >= low[k] - near)).all(axis=1)]:
            touching[k, other] = touching[other, k] = _touches(sampled[k], sampled[other], near)
            crossing[k, other] = crossing[other, k] = _crosses(sampled[k], sampled[other])
    return touching, crossing


def pieces(touching: Counts) -> list[list[int]]:
    """Return the indices of strokes that touch, directly or through others, by (N, N) contacts."""
    left = set(range(len(touching)))
    found = []
    while left:
        piece = [min(left)]
        left.remove(piece[0])
        for k in piece:  # grows meanwhile
            neighbours = left & set(np.flatnonzero(touching[k]).tolist())
            left -= neighbours
            piece += sorted(neighbours)
        found.append(sorted(piece))
    return found


def _touches(a: FloatArray, b: FloatArray, near: float) -> int:
    """Return the number of places where two sampled strokes are near each other."""
    is_near = np.linalg.norm(a[:, None] - b[None], axis=2) <= near  # (n, m)
    # Stretches of each stroke that are near the other; a place is one of both.
    stretches = [np.diff(is_near.any(axis=axis).astype(np.int8), prepend=0) > 0 for axis in (0, 1)]
    return int(min(begins.sum() for begins in stretches))


def _crosses(a: FloatArray, b: FloatArray) -> bool:
    """Return True if strokes cross an odd number of times, not counting what hardly sticks out.

    Round sides that overlap a little cross twice.
    """
    a, b = a[STUB:-STUB], b[STUB:-STUB]
    if len(a) < 2 or len(b) < 2:
        return False
    # On which side of a's steps b's points are, (n - 1, m), and of b's steps a's points, (m - 1, n).
    apart = _side(a[:-1, None], a[1:, None], b[None]) > 0
    across = _side(b[:-1, None], b[1:, None], a[None]) > 0
    crossings = (apart[:, :-1] != apart[:, 1:]) & (across[:, :-1] != across[:, 1:]).T
    return bool(crossings.sum() % 2)


def _side(start: FloatArray, end: FloatArray, point: FloatArray) -> FloatArray:
    """Return the cross product of start to end and start to point; its sign is the side of the point."""
    way, there = end - start, point - start
    return np.asarray(way[..., 0] * there[..., 1] - way[..., 1] * there[..., 0])


def _sampled(stroke: FloatArray, step: float, most: int) -> FloatArray:
    """Return at most so many points along a stroke at equal steps, at least both ends."""
    lengths = np.append(0, np.cumsum(np.linalg.norm(np.diff(stroke, axis=0), axis=1)))
    count = int(np.clip(np.ceil(lengths[-1] / step) + 1, 2, most))
    at = np.linspace(0, lengths[-1], count)
    return np.stack([np.interp(at, lengths, stroke[:, axis]) for axis in (0, 1)], axis=1)
