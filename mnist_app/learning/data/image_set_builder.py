"""Make images to look at: sets of all that is trained on and scored on, and contact sheets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from itertools import zip_longest
from pathlib import Path

import cv2
import numpy as np

from mnist_app.domain import NOT_A_DIGIT, SOURCES, ByteArray, Source, Split, TestSet, TrainConfig
from mnist_app.errors import DataError
from mnist_app.ink.canonical import SIZE, from_bytes, to_bytes
from mnist_app.learning.data import sources, test_sets
from mnist_app.learning.data.augmentation import augment
from mnist_app.learning.data.downloads import offline
from mnist_app.learning.data.mnist import Dataset, load_mnist
from mnist_app.learning.data.sources import Location, TrainingData, split_mnist
from mnist_app.learning.data.test_sets import TestSetLoader
from mnist_app.runs.image_sets import SetStore, Use, unwritable

ORIGINALS = 12  # of each class of a source, that are shown varied
VARIATIONS = 11  # of each of them
SHEET_ROWS, SHEET_COLUMNS = 6, 30  # of each source on a contact sheet
_ENLARGED, _TITLE = 2, 18  # pixels a pixel, and the height of a source's title
_SEED = 4_000

Report = Callable[[str], None]


def keep(sets: Mapping[TestSet, Split], report: Report) -> None:
    """Write test sets to the cache. If the disk does not allow it, report that: they cannot be looked at."""
    for test_set, split in sets.items():
        try:
            _write(test_set, "test", split)
        except OSError as error:
            report(f"{test_set.key} could not be kept to be looked at: {error.strerror}")
            return


def prepare(config: TrainConfig, path: Location, report: Report) -> list[str]:
    """Make and write all images that a training with this config has, one set at a time, and report each.

    `path` is where data sets are looked for first. Returns what could not be had, and why. Raises DataError
    if that is MNIST, or if nothing can be written.
    """
    mnist = load_mnist(path)
    missing, failed = [], set[str]()
    for item in _in_order():
        # A download that failed once is not tried again: npm takes a minute each time.
        retry = offline("the download failed a moment ago") if item.download in failed else nullcontext()
        try:
            with retry:
                for line in _made(item, mnist, config, path):
                    report(line)
        except DataError as error:
            failed.add(item.download)
            name = f"training: {item.key}" if isinstance(item, Source) else f"test: {item.name}"
            missing.append(f"{name}: {error}")
        except OSError as error:
            raise unwritable(error) from error
    return missing


def _in_order() -> Iterator[Source | TestSetLoader]:
    """Yield all that is to be made: first what needs no download, test sets and sources by turns."""
    kept = [source for source in SOURCES.values() if not source.is_local]
    everything: list[Source | TestSetLoader] = [*test_sets.LOADERS, *kept]
    for download in dict.fromkeys(item.download for item in everything):
        some = [item for item in everything if item.download == download]
        tests = [item for item in some if isinstance(item, TestSetLoader)]
        for pair in zip_longest(tests, [item for item in some if isinstance(item, Source)]):
            yield from (item for item in pair if item)


def _made(item: Source | TestSetLoader, mnist: Dataset, config: TrainConfig, path: Location) -> Iterator[str]:
    """Make and write the sets of a source or a loader. Yields a line for each that is written."""
    if isinstance(item, TestSetLoader):
        for test_set, split in zip(item.sets, item.load(mnist.test, path), strict=True):
            yield _write(test_set, "test", split)
        return
    loader = sources.LOADERS[item.key]
    training, validation = loader.load(split_mnist(config, mnist.train, path), path)
    sample = training[:: loader.step]
    yield _write(item, "varied", varied(training), group=1 + VARIATIONS)
    yield _write(item, "training", sample, whole=len(training) if loader.step > 1 else 0)
    if len(validation):
        yield _write(item, "validation", validation)


def varied(split: Split) -> Split:
    """Return ORIGINALS of each class, each of them before VARIATIONS of it, as the model sees them."""
    rng = np.random.default_rng(_SEED)
    positions = [np.flatnonzero(split.labels == label) for label in np.unique(split.labels)]
    chosen = np.concatenate([rng.permutation(p)[:ORIGINALS] for p in positions])
    originals = split.images[chosen]
    versions = [to_bytes(augment(originals, rng)) for _ in range(VARIATIONS)]
    rows = np.stack([originals, *versions], axis=1)  # (N, 1 + VARIATIONS, 28, 28)
    return Split(rows.reshape(-1, *rows.shape[2:]), np.repeat(split.labels[chosen], 1 + VARIATIONS))


def _write(item: Source | TestSet, use: Use, split: Split, group: int = 1, whole: int = 0) -> str:
    """Write one set to the cache. Returns the line that says so."""
    sets = [test_set for loader in test_sets.LOADERS for test_set in loader.sets]
    known: list[Source | TestSet] = list(SOURCES.values()) if isinstance(item, Source) else [*sets]
    order = known.index(item) if item in known else len(known)
    shown = Split(split.images, np.minimum(split.labels, NOT_A_DIGIT))  # a sign is looked at as no digit
    SetStore().write(item.key, use, shown, group, whole, item.title, item.origin, order)
    count = f"{len(split):,} of {whole:,}" if whole else f"{len(split):,}"
    return f"{use}: {item.key}, {count} images"


def write_contact_sheet(config: TrainConfig, data: TrainingData, file: Path) -> None:
    """Write `contact_sheet` as a PNG file. Raises DataError if it cannot be written."""
    _, png = cv2.imencode(".png", contact_sheet(config, data))
    try:
        file.write_bytes(png.tobytes())
    except OSError as error:
        raise DataError(f"{file} cannot be written: {error.strerror}.") from None


def contact_sheet(config: TrainConfig, data: TrainingData) -> ByteArray:
    """Draw some rows of images of every source with a share, as the model gets them: (H, W) uint8."""
    rng = np.random.default_rng(config.seed)
    count, bands = SHEET_ROWS * SHEET_COLUMNS, []
    for name, share in config.shares.items():
        split = data.training[name]
        images = split.images[rng.choice(len(split), count, replace=len(split) < count)]
        seen = to_bytes(augment(images, rng) if config.augment else from_bytes(images))
        tiles = seen.reshape(SHEET_ROWS, SHEET_COLUMNS, SIZE, SIZE).transpose(0, 2, 1, 3)
        grid = tiles.reshape(SHEET_ROWS * SIZE, SHEET_COLUMNS * SIZE)
        head = np.full((_TITLE, grid.shape[1] * _ENLARGED), 60, np.uint8)
        title = f"{name}, {share:.0%}: {len(split):,} images"
        cv2.putText(head, title, (4, _TITLE - 5), cv2.FONT_HERSHEY_SIMPLEX, 0.45, 255, 1, cv2.LINE_AA)
        bands += [head, grid.repeat(_ENLARGED, axis=0).repeat(_ENLARGED, axis=1)]
    return np.concatenate(bands)
