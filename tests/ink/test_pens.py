from __future__ import annotations

import cv2
import numpy as np

from mnist_app.ink.pens import inks_by_colour, pale_strengthened

STROKE = 8.0
BLACK, RED = np.array([0.8, 0.8, 0.8], np.float32), np.array([0.1, 0.7, 0.7], np.float32)


def ink_of(*lines: tuple[int, float]) -> np.ndarray:
    """Ink with vertical lines at these x, each with its darkness."""
    ink = np.zeros((200, 300), np.float32)
    for x, dark in lines:
        cv2.line(ink, (x, 30), (x, 170), dark, 8)
    return cv2.GaussianBlur(ink, (0, 0), 1.0)


def test_pale_strokes_become_full_ink_beside_dark_ones() -> None:
    found = pale_strengthened(ink_of((60, 1.0), (200, 0.4)), STROKE)
    assert found is not None
    assert found[100, 60] == found[100, 200] == 1
    assert found[100, 130] == 0


def test_a_page_of_one_darkness_is_not_strengthened() -> None:
    assert pale_strengthened(ink_of((60, 1.0), (200, 0.9)), STROKE) is None
    assert pale_strengthened(np.zeros((50, 50), np.float32), STROKE) is None


def test_two_colours_are_two_pens_that_keep_their_soft_edges() -> None:
    black, red = ink_of((60, 1.0)), ink_of((200, 1.0))
    missing = np.asarray(black[..., None] * BLACK + red[..., None] * RED, np.float32)
    inks = inks_by_colour(black + red, missing, STROKE)
    assert len(inks) == 2
    first, second = sorted(inks, key=lambda ink: -float(ink[:, :130].sum()))
    assert np.allclose(first, black, atol=0.05)
    assert np.allclose(second, red, atol=0.05)


def test_one_pen_is_not_taken_apart_by_how_hard_it_was_pressed() -> None:
    ink = ink_of((60, 1.0), (200, 0.6))
    noise = np.random.default_rng(0).normal(0, 0.02, (*ink.shape, 3))
    assert inks_by_colour(ink, (ink[..., None] * RED + noise).astype(np.float32), STROKE) == []
    assert inks_by_colour(np.zeros((50, 50), np.float32), np.zeros((50, 50, 3), np.float32), STROKE) == []
