from __future__ import annotations

import pytest

from tests.helpers.readings import digit, reading


@pytest.mark.parametrize(
    ("confidences", "is_doubtful"),
    [((0.8, 0.8, 0.99), True), ((0.8, 0.99), False), ((0.8,), False), ((0.99, 0.99), False)],
)
def test_a_reading_is_mostly_doubtful_if_more_than_half_of_several_digits_are(
    confidences: tuple[float, ...], is_doubtful: bool
) -> None:
    digits = [digit(k, (15 * k, 0, 10, 20), confidence) for k, confidence in enumerate(confidences)]
    assert reading(digits).is_mostly_doubtful == is_doubtful
