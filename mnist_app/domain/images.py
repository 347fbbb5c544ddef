"""Labelled images, and the arrays and classes that everything else is made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
ByteArray = npt.NDArray[np.uint8]

DIGITS = tuple(range(10))


@dataclass(frozen=True)
class Split:
    """Labelled images: (N, 28, 28) uint8, 255 = ink, and (N,) uint8 labels, 0-9 or NOT_A_DIGIT."""

    images: ByteArray
    labels: ByteArray

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: slice) -> Split:
        return Split(self.images[chosen], self.labels[chosen])

    @classmethod
    def joined(cls, splits: Iterable[Split]) -> Split:
        """Return the images of all splits, one after another; there must be one split."""
        every = list(splits)
        return cls(np.concatenate([s.images for s in every]), np.concatenate([s.labels for s in every]))

    @property
    def digest(self) -> str:
        """The SHA-256 of its images and labels, which tells it from every other split."""
        content = hashlib.sha256(np.ascontiguousarray(self.images).data)
        content.update(np.ascontiguousarray(self.labels).data)
        return content.hexdigest()


@dataclass(frozen=True)
class ImageSet:
    """Images to look at, for one use: "test", "training", "validation" or "varied".

    `means` is (11, 28, 28) uint8, the mean image of each digit and of the non-digits. Of "varied" images each
    `group` are one original and its augmented versions. If these are only a sample, `whole` is the number of
    all images, else 0. `title` and `origin` (with its licence) are for people, and `order` is the set's place
    in lists; images that earlier versions kept have none of the three.
    """

    name: str
    use: str
    digest: str
    split: Split
    means: ByteArray
    group: int = 1
    whole: int = 0
    title: str = ""
    origin: str = ""
    order: int = 0
