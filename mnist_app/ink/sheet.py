"""A sheet of paper wherever it lies on a photo, and the photo straightened to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import ByteArray, FloatArray

# All chosen by eye; `tests.benchmarks.pages` measures what a change does.
GLANCE = 300  # pixels of the longer side, to find a sheet
LEVELS = 24  # thresholds of brightness at which one is looked for
CLOSED = 0.03  # of the longer side; writing is narrower, and filled with the paper around it
AREAS = (0.04, 0.96)  # of the photo
SOLID = 0.93  # of its hull, and of the four corners' area: what a sheet fills
EDGE = 0.02  # of the longer side; a sheet's side as near as this to the photo's border is cut off by it
OPPOSITE = 0.55  # of the longer of two opposite sides, the shorter; perspective is seldom stronger
SIDES = 3  # of four are within the photo, or it is a shadow
STEP = 10  # of 255: the table beside each side is that much darker, at least
BESIDE = 0.025  # of the longer side: where the table is looked at
DISTANCES = (1, 3, 6)  # times that
FINE = 1_200  # pixels of the longer side, to find its edges to a pixel
NEAR = 0.02  # of the longer side; an edge is as near as this to where the glance saw it
INSET = 0.004  # of the longer side; a sheet's edge is soft, or bent


@dataclass(frozen=True)
class Straightened:
    """Pixels of a sheet seen from straight above, and the (3, 3) matrix that brings them to the photo's."""

    pixels: ByteArray
    to_photo: FloatArray


