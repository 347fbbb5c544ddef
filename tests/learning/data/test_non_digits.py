from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Split
from mnist_app.learning.data import non_digits
from mnist_app.learning.data.sources import non_digit_images


def test_no_letter_or_sign_looks_like_a_digit_to_people() -> None:
    assert not set(non_digits.LETTERS + non_digits.SIGNS) & set("0123456789OoQDIilJjZzSsbGBgqyYTaC|/!()")


def test_shapes_that_are_tested_on_are_not_trained_on() -> None:
    assert not set(non_digits.TRAINING_SHAPES) & set(non_digits.TEST_SHAPES)


@pytest.mark.usefixtures("cached")
def test_every_kind_of_non_digit_gives_model_inputs_again_and_again(mnist: Split) -> None:
    both = [non_digit_images("test", mnist, 0.002, np.random.default_rng(0)) for _ in range(2)]
    for kind, split in both[0].items():
        images = split.images
        assert images.shape[1:] == (28, 28)
        assert images.dtype == np.uint8
        assert len(images) >= 8
        assert images.any(axis=(1, 2)).all()
        assert np.array_equal(images, both[1][kind].images)


def test_both_digits_of_a_pair_show(mnist: Split) -> None:
    pairs = non_digits.two_in_one(mnist, 40, np.random.default_rng(0))
    beside = pairs[::2]  # squeezed to the same box, so wide and low
    widths = [np.ptp(np.flatnonzero(image.any(axis=0))) for image in beside]
    heights = [np.ptp(np.flatnonzero(image.any(axis=1))) for image in beside]
    assert np.mean(np.array(widths) >= np.array(heights)) > 0.9
