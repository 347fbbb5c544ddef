"""Pieces of ink that hang together, in the pixels of a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mnist_app.domain import Box, FloatArray
from mnist_app.ink.photo import along_border
from mnist_app.ink.stroke_width import stroke_width

STROKE = 0.4  # ink from here on is part of a stroke, below it is its soft edge
SPECK = 1.5  # strokes; what is no larger is a dot or dirt
EDGE = 4.0  # strokes; what touches the page's border for longer is no digit that is cut off there
MAX_COMPONENTS = 500  # the largest ones; more than that is a texture


@dataclass(frozen=True)
class Component:
    """Ink, (height, width) float32, and where its top left corner is."""

    left: int
    top: int
    ink: FloatArray

    @property
    def width(self) -> int:
        """In pixels."""
        return self.ink.shape[1]

    @property
    def height(self) -> int:
        """In pixels."""
        return self.ink.shape[0]

    @property
    def box(self) -> Box:
        """In the page's pixels."""
        return Box(self.left, self.top, self.width, self.height)


def find_components(ink: FloatArray) -> list[Component]:
    """The pieces of a page's (H, W) ink, the largest first.

    Specks are left out, and what runs along the page's border, unless there is nothing else.
    """
    stroke = stroke_width(ink)
    strokes = (ink >= STROKE).astype(np.uint8)
    _, found, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    labels = np.asarray(found)
    sides, areas = stats[:, 2:4].max(axis=1), stats[:, cv2.CC_STAT_AREA]
    large = np.flatnonzero(sides > SPECK * stroke)
    large = large[large > 0]  # 0 is the paper
    inside = large[~np.isin(large, along_border(labels, EDGE * stroke, EDGE * stroke))]
    large = inside if inside.size else large
    pieces = []
    for i in large[np.argsort(-areas[large], kind="stable")][:MAX_COMPONENTS]:
        left, top, width, height = (int(v) for v in stats[i, :4])
        window = (
            slice(max(0, top - 1), top + height + 1),
            slice(max(0, left - 1), left + width + 1),
        )
        # The soft edge around the strokes belongs to them as well.
        near = cv2.dilate((labels[window] == i).astype(np.uint8), np.ones((3, 3), np.uint8))
        own = np.where(near > 0, ink[window], np.float32(0))
        pieces.append(Component(window[1].start, window[0].start, own))
    return pieces


def joined(pieces: Sequence[Component]) -> Component:
    """Several pieces as one."""
    if len(pieces) == 1:
        return pieces[0]
    left, top = min(p.left for p in pieces), min(p.top for p in pieces)
    right, bottom = max(p.left + p.width for p in pieces), max(p.top + p.height for p in pieces)
    ink = np.zeros((bottom - top, right - left), np.float32)
    for p in pieces:
        view = ink[p.top - top :, p.left - left :][: p.height, : p.width]
        np.maximum(view, p.ink, out=view)
    return Component(left, top, ink)
