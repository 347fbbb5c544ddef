from __future__ import annotations

import time

import numpy as np
import pytest

from mnist_app.domain import Drawing
from mnist_app.ink.stroke_width import stroke_width
from mnist_app.reading.components import Component
from mnist_app.reading.layout import (
    Part,
    Row,
    rows_of_components,
    rows_of_drawing,
    usual_height,
    with_cuts,
    with_points,
)
from tests.reading.ink_pages import bar, components_of, page, two_circles


def rows_of_ink(ink: np.ndarray) -> list[Row[Component]]:
    return rows_of_components(components_of(ink), stroke_width(ink))


def test_rows_are_from_top_to_bottom_and_each_from_left_to_right() -> None:
    ink = page()
    for x, y in [(500, 300), (100, 50), (300, 305), (400, 60), (100, 295)]:
        bar(ink, x, y)
    rows = rows_of_ink(ink)
    places = [[round(part.ink.left, -1) for part in row.parts] for row in rows]
    assert places == [[100, 400], [100, 300, 500]]


@pytest.mark.parametrize("bend", [lambda x: 0.25 * x, lambda x: 90 * np.sin(x / 250), lambda x: -0.2 * x])
def test_rows_may_rise_fall_and_bend(bend) -> None:  # type: ignore[no-untyped-def]
    ink = page((1100, 1100))
    for y in (300, 480, 660):
        for x in range(60, 1050, 75):
            bar(ink, x, int(y + bend(x)))
    assert [len(row.parts) for row in rows_of_ink(ink)] == [14, 14, 14]


def test_specks_and_what_runs_along_the_border_are_left_out() -> None:
    ink = page()
    bar(ink, 300, 200)
    ink[50:54, 50:54] = 1
    ink[:, :7] = 1
    (row,) = rows_of_ink(ink)
    assert [part.ink.left for part in row.parts] == [299]


def blot(left: int, top: int, width: int = 10, height: int = 10) -> Component:
    return Component(left, top, np.ones((height, width), np.float32))


@pytest.mark.parametrize(
    ("points", "taken"),
    [
        ([blot(70, 90)], [(70, 90)]),  # on the base line
        ([blot(70, 45)], []),  # in the middle it is dirt
        ([blot(70, 65), blot(72, 25)], [(70, 65), (72, 25)]),  # unless there is another: a colon
        ([blot(70, 140)], []),
    ],
)
def test_points_are_taken_where_a_row_has_points(
    points: list[Component], taken: list[tuple[int, int]]
) -> None:
    digits = [blot(0, 0, 60, 100), blot(90, 0, 60, 100)]
    (row,) = with_points([Row(tuple(Part(digit, 0.0) for digit in digits), 100.0)], points)
    found = [(part.ink.left, part.ink.top) for part in row.parts if part.ink not in digits]
    assert sorted(found) == sorted(taken)


def test_a_colons_upper_point_may_be_large_enough_for_a_component() -> None:
    parts = [blot(0, 0, 60, 100), blot(72, 25), blot(90, 0, 60, 100)]
    (row,) = with_points([Row(tuple(Part(part, 0.0) for part in parts), 100.0)], [blot(70, 65)])
    assert len(row.parts) == 4


def test_no_ink_is_no_row() -> None:
    assert rows_of_ink(page()) == []
    assert rows_of_drawing(Drawing(())) == []


def test_a_texture_of_thousands_of_pieces_is_cut_short() -> None:
    ink = page((800, 800))
    for y in range(5, 790, 30):
        for x in range(5, 790, 10):
            ink[y : y + 26, x : x + 4] = 1
    started = time.process_time()
    rows = rows_of_ink(ink)
    assert sum(len(row.parts) for row in rows) <= 500
    assert time.process_time() - started < 5  # a minute and more, if each piece is compared with each


def test_what_is_known_to_be_whole_is_not_cut() -> None:
    ink = page((200, 600))
    ink[:, :300] = two_circles(gap=4)
    ink[:, 300:] = two_circles(gap=4)
    (row,) = rows_of_ink(ink)
    cut = with_cuts(row, [True, False])
    assert cut.parts[0] == row.parts[0]
    assert len(cut.parts) > 3


def test_small_marks_do_not_decide_the_usual_height() -> None:
    ink = page()
    for x in range(100, 400, 60):
        bar(ink, x, 100)
    for x in range(100, 800, 30):
        bar(ink, x, 400, height=16)
    assert usual_height(components_of(ink), 8) == pytest.approx(80, abs=3)


def test_strokes_of_a_drawing_are_in_rows_with_their_order() -> None:
    strokes = [[[200, 20], [200, 90]], [[40, 20], [40, 90]], [[120, 160], [120, 230]]]
    rows = rows_of_drawing(Drawing(tuple(np.array(stroke, np.float32) for stroke in strokes)))
    assert [[part.ink.order for part in row.parts] for row in rows] == [[1, 0], [2]]
