"""A photo's ink with its reading, and the digits and signs in boxes that a person moves over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from mnist_app.domain import Box, Digit, FloatArray, Reading, Sign
from mnist_app.ink.photo import PageInk
from mnist_app.reading.components import STROKE
from mnist_app.reading.layout import distance, in_rows, usual_height
from mnist_app.reading.numbers import reading_of

INTRUDER = 0.25  # of a box's largest component; a neighbour's ink, cut off by its edge, is smaller


@dataclass(frozen=True)
class Sheet:
    """A photo's ink, and its reading."""

    page: PageInk
    reading: Reading


def box_in_photo(box: Box, page: PageInk, turned: int) -> Box:
    """Return a box on a page's ink, turned counter-clockwise by these degrees, in the photo's own pixels."""
    height, width = page.ink.shape[:: -1 if turned % 180 else 1]
    return box.turned(360 - turned, width, height).moved(page.to_photo)


def ink_in_box(sheet: Sheet, box: Box) -> FloatArray | None:
    """Return the upright ink in a box, in the photo's pixels; None if there is none."""
    placed = box.moved(np.linalg.inv(sheet.page.to_photo))
    ink = sheet.page.ink[
        max(0, round(placed.top)) : max(0, round(placed.bottom)),
        max(0, round(placed.left)) : max(0, round(placed.right)),
    ]
    if not ink.size:
        return None
    upright = np.ascontiguousarray(np.rot90(_without_neighbours(ink), sheet.reading.turned // 90))
    return upright if (upright >= STROKE).any() else None


def in_order(items: Iterable[Digit | Sign], turned: int) -> Reading:
    """Return digits anywhere on a page as rows from top to bottom, the page turned by these degrees.

    Each sign stands in the row that it is nearest to.
    """
    placed = [_Placed(item, item.box.turned(turned, 0, 0)) for item in items]
    digits = [each for each in placed if isinstance(each.item, Digit)]
    rows = in_rows(digits, max(usual_height(digits), 1.0), keep=True) if digits else []
    for sign in (each for each in placed if isinstance(each.item, Sign) and rows):
        nearest = min(rows, key=lambda row: min(distance(sign.box, other.box) for other in row))
        nearest.append(sign)
        nearest.sort(key=lambda each: each.box.left + each.box.right)
    return reading_of([[each.item for each in row] for row in rows], turned)


@dataclass(frozen=True)
class _Placed:
    """A digit or a sign, and its box on the page as it is read."""

    item: Digit | Sign
    box: Box


def _without_neighbours(ink: FloatArray) -> FloatArray:
    """Leave out small components that the box's edge cuts off."""
    count, found, stats, _ = cv2.connectedComponentsWithStats((ink > 0).astype(np.uint8), connectivity=8)
    labels, areas = np.asarray(found), np.asarray(stats)[:, cv2.CC_STAT_AREA]
    if count <= 2:  # paper, and one component
        return ink
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    small = [int(k) for k in edge if k and areas[k] < INTRUDER * areas[1:].max()]
    return np.where(np.isin(labels, small), np.float32(0), ink)
