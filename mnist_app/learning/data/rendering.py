"""Ink to labelled images, as the reader makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TypeVar

import numpy as np

from mnist_app.domain import FloatArray, Split
from mnist_app.errors import NoDigitError
from mnist_app.ink.canonical import SIZE, canonical, to_bytes

T = TypeVar("T")


def rendered(labelled: Iterable[tuple[T, int]], ink_of: Callable[[T], FloatArray]) -> Split:
    """Render the ink of each item with its label, without those that make no picture: empty ones and dots.

    `ink_of` returns an item's (H, W) ink, or raises NoDigitError.
    """
    images, kept = [], []
    for item, label in labelled:
        with suppress(NoDigitError):
            images.append(to_bytes(canonical(ink_of(item))))
            kept.append(label)
    stacked = np.stack(images) if images else np.zeros((0, SIZE, SIZE), np.uint8)
    return Split(stacked, np.array(kept, np.uint8))
