from __future__ import annotations

import time

import numpy as np

from mnist_app.reading.contacts import contacts, pieces


def line(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, np.float32)


LEFT, RIGHT = line((0, 0), (0, 100)), line((60, 0), (60, 100))


def test_a_bar_between_two_legs_touches_both_and_they_are_one_piece() -> None:
    touching, crossing = contacts([LEFT, RIGHT, line((3, 50), (57, 50)), line((200, 0), (200, 100))], 100)
    assert touching.tolist() == [[0, 0, 1, 0], [0, 0, 1, 0], [1, 1, 0, 0], [0, 0, 0, 0]]
    assert not crossing.any()
    assert pieces(touching) == [[0, 1, 2], [3]]


def test_strokes_cross_only_if_both_stick_out() -> None:
    _, crossing = contacts([LEFT, line((-30, 50), (30, 50)), line((-2, 80), (40, 80))], 100)
    assert crossing.tolist() == [[0, 1, 0], [1, 0, 0], [0, 0, 0]]


def test_round_sides_that_overlap_do_not_cross() -> None:
    angle = np.linspace(0, 2 * np.pi, 60)
    circle = np.stack([50 * np.cos(angle), 50 * np.sin(angle)], axis=1).astype(np.float32)
    touching, crossing = contacts([circle, circle + np.array([97, 0], np.float32)], 100)
    assert touching[0, 1] >= 1
    assert not crossing.any()


def test_thousands_of_dots_are_quick() -> None:
    started = time.process_time()
    contacts([line((k % 50, k // 50)) for k in range(2_000)], 10)
    assert time.process_time() - started < 10
