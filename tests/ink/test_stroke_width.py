from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnist_app.domain import Split
from mnist_app.ink.canonical import canonical, from_bytes
from mnist_app.ink.stroke_width import INK_SIDE, PEN, stroke_width, thickened


def test_strokes_along_the_edge_are_as_wide_as_others() -> None:
    corner = np.zeros((200, 120), np.float32)
    corner[:, :12] = corner[-12:] = 1
    assert stroke_width(corner) == pytest.approx(12, abs=2)
    assert stroke_width(np.ones((100, 10), np.float32)) == pytest.approx(10, abs=1)


def test_a_thin_line_is_brought_to_the_models_pen() -> None:
    ink = np.zeros((400, 300), np.float32)
    cv2.circle(ink, (150, 200), 120, 1.0, 3)
    width = stroke_width(thickened(ink))
    assert width == pytest.approx(PEN, abs=5)
    assert canonical(thickened(ink)).max() == 1


def test_a_broad_line_stays_as_it_is() -> None:
    ink = np.zeros((INK_SIDE * 2, INK_SIDE * 2), np.float32)
    cv2.circle(ink, (160, 160), 100, 1.0, 60)
    assert np.array_equal(thickened(ink), ink)


def test_stroke_width_of_mnist_is_what_the_pen_was_set_to(mnist: Split) -> None:
    widths = []
    for image in from_bytes(mnist.images[:500]):
        widths.append(stroke_width(cv2.resize(image, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC)) / 4)
    assert np.median(widths) == pytest.approx(PEN * 20 / INK_SIDE, abs=0.3)


def holes(ink: np.ndarray) -> int:
    """The places that strokes enclose."""
    paper = np.pad(ink < 0.5, 1, constant_values=True).astype(np.uint8)
    return int(cv2.connectedComponents(paper, connectivity=4)[0]) - 2  # the background, and the paper around


def test_a_loop_is_never_filled_by_widening_a_thin_stroke() -> None:
    ink = np.zeros((400, 200), np.float32)
    cv2.line(ink, (110, 40), (100, 390), 1.0, 2)
    cv2.circle(ink, (95, 40), 15, 1.0, 2)  # a 9 with a small head, 30 of 350 pixels
    assert holes(ink) == holes(thickened(ink)) == 1
