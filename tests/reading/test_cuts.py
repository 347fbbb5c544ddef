from __future__ import annotations

import pytest

from mnist_app.reading.components import joined
from mnist_app.reading.cuts import cut_apart
from tests.reading.ink_pages import bar, components_of, page, two_circles


def test_touching_digits_can_be_cut_where_they_touch() -> None:
    (piece,) = components_of(two_circles(gap=4))
    parts = cut_apart(piece, 110)
    assert parts[0][1] == 0
    edges = [part.left for part, _ in parts[1:]]
    assert min(abs(edge - 142) for edge in edges) <= 6  # among others; which to take is for the model
    assert all(cut > 0 for _, cut in parts[1:])


def test_cuts_lose_no_ink() -> None:
    (piece,) = components_of(two_circles(gap=4))
    whole = joined([part for part, _ in cut_apart(piece, 110)])
    assert whole.ink.sum() == pytest.approx(piece.ink.sum(), rel=0.01)


def test_a_narrow_piece_is_not_cut() -> None:
    ink = page()
    bar(ink, 100, 100)
    (piece,) = components_of(ink)
    assert cut_apart(piece, 80) == [(piece, 0.0)]
