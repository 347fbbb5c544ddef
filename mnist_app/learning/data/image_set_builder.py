"""What people may want to look at, kept as image sets: all that is trained on and scored on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from pathlib import Path

import numpy as np

from mnist_app.domain import Split, TrainConfig
from mnist_app.errors import DataError
from mnist_app.ink.canonical import to_bytes
from mnist_app.learning.data import sources, test_sets
from mnist_app.learning.data.augmentation import augment
from mnist_app.learning.data.downloads import offline
from mnist_app.learning.data.mnist import load_mnist
from mnist_app.learning.data.test_sets import CORRUPTED, FONTS, LOW, MNIST, NOT_DIGITS, PEN
from mnist_app.runs.image_sets import SetStore, unwritable

ORIGINALS = 12  # of each class of a source, that are shown varied
VARIATIONS = 11  # of each of them
# Of what is made by the ten thousand, every so manieth image is kept: one rendering of each pen drawing, and
# an odd number where images are made in two ways by turns.
SAMPLED = {"pen": sources.RENDERINGS, "nondigits": 7}
# Use, name, and what may have to be downloaded for it. What people look at first is made first, and what
# needs no download before what does.
ORDER = (
    ("test", MNIST, ""),
    ("training", "mnist", ""),
    ("test", LOW, ""),
    ("test", CORRUPTED, ""),
    ("test", PEN, "pen strokes"),
    ("training", "pen", "pen strokes"),
    ("test", FONTS, "fonts"),
    ("training", "fonts", "fonts"),
    ("test", NOT_DIGITS, "fonts"),
    ("training", "nondigits", "fonts"),
)
_SEED = 4_000

Say = Callable[[str], None]


def keep(sets: Mapping[str, Split], say: Say) -> None:
    """Keep test sets by name. Where the disk does not allow it, they are not there to be seen."""
    for name, split in sets.items():
        try:
            SetStore().write(name, "test", split)
        except OSError as error:
            say(f"{name} could not be kept to be looked at: {error.strerror}")
            return


def prepare(config: TrainConfig, path: Path | str | None, say: Say) -> list[str]:
    """Make and keep all that a training with this config has, one set at a time, and `say` each.

    `path` is where data sets are looked for first. Returns what could not be had, and why. Raises DataError
    where that is MNIST, or where nothing can be written.
    """
    mnist = load_mnist(path)
    tests, originals = test_sets.makers(mnist.test, path), sources.makers(config, mnist.train, path)
    missing, refused = [], set[str]()
    for use, name, download in ORDER:
        try:
            # Who refused a download once is not asked again: that takes npm a minute each time.
            with offline("the download failed a moment ago") if download in refused else nullcontext():
                if use == "test":
                    for each, split in tests[name]():
                        _write(each, use, split, say)
                else:
                    _write_source(name, *originals[name](), say)
        except DataError as error:
            refused.add(download)
            missing.append(f"{use}: {name.strip(' ,:')}: {error}")
        except OSError as error:
            raise unwritable(error) from error
    return missing


def varied(split: Split) -> Split:
    """ORIGINALS of each class, each of them before VARIATIONS of it, as the model sees them."""
    rng = np.random.default_rng(_SEED)
    positions = [np.flatnonzero(split.labels == label) for label in np.unique(split.labels)]
    chosen = np.concatenate([rng.permutation(p)[:ORIGINALS] for p in positions])
    originals = split.images[chosen]
    versions = [to_bytes(augment(originals, rng)) for _ in range(VARIATIONS)]
    rows = np.stack([originals, *versions], axis=1)  # (N, 1 + VARIATIONS, 28, 28)
    return Split(rows.reshape(-1, *rows.shape[2:]), np.repeat(split.labels[chosen], 1 + VARIATIONS))


def _write_source(name: str, training: Split, validation: Split, say: Say) -> None:
    step = SAMPLED.get(name, 1)
    sample = Split(training.images[::step], training.labels[::step])
    _write(name, "varied", varied(training), say, group=1 + VARIATIONS)
    _write(name, "training", sample, say, whole=len(training) if step > 1 else 0)
    _write(name, "validation", validation, say)


def _write(name: str, use: str, split: Split, say: Say, group: int = 1, whole: int = 0) -> None:
    SetStore().write(name, use, split, group, whole)
    many = f"{len(split):,} of {whole:,}" if whole else f"{len(split):,}"
    say(f"{use}: {name}, {many} images")
