from __future__ import annotations

import numpy as np

from mnist_app.domain import Split
from mnist_app.ink.canonical import canonical, from_bytes, to_bytes
from mnist_app.learning import augmentation
from mnist_app.learning.augmentation import augment


def test_the_same_seed_gives_the_same_images(mnist: Split) -> None:
    images = mnist.images[:50]
    assert np.array_equal(
        augment(images, np.random.default_rng(3)), augment(images, np.random.default_rng(3))
    )


def test_most_images_vary_and_some_stay_as_written(mnist: Split) -> None:
    images = mnist.images[:400]
    varied = augment(images, np.random.default_rng(0))
    same = (varied == from_bytes(images)).all(axis=(1, 2))
    assert abs(same.mean() - augmentation.AS_WRITTEN) < 0.08


def test_augmented_images_are_model_inputs(mnist: Split) -> None:
    varied = augment(mnist.images[:200], np.random.default_rng(0))
    assert varied.shape == (200, 28, 28)
    assert varied.dtype == np.float32
    assert np.array_equal(from_bytes(to_bytes(varied)), varied)


def test_augmentation_keeps_the_amount_of_ink(mnist: Split) -> None:
    varied = augment(mnist.images[:500], np.random.default_rng(0))
    assert abs(varied.mean() / from_bytes(mnist.images[:500]).mean() - 1) < 0.1


def test_a_blot_is_replaced_by_the_digit_as_written() -> None:
    blot = np.zeros((28, 28), np.uint8)
    blot[4:24, 4:24] = 255
    blot[4:8, 4:15] = 0  # just below what the door lets through
    canonical(from_bytes(blot))
    varied = augment(np.stack([blot] * 40), np.random.default_rng(0))
    assert (varied == from_bytes(blot)).all(axis=(1, 2)).sum() > 40 * augmentation.AS_WRITTEN
