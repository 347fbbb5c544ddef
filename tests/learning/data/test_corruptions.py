from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Split
from mnist_app.learning.data.corruptions import KINDS, corrupt


@pytest.mark.parametrize("kind", KINDS)
def test_a_corruption_changes_the_picture_and_leaves_a_digit(kind: str, mnist: Split) -> None:
    spoilt = corrupt(mnist.images[:50], kind)
    assert spoilt.shape == (50, 28, 28)
    assert spoilt.dtype == np.uint8
    assert (spoilt != mnist.images[:50]).any(axis=(1, 2)).mean() > 0.9
    assert spoilt.any(axis=(1, 2)).all()
    assert np.array_equal(spoilt, corrupt(mnist.images[:50], kind))
