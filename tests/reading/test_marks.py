from __future__ import annotations

import pytest

from tests.reading.test_lattice import at, read


@pytest.mark.parametrize(("gap", "doubtful"), [(5, [False, True, True, False]), (80, [False] * 4)])
def test_digits_on_either_side_of_what_was_left_out_are_doubtful_if_it_is_near(
    gap: float, doubtful: list[bool]
) -> None:
    scribble = at(110 + gap, sure=0.0, width=90, height=70)
    row = read(at(0), at(60), scribble, at(200 + 2 * gap), at(260 + 2 * gap))
    assert [h.is_doubtful for h in row.digits] == doubtful


@pytest.mark.parametrize(("gap", "doubtful"), [(2, [False, True]), (30, [False, False])])
def test_what_was_left_out_beside_a_digit_may_be_a_piece_of_it_if_it_nearly_touches(
    gap: float, doubtful: list[bool]
) -> None:
    row = read(at(0), at(60), at(110 + gap, sure=0.0, width=90, height=70))
    assert [h.is_doubtful for h in row.digits] == doubtful
