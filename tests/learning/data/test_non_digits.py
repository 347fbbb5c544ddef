from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import FIRST_SIGN, NOT_A_DIGIT, SIGNS, Split
from mnist_app.learning.data import non_digits
from mnist_app.learning.data.fonts import Use
from mnist_app.learning.data.sources import NON_DIGITS, non_digit_images
from tests.learning.data.conftest import FACE


def test_no_letter_or_sign_looks_like_a_digit_to_people() -> None:
    assert not set(non_digits.LETTERS + non_digits.OTHERS) & set("0123456789OoQDIilJjZzSsbGBgqyYTaC|/!()")


def test_small_signs_are_signs_and_no_letters() -> None:
    assert set(non_digits.SMALL_SIGNS) <= set(SIGNS)
    assert not set(non_digits.SMALL_SIGNS) & set(non_digits.LETTERS + non_digits.OTHERS)


def test_letters_of_fonts_are_labelled_as_signs_or_as_no_digit() -> None:
    split = non_digits.letters([FACE, FACE], "A+=#")
    plus, equals = (FIRST_SIGN + SIGNS.index(sign) for sign in "+=")
    assert split.labels.tolist() == [NOT_A_DIGIT, plus, equals, NOT_A_DIGIT] * 2
    assert split.images.shape == (8, 28, 28)


@pytest.mark.usefixtures("cached")
def test_small_signs_are_trained_on_and_not_tested_on(mnist: Split) -> None:
    slash = FIRST_SIGN + SIGNS.index("/")
    expected: dict[Use, bool] = {"training": True, "validation": False, "test": False}
    for use, among in expected.items():
        rng = np.random.default_rng(0)
        labels = non_digit_images(use, mnist, 0.0005, rng)["letters and signs"].labels
        assert (slash in labels) == among, use


@pytest.mark.usefixtures("cached")
def test_what_is_drawn_is_no_digit(mnist: Split) -> None:
    images = non_digit_images("training", mnist, 0.001, np.random.default_rng(0))
    for kind in NON_DIGITS:
        assert set(images[kind].labels.tolist()) == {NOT_A_DIGIT}
        assert len(images[kind]) == len(images[kind].images)


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


def test_a_digit_that_is_crossed_out_has_more_ink_across_it(mnist: Split) -> None:
    ones = Split(mnist.images[mnist.labels == 1][:5], np.ones(5, np.uint8))
    wide = Split(mnist.images[mnist.labels == 0][:1], np.zeros(1, np.uint8))
    crossed = non_digits.crossed_out(Split.joined([ones, wide]), 20, np.random.default_rng(0))
    assert len(np.unique(crossed.reshape(20, -1), axis=0)) == 20
    middle = crossed[:, 10:18, 10:18].mean(axis=(1, 2))  # empty in a 0
    assert (middle > wide.images[0, 10:18, 10:18].mean() + 20).all()  # none is of a 1
