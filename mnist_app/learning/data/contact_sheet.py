"""A contact sheet of training images, so that a person can judge them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from mnist_app.domain import ByteArray, TrainConfig
from mnist_app.errors import DataError
from mnist_app.ink.canonical import SIZE, from_bytes, to_bytes
from mnist_app.learning.data.augmentation import augment
from mnist_app.learning.data.sources import TrainingData

COLUMNS, ROWS = 30, 6  # of each source
_TITLE = 18  # pixels
_ENLARGED = 2


def write_contact_sheet(config: TrainConfig, data: TrainingData, file: Path) -> None:
    """Write `contact_sheet` as a PNG file. Raises DataError if it cannot be written."""
    _, png = cv2.imencode(".png", contact_sheet(config, data))
    try:
        file.write_bytes(png.tobytes())
    except OSError as error:
        raise DataError(f"{file} cannot be written: {error.strerror}.") from None


def contact_sheet(config: TrainConfig, data: TrainingData) -> ByteArray:
    """Draw ROWS rows of every source with a share, as the model gets them: (H, W) uint8."""
    rng = np.random.default_rng(config.seed)
    bands = []
    for name, share in config.shares.items():
        split = data.training[name]
        images = split.images[rng.choice(len(split), COLUMNS * ROWS, replace=len(split) < COLUMNS * ROWS)]
        seen = augment(images, rng) if config.augment else from_bytes(images)
        bands.append(_band(f"{name}, {share:.0%}: {len(split):,} images", to_bytes(seen)))
    return np.concatenate(bands)


def _band(title: str, images: ByteArray) -> ByteArray:
    tiles = images.reshape(ROWS, COLUMNS, SIZE, SIZE).transpose(0, 2, 1, 3)
    grid = tiles.reshape(ROWS * SIZE, COLUMNS * SIZE)
    large = np.repeat(np.repeat(grid, _ENLARGED, axis=0), _ENLARGED, axis=1)
    head = np.full((_TITLE, large.shape[1]), 60, np.uint8)
    cv2.putText(head, title, (4, _TITLE - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 255, 1, cv2.LINE_AA)
    return np.concatenate([head, large])
