"""The training images that a model finds most like a digit: nearest in what its head judges."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

import numpy as np

from mnist_app.domain import ByteArray, FloatArray, Split

LEVELS = 255  # steps of a stored feature; the nearest image is the same as with float32 for 99 % of digits


@dataclass(frozen=True)
class LookAlike:
    """A training image, (28, 28) uint8, its label, 0-9, and its distance in the model's feature space."""

    image: ByteArray
    label: int
    distance: float


class LookAlikes:
    """An index of training images by their features."""

    def __init__(self, split: Split, features: FloatArray) -> None:
        """Index N labelled images by their (N, K) features."""
        self._split = split
        self._features = features
        self._lengths = np.square(features).sum(axis=1)

    @classmethod
    def parse(cls, content: bytes) -> LookAlikes:
        """Read an index from the content of its file. Raises ValueError if it is none."""
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                images, labels = arrays["images"], arrays["labels"]
                features, scale = arrays["features"], arrays["scale"]
        except (OSError, EOFError, KeyError, zipfile.BadZipFile) as error:
            raise ValueError(str(error)) from error
        count = len(labels)
        if images.shape != (count, 28, 28) or features.ndim != 2 or len(features) != count:
            raise ValueError(f"{count} labels for images of {images.shape} and features of {features.shape}")
        return cls(Split(images, labels), features * scale)

    def encoded(self) -> bytes:
        """Return the content of a file; features are rounded to LEVELS steps."""
        scale = np.float32(max(float(self._features.max()), 1e-6) / LEVELS)
        content = io.BytesIO()
        np.savez_compressed(
            content,
            images=self._split.images,
            labels=self._split.labels,
            features=np.rint(self._features / scale).clip(0, LEVELS).astype(np.uint8),
            scale=scale,
        )
        return content.getvalue()

    def nearest(self, features: FloatArray, digit: int, count: int) -> list[LookAlike]:
        """Return the images of a digit that are nearest to (K,) features, the nearest first."""
        of_digit = np.flatnonzero(self._split.labels == digit)
        squares = self._lengths[of_digit] - 2 * self._features[of_digit] @ features + features @ features
        best = np.argsort(squares, kind="stable")[:count]
        return [
            LookAlike(self._split.images[k], digit, float(np.sqrt(max(square, 0))))
            for k, square in zip(of_digit[best], squares[best], strict=True)
        ]
