from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Split
from mnist_app.explaining.look_alikes import LookAlikes


@pytest.fixture
def index(mnist: Split) -> LookAlikes:
    split = mnist[:200]
    return LookAlikes(split, split.images.reshape(200, -1).astype(np.float32))


def test_an_image_looks_most_like_itself(index: LookAlikes, mnist: Split) -> None:
    features = mnist.images[7].reshape(-1).astype(np.float32)
    first, second, *_ = index.nearest(features, int(mnist.labels[7]), 3)
    assert np.array_equal(first.image, mnist.images[7])
    assert first.distance == 0 < second.distance


def test_only_images_of_the_digit_are_found(index: LookAlikes) -> None:
    assert {each.label for each in index.nearest(np.zeros(784, np.float32), 4, 10)} == {4}


def test_a_file_gives_the_same_neighbours(index: LookAlikes, mnist: Split) -> None:
    again = LookAlikes.parse(index.encoded())
    features = mnist.images[201].reshape(-1).astype(np.float32)
    for one, other in zip(index.nearest(features, 3, 5), again.nearest(features, 3, 5), strict=True):
        assert np.array_equal(one.image, other.image)
        assert other.distance == pytest.approx(one.distance, rel=1e-2)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive"])
def test_another_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        LookAlikes.parse(content)


def test_parts_that_do_not_belong_together_are_refused(mnist: Split) -> None:
    wrong = LookAlikes(Split(mnist.images[:3], mnist.labels[:2]), np.zeros((3, 5), np.float32))
    with pytest.raises(ValueError, match="2 labels"):
        LookAlikes.parse(wrong.encoded())
