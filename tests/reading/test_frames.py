from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnist_app.reading.components import Component, Found
from mnist_app.reading.frames import Layer, layers
from tests.reading.ink_pages import bar, components_of, page

STROKE = 8.0


def layers_of(ink: np.ndarray) -> list[Layer]:
    return list(layers(Found(components_of(ink), []), STROKE))


def places(components: list[Component]) -> list[tuple[int, int]]:
    return sorted((round(c.left, -1), round(c.height, -1)) for c in components)


def numbers(ink: np.ndarray) -> None:
    for x in (200, 260, 320):
        bar(ink, x, 200)


def test_a_page_of_digits_alone_is_all_writing() -> None:
    ink = page()
    numbers(ink)
    (layer,) = layers_of(ink)
    assert len(layer.writing) == 3
    assert not layer.left_out


@pytest.mark.parametrize("shape", ["box", "circle", "open circle"])
def test_what_goes_round_a_number_is_a_frame(shape: str) -> None:
    ink = page()
    numbers(ink)
    if shape == "box":
        cv2.rectangle(ink, (150, 160), (380, 320), 1.0, 6)
    else:
        cv2.ellipse(ink, (262, 240), (150, 100), 5, 0, 360 if shape == "circle" else 335, 1.0, 6)
    layer = layers_of(ink)[0]
    assert places(layer.writing) == [(200, 80), (260, 80), (320, 80)]
    assert [reason for _, reason in layer.left_out] == ["frame"]


def test_boxes_of_a_form_are_frames_empty_ones_too() -> None:
    ink = page()
    for x in range(100, 700, 100):
        cv2.rectangle(ink, (x, 180), (x + 80, 300), 1.0, 4)
        if x != 300:
            bar(ink, x + 35, 200)
    layer = layers_of(ink)[0]
    assert len(layer.writing) == 5
    assert [reason for _, reason in layer.left_out] == ["frame"] * 6


def test_joined_boxes_leave_their_dividers_out() -> None:
    ink = page()
    cv2.rectangle(ink, (100, 180), (700, 300), 1.0, 4)
    for x in range(100, 700, 100):
        cv2.line(ink, (x, 180), (x, 300), 1.0, 4)
        cv2.circle(ink, (x + 50, 240), 35, 1.0, 8)
    layer = layers_of(ink)[-1]
    assert len(layer.writing) == 6
    assert all(c.width > 50 for c in layer.writing)


def test_a_digit_that_touches_its_frame_is_writing() -> None:
    ink = page()
    cv2.rectangle(ink, (150, 160), (380, 320), 1.0, 6)
    bar(ink, 200, 200)
    bar(ink, 300, 225, height=95)  # down to the frame
    layer = layers_of(ink)[0]
    assert len(layer.writing) == 2


def test_a_zero_with_a_slash_or_a_dot_is_no_frame() -> None:
    ink = page()
    cv2.ellipse(ink, (200, 240), (40, 60), 0, 0, 360, 1.0, 8)
    cv2.circle(ink, (200, 240), 6, 1.0, -1)
    cv2.ellipse(ink, (400, 240), (40, 60), 0, 0, 360, 1.0, 8)
    cv2.line(ink, (450, 170), (350, 310), 1.0, 8)
    assert not layers_of(ink)[0].left_out


def test_a_line_under_a_number_is_left_out() -> None:
    ink = page()
    numbers(ink)
    cv2.line(ink, (180, 300), (360, 306), 1.0, 6)
    layer = layers_of(ink)[0]
    assert len(layer.writing) == 3
    assert [reason for _, reason in layer.left_out] == ["line"]


def test_the_bar_of_a_fraction_is_left_out_and_a_minus_is_not() -> None:
    ink = page()
    for x, y in ((200, 100), (200, 230), (500, 165)):
        cv2.ellipse(ink, (x, y + 40), (25, 40), 0, 0, 360, 1.0, 8)
    cv2.line(ink, (150, 205), (250, 205), 1.0, 8)
    cv2.line(ink, (370, 205), (440, 205), 1.0, 8)
    layer = layers_of(ink)[0]
    assert [(round(c.left, -1), reason) for c, reason in layer.left_out] == [(140, "line")]
    assert len(layer.writing) == 4


def test_a_line_goes_on_under_the_foot_of_a_digit() -> None:
    ink = page()
    bar(ink, 200, 200)
    cv2.line(ink, (100, 300), (500, 300), 1.0, 8)
    cv2.polylines(ink, [np.array([[250, 220], [330, 220], [250, 292], [350, 292]])], False, 1.0, 8)
    first, last = layers_of(ink)
    assert first.has_lines
    assert all(c.width < 150 for c in last.writing)


def test_a_line_through_a_number_is_taken_out_of_it_at_last() -> None:
    ink = page()
    for x in (200, 320, 440):
        cv2.ellipse(ink, (x, 240), (35, 50), 0, 0, 360, 1.0, 8)
    cv2.line(ink, (120, 240), (520, 240), 1.0, 6)
    first, last = layers_of(ink)
    assert len(first.writing) == 1
    assert len(last.writing) >= 3
    assert all(c.width < 120 for c in last.writing)


def test_a_frame_in_shreds_takes_nothing_away_from_what_it_goes_round() -> None:
    ink = page()
    cv2.ellipse(ink, (262, 240), (200, 130), 0, 0, 360, 1.0, 6)
    bar(ink, 260, 200)
    for x in range(140, 390, 30):  # across the frame, as of a broken line
        bar(ink, x, 108, height=34)
        bar(ink, x, 338, height=34)
    first = layers_of(ink)[0]
    assert (260, 80) in places(first.writing)


def test_a_box_with_a_digit_that_touches_it_is_no_empty_one() -> None:
    ink = page()
    for x in (100, 300, 500):
        cv2.rectangle(ink, (x, 180), (x + 120, 320), 1.0, 4)
    bar(ink, 155, 200)
    cv2.ellipse(ink, (360, 265), (30, 52), 0, 0, 360, 1.0, 8)  # down to its box
    layer = layers_of(ink)[0]
    assert len(layer.writing) == 2


def test_pieces_of_broken_strokes_are_one_component_in_the_first_layer() -> None:
    ink = page()
    for x in (100, 200, 300, 400):
        for y in range(200, 290, 30):  # gaps as broad as the stroke
            bar(ink, x, y, height=22)
    first, second = layers_of(ink)
    assert places(first.writing) == [(100, 80), (200, 80), (300, 80), (400, 80)]
    assert len(second.writing) == 12


def test_letters_that_stand_close_are_not_joined() -> None:
    ink = page()
    for x in range(100, 500, 62):
        cv2.ellipse(ink, (x, 240), (24, 40), 0, 0, 360, 1.0, 8)
    (layer,) = layers_of(ink)
    assert len(layer.writing) == 7


def test_a_circle_that_touches_its_digits_is_taken_off_them() -> None:
    ink = page()
    cv2.ellipse(ink, (262, 240), (150, 70), 0, 0, 360, 1.0, 6)
    bar(ink, 220, 190, height=100)
    bar(ink, 262, 160, height=130)  # through the circle
    bar(ink, 304, 190, height=100)
    bar(ink, 600, 200, height=90)
    last = layers_of(ink)[-1]
    assert len(last.writing) == 4
    assert all(c.width < 80 for c in last.writing)
