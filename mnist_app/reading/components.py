"""Connected components of a page's ink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from mnist_app.domain import Box, FloatArray
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import canonical
from mnist_app.ink.photo import PageInk, along_border
from mnist_app.ink.stroke_width import stroke_width, thickened

STROKE = 0.4  # ink from here on is part of a stroke, below it is its soft edge
SPECK = 1.5  # strokes' widths; nothing larger is a dot or dirt
EDGE = 4.0  # strokes' widths; no digit that is cut off at the page's border touches it for longer
MAX_COMPONENTS = 500  # the largest ones; more than that is a texture


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

    @property
    def box(self) -> Box:
        """In the page's pixels."""
        return Box(self.left, self.top, self.width, self.height)

    @cached_property
    def stroke_width(self) -> float:
        """The median width of its own strokes, in pixels."""
        return stroke_width(self.ink)

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


def find_components(page: PageInk) -> list[Component]:
    """Return the components of a page's ink, the largest first.

    Specks are left out, and all that runs along the page's border, unless there is nothing else.
    """
    strokes = (page.ink >= STROKE).astype(np.uint8)
    _, found, stats, _ = cv2.connectedComponentsWithStats(strokes, connectivity=8)
    labels = np.asarray(found)
    sides, areas = stats[:, 2:4].max(axis=1), stats[:, cv2.CC_STAT_AREA]
    large = np.flatnonzero(sides > SPECK * page.stroke_width)
    large = large[large > 0]  # 0 is the paper
    edge = EDGE * page.stroke_width
    inside = large[~np.isin(large, along_border(labels, edge, edge))]
    large = inside if inside.size else large
    components = []
    for k in large[np.argsort(-areas[large], kind="stable")][:MAX_COMPONENTS]:
        left, top, width, height = (int(v) for v in stats[k, :4])
        window = slice(max(0, top - 1), top + height + 1), slice(max(0, left - 1), left + width + 1)
        # The soft edge around the strokes belongs to them as well.
        near = cv2.dilate((labels[window] == k).astype(np.uint8), np.ones((3, 3), np.uint8))
        ink = np.where(near > 0, page.ink[window], np.float32(0))
        components.append(Component(window[1].start, window[0].start, ink))
    return components


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
