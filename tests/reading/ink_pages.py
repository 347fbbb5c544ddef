"""Pages of drawn ink."""

from __future__ import annotations

import cv2
import numpy as np

from mnist_app.ink.photo import PageInk
from mnist_app.ink.stroke_width import stroke_width
from mnist_app.reading.components import Component, find_components


def page(size: tuple[int, int] = (600, 900)) -> np.ndarray:
    return np.zeros(size, np.float32)


def bar(ink: np.ndarray, x: int, y: int, height: int = 80, width: int = 8) -> None:
    ink[y : y + height, x : x + width] = 1


def components_of(ink: np.ndarray) -> list[Component]:
    return find_components(PageInk(ink, np.eye(3, dtype=np.float32), stroke_width(ink))).components


def two_circles(gap: int) -> np.ndarray:
    ink = page((200, 300))
    cv2.circle(ink, (90, 100), 50, 1.0, 9)
    cv2.circle(ink, (90 + 100 + gap, 100), 50, 1.0, 9)
    return ink
