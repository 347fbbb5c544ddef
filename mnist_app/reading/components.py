"""Connected components of a page's ink."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import Box, FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.photo import PageInk, along_border
from mnist_app.ink.stroke_width import stroke_width, thickened

STROKE = 0.4  # ink from here on is part of a stroke, below it is its soft edge
SPECK = 1.5  # strokes' widths; nothing larger is a dot or dirt
POINT = 0.7  # strokes' widths; no decimal point is smaller
EDGE = 4.0  # strokes' widths; no digit that is cut off at the page's border touches it for longer
EVEN = 0.29  # of the width of a straight stroke, the standard deviation of its ink: 1 / √12
STRAIGHT = 0.035  # of its height, the most beyond that; nearly all slashes are within a third of it
MAX_COMPONENTS = 500  # the largest ones; more than that is a texture
MAX_AREA = 8  # pages, of all their boxes together; frames around frames around digits have 3


@dataclass(frozen=True, eq=False)
class Component:
    """Ink, (height, width) float32, and the place of its top left corner on the page, in pixels."""

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

    @cached_property
    def box(self) -> Box:
        """In the page's pixels."""
        return Box(self.left, self.top, self.width, self.height)

    @cached_property
    def stroke_width(self) -> float:
        """The median width of its own strokes, in pixels."""
        return stroke_width(self.ink)

    @cached_property
    def lean(self) -> float:
        """The lean of its ink to the right, in pixels for each pixel up."""
        y, x = np.nonzero(self.ink >= STROKE)
        return lean(x, y)

    @cached_property
    def is_one_line(self) -> bool:
        """True for a straight stroke, as slashes are; with a 1 that touches it a slash is none."""
        y, x = np.nonzero(self.ink >= STROKE)
        scatter = float(np.std(x + lean(x, y) * y))  # to the side of its straight line
        return scatter - EVEN * self.stroke_width <= STRAIGHT * self.height

    @cached_property
    def image(self) -> FloatArray | None:
        """The model's input if it is a digit, None if it makes no picture."""
        try:
            return canonical(thickened(self.ink))
        except NoDigitError:
            return None

    def turned(self, quarters: int, page: tuple[int, int]) -> Component:
        """Return it after its page, (height, width), is turned counter-clockwise by quarter turns."""
        box = self.box.turned(90 * quarters, page[1], page[0])
        return Component(int(box.left), int(box.top), np.ascontiguousarray(np.rot90(self.ink, quarters)))


class Found(NamedTuple):
    """The components of a page, and what is as small as a decimal point, each the largest first.

    Most of the points are dirt, and only their place can tell.
    """

    components: list[Component]
    points: list[Component]


def find_components(page: PageInk) -> Found:
    """Find the components of a page's ink, once for all that is done with them.

    All that runs along the page's border is left out, unless there is nothing else.
    """
    labels, stats = _labelled(page.ink)
    large = _largest(stats, SPECK * page.stroke_width)
    edge = EDGE * page.stroke_width
    inside = large[~np.isin(large, along_border(labels, edge, edge))]
    points = np.setdiff1d(_largest(stats, POINT * page.stroke_width), large, assume_unique=True)
    return Found(
        _cut_out(page.ink, labels, stats, inside if inside.size else large),
        _cut_out(page.ink, labels, stats, points),
    )


def components_of(ink: FloatArray, left: int, top: int, least: float) -> list[Component]:
    """Return the components of (H, W) ink at a place on the page, those larger than `least` pixels."""
    labels, stats = _labelled(ink)
    found = _cut_out(ink, labels, stats, _largest(stats, least))
    return [Component(left + c.left, top + c.top, c.ink) for c in found]


def _labelled(ink: FloatArray) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    strokes = (ink >= STROKE).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    return np.asarray(labels), np.asarray(stats)


def _largest(stats: npt.NDArray[np.int32], least: float) -> npt.NDArray[np.intp]:
    """Return the labels of components with a side of more than `least` pixels, the largest first."""
    large = np.flatnonzero(stats[:, 2:4].max(axis=1) > least)
    large = large[large > 0]  # 0 is the paper
    return large[np.argsort(-stats[large, cv2.CC_STAT_AREA], kind="stable")]


def _cut_out(
    page: FloatArray,
    labels: npt.NDArray[np.int32],
    stats: npt.NDArray[np.int32],
    chosen: npt.NDArray[np.intp],
) -> list[Component]:
    components = []
    areas = np.cumsum(stats[chosen, 2].astype(float) * stats[chosen, 3])  # a diagonal line's is half a page
    for k in chosen[areas <= MAX_AREA * page.size][:MAX_COMPONENTS]:
        left, top, width, height = (int(v) for v in stats[k, :4])
        window = slice(max(0, top - 1), top + height + 1), slice(max(0, left - 1), left + width + 1)
        # The soft edge around the strokes belongs to them as well.
        near = cv2.dilate((labels[window] == k).astype(np.uint8), np.ones((3, 3), np.uint8))
        ink = np.where(near > 0, page[window], np.float32(0))
        components.append(Component(window[1].start, window[0].start, ink))
    return components


def lean(x: npt.NDArray[Any], y: npt.NDArray[Any]) -> float:
    """Return how far (N,) points lean to the right, in pixels for each pixel up: the slope of x over y."""
    across, down = x - np.mean(x), y - np.mean(y)
    return float(-(across * down).sum() / max(float((down**2).sum()), 1e-6))


def joined(components: Sequence[Component]) -> Component:
    """Return several components as one."""
    if len(components) == 1:
        return components[0]
    box = Box.around(component.box for component in components)
    left, top = int(box.left), int(box.top)
    ink = np.zeros((int(box.height), int(box.width)), np.float32)
    for c in components:
        view = ink[c.top - top :, c.left - left :][: c.height, : c.width]
        np.maximum(view, c.ink, out=view)
    return Component(left, top, ink)


def rejoined(components: Sequence[Component], reach: float) -> list[Component]:
    """Return components with those as one that are no more than `reach` pixels apart."""
    if not components:
        return []
    around = Box.around(component.box for component in components)
    room = math.ceil(reach)
    strokes = np.zeros((int(around.height) + 2 * room, int(around.width) + 2 * room), np.uint8)
    places = [(c.top - int(around.top) + room, c.left - int(around.left) + room) for c in components]
    for c, (top, left) in zip(components, places, strict=True):
        strokes[top : top + c.height, left : left + c.width] |= c.ink >= STROKE
    distance = cv2.distanceTransform(1 - strokes, cv2.DIST_L2, 5)
    labels = cv2.connectedComponents((distance <= reach / 2).astype(np.uint8), connectivity=8)[1]
    groups: dict[int, list[Component]] = {}
    for c, (top, left) in zip(components, places, strict=True):
        y, x = np.unravel_index(int(c.ink.argmax()), c.ink.shape)
        groups.setdefault(int(labels[top + y, left + x]), []).append(c)
    return [joined(group) for group in groups.values()]
