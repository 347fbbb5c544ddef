from __future__ import annotations

import pytest

from mnist_app.domain import mcnemar


@pytest.mark.parametrize(
    ("first", "second", "p"), [(0, 0, 1), (5, 5, 1), (10, 2, 0.0385742), (0, 6, 0.03125)]
)
def test_mcnemars_test_of_cases_worked_by_hand(first: int, second: int, p: float) -> None:
    assert mcnemar(first, second) == mcnemar(second, first) == pytest.approx(p, rel=1e-5)
