"""A photo as the page shows it: upright as it was read, and the way of boxes to it and back."""

from __future__ import annotations

from dataclasses import astuple

import cv2
import numpy as np

from mnist_app.domain import Box, ByteArray, Photo

MAX_SIDE = 1_600  # pixels of the longer side; sharp on a desktop, some 300 KB
QUALITY = 85  # of the JPEG, 0..100
DECIMALS = 2  # of a place's numbers, in pixels

Place = tuple[float, float, float, float]  # left, top, width, height in pixels of the shown photo


class ShownPhoto:
    """The size of a photo turned counter-clockwise by `turned` degrees, as it is shown."""

    def __init__(self, shape: tuple[int, ...], scale: float, turned: int) -> None:
        height, width = shape[:2]
        factor = min(1.0, MAX_SIDE / max(height, width))
        upright = (height, width) if turned % 180 else (width, height)
        self.size = max(1, round(upright[0] * factor)), max(1, round(upright[1] * factor))
        self._turned, self._factor = turned, scale * factor
        self._page = (width / scale, height / scale)

    @classmethod
    def of(cls, photo: Photo, turned: int) -> ShownPhoto:
        """Return how a photo is shown that was turned by these degrees to be read."""
        return cls(photo.pixels.shape, photo.scale, turned)

    def place(self, box: Box) -> Place:
        """Return where a box of the photo is shown."""
        shown = box.turned(self._turned, *self._page).scaled(self._factor)
        left, top, width, height = (round(value, DECIMALS) for value in astuple(shown))
        return left, top, width, height

    def back(self, place: Place) -> Box:
        """Return the box of the photo that is shown there."""
        page = self._page[:: -1 if self._turned % 180 else 1]
        return Box(*place).scaled(1 / self._factor).turned(360 - self._turned, *page)


def jpeg(pixels: ByteArray, turned: int, max_side: int = MAX_SIDE) -> bytes:
    """Return (H, W, 3) RGB, turned counter-clockwise by these degrees, as a JPEG of at most `max_side`."""
    upright = np.ascontiguousarray(np.rot90(pixels, turned // 90))
    factor = min(1.0, max_side / max(upright.shape[:2]))
    size = max(1, round(upright.shape[1] * factor)), max(1, round(upright.shape[0] * factor))
    small = cv2.resize(upright, size, interpolation=cv2.INTER_AREA)
    _, content = cv2.imencode(
        ".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, QUALITY]
    )
    return content.tobytes()
