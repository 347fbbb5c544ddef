from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnist_app.domain import Split
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import BOX, SIZE, canonical, from_bytes, to_bytes


def test_mnist_passes_through_the_door_almost_unchanged(mnist: Split) -> None:
    images = from_bytes(mnist.images)
    passed = np.stack([canonical(image) for image in images])
    unchanged = (passed == images).all(axis=(1, 2))
    assert unchanged.mean() >= 0.999
    assert np.abs(passed - images).mean() < 1e-4


@settings(max_examples=40, deadline=None)
@given(index=st.integers(0, 4999), top=st.integers(0, 300), left=st.integers(0, 300))
def test_position_in_the_frame_does_not_change_the_digit(
    mnist: Split, index: int, top: int, left: int
) -> None:
    image = from_bytes(mnist.images[index])
    frame = np.zeros((400, 400), np.float32)
    frame[top : top + SIZE, left : left + SIZE] = image
    assert np.array_equal(canonical(frame), canonical(image))


@pytest.mark.parametrize("scale", [3, 8, 20])
def test_size_in_the_frame_hardly_changes_the_digit(mnist: Split, scale: int) -> None:
    for image in from_bytes(mnist.images[:20]):
        larger = np.kron(image, np.ones((scale, scale), np.float32))
        assert np.abs(canonical(larger) - canonical(image)).mean() < 0.002


def test_the_longer_side_fills_the_box_and_the_mass_is_centred() -> None:
    ink = np.zeros((200, 300), np.float32)
    ink[20:180, 40:60] = 1
    rows, columns = np.nonzero(canonical(ink))
    assert np.ptp(rows) + 1 == BOX
    assert abs(rows.mean() - 14) <= 0.5
    assert abs(columns.mean() - 14) <= 0.5


def test_values_are_exactly_what_a_picture_of_them_shows(mnist: Split) -> None:
    ink = np.kron(from_bytes(mnist.images[0]), np.ones((5, 5), np.float32)) * np.float32(0.77)
    image = canonical(ink)
    assert image.dtype == np.float32
    assert image.shape == (SIZE, SIZE)
    assert np.array_equal(from_bytes(to_bytes(image)), image)


def test_no_ink_is_no_digit() -> None:
    with pytest.raises(NoDigitError, match="no ink"):
        canonical(np.zeros((50, 50), np.float32))


def test_a_filled_frame_is_no_digit() -> None:
    with pytest.raises(NoDigitError, match="fills the frame"):
        canonical(np.ones((50, 50), np.float32))


def test_a_single_pixel_wide_stroke_survives() -> None:
    ink = np.zeros((160, 160), np.float32)
    ink[:, 80] = 1
    assert canonical(ink).sum() > 0