def straightened(pixels: ByteArray) -> Straightened | None:
    """Return the sheet on an (H, W, 3) photo, brighter than what it lies on; None if none is found."""
    corners = find_sheet(pixels)
    if corners is None:
        return None
    top, right, bottom, left = (float(np.linalg.norm(b - a)) for a, b in _sides(corners))
    size = max(1, round(max(top, bottom))), max(1, round(max(left, right)))
    target = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(target, corners)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpPerspective(pixels, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return Straightened(np.asarray(seen, np.uint8), matrix.astype(np.float32))


def find_sheet(pixels: ByteArray) -> FloatArray | None:
    """Return the (4, 2) corners of a sheet of paper, clockwise from the top left, a little within its edge.

    None if no bright quadrilateral stands out from what is around it.
    """
    scale = min(1.0, GLANCE / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    kernel = np.ones((max(3, round(CLOSED * max(size))) | 1,) * 2, np.uint8)
    closed = cv2.morphologyEx(small.min(axis=2), cv2.MORPH_CLOSE, kernel)
    paper = np.asarray(cv2.medianBlur(closed, 5), np.uint8)
    best, most = None, 0.0
    for corners, fit in _quadrilaterals(paper):
        step = _least_step(paper, corners)
        if step >= STEP and fit * step > most and _is_rectangle_seen_askew(corners):
            best, most = corners, fit * step
    return None if best is None else _on_edges(pixels, best / scale)


def _on_edges(pixels: ByteArray, corners: FloatArray) -> FloatArray:
    """Return corners near those given, each side a little within the sheet's edge: where the light ends."""
    scale = min(1.0, FINE / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    light = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).min(axis=2)
    reach, middle = round(NEAR * max(size)), corners.mean(axis=0) * scale
    lines = []
    for a, b in _sides(corners * scale):
        normal = _outward(a, b, middle)
        along = np.linspace(0.1, 0.9, 48)[:, None, None]
        across = np.arange(-reach, reach + 1)
        profile = _light(light, (a + (b - a) * along + normal * across[:, None]).reshape(-1, 2))
        steps = profile.reshape(48, -1)[:, :-2] - profile.reshape(48, -1)[:, 2:]  # darker outward
        strokes = np.percentile(steps, 25, axis=0)  # writing beside the edge is dark at few places
        found = across[int(strokes.argmax()) + 1] if strokes.max() > 0 else 0
        offset = found - INSET * max(size)
        lines.append((a + normal * offset, b + normal * offset))
    met = [_crossing(*lines[k - 1], *lines[k]) for k in range(4)]
    return np.asarray(met, np.float32) / np.float32(scale)


def _crossing(a: FloatArray, b: FloatArray, c: FloatArray, d: FloatArray) -> FloatArray:
    """Return where the line through a and b meets that through c and d."""
    along, other = b - a, d - c
    t = ((c - a)[0] * other[1] - (c - a)[1] * other[0]) / (along[0] * other[1] - along[1] * other[0])
    return np.asarray(a + t * along)


def _outward(a: FloatArray, b: FloatArray, middle: FloatArray) -> FloatArray:
    """Return the direction, of length 1, across the side from a to b, away from the middle."""
    normal = np.array([b[1] - a[1], a[0] - b[0]]) / max(float(np.linalg.norm(b - a)), 1e-6)
    return np.asarray(normal if (a - middle) @ normal > 0 else -normal)


def _quadrilaterals(paper: ByteArray) -> Iterator[tuple[FloatArray, float]]:
    """Yield the corners of bright regions with four straight sides, and how well they fill them, 0..1."""
    area = paper.size
    levels = np.unique(np.linspace(int(paper.min()) + 1, int(paper.max()), LEVELS).round().astype(int))
    for level in levels:
        count, found, stats, _ = cv2.connectedComponentsWithStats((paper >= level).astype(np.uint8))
        for k in range(1, count):
            if not AREAS[0] * area <= stats[k, cv2.CC_STAT_AREA]:
                continue
            region = (np.asarray(found) == k).astype(np.uint8)
            contours, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
            outline = max(contours, key=cv2.contourArea)
            hull = cv2.convexHull(outline)
            filled, whole = cv2.contourArea(outline), cv2.contourArea(hull)
            if not AREAS[0] * area <= filled <= AREAS[1] * area or filled < SOLID * whole:
                continue
            corners = _four_corners(hull)
            if corners is not None and (fit := whole / max(cv2.contourArea(corners), 1.0)) >= SOLID:
                yield corners, float(min(fit, 1 / fit))


def _four_corners(hull: npt.NDArray[np.int32]) -> FloatArray | None:
    """Return the (4, 2) corners of a hull with four sides, clockwise from the top left; None of others."""
    length = cv2.arcLength(hull, True)
    for tolerance in (0.02, 0.035, 0.05):
        corners = cv2.approxPolyDP(hull, tolerance * length, True)[:, 0].astype(np.float32)
        if len(corners) == 4:
            around = corners - corners.mean(axis=0)
            ordered = corners[np.argsort(np.arctan2(around[:, 1], around[:, 0]))]
            first = int(ordered.sum(axis=1).argmin())
            return np.roll(ordered, -first, axis=0)
    return None


def _sides(corners: FloatArray) -> list[tuple[FloatArray, FloatArray]]:
    """Return the ends of the top, the right, the bottom and the left side."""
    return [(corners[k], corners[(k + 1) % 4]) for k in range(4)]


def _is_rectangle_seen_askew(corners: FloatArray) -> bool:
    """False if opposite sides differ too much: where a shadow cuts a sheet."""
    lengths = [float(np.linalg.norm(b - a)) for a, b in _sides(corners)]
    return all(min(pair) >= OPPOSITE * max(pair) for pair in (lengths[::2], lengths[1::2]))


def _least_step(paper: ByteArray, corners: FloatArray) -> float:
    """Return how much brighter the sheet is than the table at the side where that is least, 0..255.

    0 if more sides are cut off by the photo's border than a sheet's may be.
    """
    height, width = paper.shape
    longer, middle = max(height, width), corners.mean(axis=0)
    steps = []
    for a, b in _sides(corners):
        points = a + (b - a) * np.linspace(0.1, 0.9, 24)[:, None]
        normal = _outward(a, b, middle)
        inside = points - normal * BESIDE * longer
        at_border = np.minimum(points, np.array([width, height]) - points).min(axis=1) < EDGE * longer
        if at_border.mean() > 0.5:
            continue
        # Farther out, too: within a frame or a 0 it is as bright as around it.
        found = []
        for distance in DISTANCES:
            outside = points + normal * distance * BESIDE * longer
            seen = ((outside >= 0) & (outside < [width, height])).all(axis=1)
            if seen.mean() >= 0.5:
                found.append(np.percentile(_light(paper, inside[seen]) - _light(paper, outside[seen]), 20))
        if found:
            steps.append(float(min(found)))
    return min(steps) if len(steps) >= SIDES else 0.0


def _light(paper: ByteArray, points: npt.NDArray[Any]) -> FloatArray:
    """Return the brightness at (N, 2) points, 0..255; at the border for those beyond it."""
    x, y = points[:, 0].astype(int), points[:, 1].astype(int)
    return paper[y.clip(0, paper.shape[0] - 1), x.clip(0, paper.shape[1] - 1)].astype(np.float32)
