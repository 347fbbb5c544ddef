from __future__ import annotations

import time

import numpy as np
import pytest

from mnist_app.domain import FloatArray, Split
from mnist_app.ink.canonical import BOX, canonical, from_bytes, to_bytes
from mnist_app.learning.data import augmentation
from mnist_app.learning.data.augmentation import augment


def test_the_same_seed_gives_the_same_images(mnist: Split) -> None:
    images = mnist.images[:50]
    assert np.array_equal(
        augment(images, np.random.default_rng(3)), augment(images, np.random.default_rng(3))
    )


def test_most_images_vary_and_some_stay_as_written(mnist: Split) -> None:
    images = mnist.images[:600]
    varied = augment(images, np.random.default_rng(0))
    same = (varied == from_bytes(images)).all(axis=(1, 2))
    assert abs(same.mean() - augmentation.AS_WRITTEN) < 0.06


def test_augmented_images_are_model_inputs(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmentation, "LOOSE_SHARE", 0)
    varied = augment(mnist.images[:200], np.random.default_rng(0))
    assert varied.shape == (200, 28, 28)
    assert varied.dtype == np.float32
    assert np.array_equal(from_bytes(to_bytes(varied)), varied)


def test_augmented_digits_have_the_protocols_size(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmentation, "LOOSE_SHARE", 0)
    varied = augment(mnist.images[:300], np.random.default_rng(0))
    sides = [max(np.ptp(np.flatnonzero(image.any(axis=axis))) + 1 for axis in (0, 1)) for image in varied]
    assert max(sides) == BOX
    assert min(sides) >= BOX - 2  # the soft edge of a blurred digit counts, and fades away
    assert np.mean(np.array(sides) == BOX) > 0.8


def loosely_moved(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> FloatArray:
    """Images that are moved and scaled, and nothing else."""
    for name in (
        "AS_WRITTEN",
        "TURN",
        "SHEAR",
        "STRETCH",
        "BEND",
        "PEN",
        "GAP_SHARE",
        "BLUR_SHARE",
        "FAINT_SHARE",
    ):
        monkeypatch.setattr(augmentation, name, 0)
    monkeypatch.setattr(augmentation, "NIBS", (0,))
    monkeypatch.setattr(augmentation, "LOOSE_SHARE", 1)
    return augment(mnist.images[:300], np.random.default_rng(0))


def extent(images: FloatArray) -> np.ndarray:
    """(N, 2): height and width of what is at least half ink, a pixel a pixel."""
    sides = [[np.ptp(np.flatnonzero((i >= 0.5).any(axis=axis))) + 1 for axis in (1, 0)] for i in images]
    return np.array(sides)


def centres(images: FloatArray) -> np.ndarray:
    """(N, 2): the centres of mass, y and x."""
    axis = np.arange(28)
    mass = images.sum(axis=(1, 2))
    return np.stack([images.sum(axis=2) @ axis / mass, images.sum(axis=1) @ axis / mass], axis=1)


def test_some_images_are_moved_and_scaled_within_their_limits(
    mnist: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = loosely_moved(mnist, monkeypatch)
    assert moved.dtype == np.float32
    assert moved.min() >= 0
    assert moved.max() <= 1
    before = from_bytes(mnist.images[:300])
    shift = np.abs(centres(moved) - centres(before))
    furthest = augmentation.LOOSE_SHIFT + 1  # scaled about the middle, the centre of mass moves as well
    assert 1 < shift.mean() < furthest
    assert np.quantile(shift, 0.99) < furthest
    scale = extent(moved).max(axis=1) / extent(before).max(axis=1)
    low, high = augmentation.LOOSE_SCALE
    assert low - 0.1 < np.quantile(scale, 0.02) < 0.95
    assert 1.05 < np.quantile(scale, 0.98) < high + 0.1


def test_the_other_images_are_at_most_a_pixel_from_their_centre(
    mnist: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(augmentation, "LOOSE_SHARE", 0)
    varied = augment(mnist.images[:300], np.random.default_rng(0))
    assert np.abs(centres(varied) - 14).max() < augmentation.SHIFT + 0.7


def test_augmentation_keeps_the_amount_of_ink(mnist: Split) -> None:
    varied = augment(mnist.images[:500], np.random.default_rng(0))
    assert abs(varied.mean() / from_bytes(mnist.images[:500]).mean() - 1) < 0.1


def test_no_image_of_a_sheet_shows_its_neighbour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(augmentation, "AS_WRITTEN", 0)
    # It draws a number for each image, but not for one that is no digit.
    monkeypatch.setattr(augmentation, "_moved", lambda image, _: image)
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:16] = 255
    full, empty = np.full((28, 28), 255, np.uint8), np.zeros((28, 28), np.uint8)
    sheets = [np.stack([beside, image, beside]) for beside in (full, empty)]
    with_full, with_empty = (augment(sheet, np.random.default_rng(1))[1] for sheet in sheets)
    assert np.array_equal(with_full, with_empty)


def test_a_batch_larger_than_a_sheet_is_varied_to_its_end(
    mnist: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(augmentation, "SHEET", 16)
    monkeypatch.setattr(augmentation, "AS_WRITTEN", 0)
    varied = augment(mnist.images[:40], np.random.default_rng(0))
    assert not (varied == from_bytes(mnist.images[:40])).all(axis=(1, 2)).any()


def test_a_blot_is_replaced_by_the_digit_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AS_WRITTEN", "TURN", "SHEAR", "STRETCH", "BEND", "FAINT_SHARE"):
        monkeypatch.setattr(augmentation, name, 0)
    monkeypatch.setattr(augmentation, "NIBS", (8,))
    blot = np.zeros((28, 28), np.uint8)
    blot[4:24, 4:24] = 255
    blot[4:8, 4:15] = 0  # just below what the door lets through
    canonical(from_bytes(blot))
    varied = augment(np.stack([blot] * 80), np.random.default_rng(0))
    assert (varied == from_bytes(blot)).all(axis=(1, 2)).any()


def test_one_sheet_is_faster_than_single_images(mnist: Split) -> None:
    def seconds(step: int) -> float:
        started = time.process_time()
        for i in range(0, 128, step):
            augment(mnist.images[i : i + step], np.random.default_rng(i))
        return time.process_time() - started

    assert min(seconds(128) for _ in range(3)) < min(seconds(1) for _ in range(3))
