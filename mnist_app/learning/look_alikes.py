"""The index of training images that explain a run's answers by those most like them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from mnist_app.domain import DIGITS, SOURCES, Kind, Split
from mnist_app.explaining.activations import Inspector
from mnist_app.explaining.look_alikes import LookAlikes
from mnist_app.ink.canonical import from_bytes
from mnist_app.runs.files import LOOK_ALIKES_FILE, SERVED_FILE

IMAGES = 10_000  # 3.6 MB for `world`
PRINTED = {"fonts", "styles"}  # nobody's hand


def write_look_alikes(folder: Path, training: Mapping[str, Split]) -> None:
    """Write the index of a run's folder from its training images by source, if any are by hand.

    Raises OSError.
    """
    if not (hands := by_hand(training)):
        return
    images = sample([training[key] for key in hands])
    inspector = Inspector((folder / SERVED_FILE).read_bytes())
    index = LookAlikes(images, inspector.features(from_bytes(images.images)))
    (folder / LOOK_ALIKES_FILE).write_bytes(index.encoded())


def by_hand(sources: Iterable[str]) -> list[str]:
    """Return those of the sources' keys whose digits people wrote, and will not take back."""
    found = [SOURCES[key] for key in sources if key not in PRINTED]
    return [source.key for source in found if source.kind is Kind.DIGITS and not source.is_local]


def sample(hands: Sequence[Split]) -> Split:
    """Return at most IMAGES images, as many of each digit and split."""
    rng = np.random.default_rng(0)
    each = IMAGES // (len(hands) * len(DIGITS))
    chosen = []
    for split in hands:
        for digit in DIGITS:
            some = rng.permutation(np.flatnonzero(split.labels == digit))[:each]
            chosen.append(Split(split.images[some], split.labels[some]))
    return Split.joined(chosen)
