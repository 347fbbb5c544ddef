"""What is learned from, and how."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np

from mnist_app.domain.arrays import ByteArray
from mnist_app.domain.handwriting import Drawing


@dataclass(frozen=True)
class Split:
    """Labelled digits: (N, 28, 28) uint8 images, 255 = ink, and (N,) uint8 labels 0-9."""

    images: ByteArray
    labels: ByteArray

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def digest(self) -> str:
        """What tells it from every other: the SHA-256 of its images and labels."""
        content = hashlib.sha256(np.ascontiguousarray(self.images).data)
        content.update(np.ascontiguousarray(self.labels).data)
        return content.hexdigest()


@dataclass(frozen=True)
class ImageSet:
    """A set to look at, for one use: "test", "training", "validation" or "varied".

    `means` is (11, 28, 28) uint8, the mean image of each digit and of what is none. Of "varied" images each
    `group` are one original and what augmentation makes of it. Where these are only a sample, `whole` is how
    many images there are; 0 where these are all.
    """

    name: str
    use: str
    digest: str
    split: Split
    means: ByteArray
    group: int = 1
    whole: int = 0


@dataclass(frozen=True)
class PenStrokes:
    """Labelled drawings by known people: N drawings, (N,) uint8 labels 0-9 and (N,) uint8 writers."""

    drawings: tuple[Drawing, ...]
    labels: ByteArray
    writers: ByteArray


@dataclass(frozen=True)
class Dataset:
    """What is learned from, and what is only ever scored once."""

    train: Split
    test: Split


@dataclass(frozen=True)
class Material:
    """What a run learns from, what it is chosen and calibrated by, and what it is scored on once.

    Training and validation are by source: mnist, pen, fonts, nondigits. Test sets have names for people.
    Labels of what is no digit are 10. The three share no MNIST image, no writer, no font.
    """

    training: Mapping[str, Split]
    validation: Mapping[str, Split]
    test: Mapping[str, Split]

    @property
    def validation_digits(self) -> dict[str, Split]:
        """What epochs are chosen and answers calibrated by: validation without what is no digit."""
        return {name: split for name, split in self.validation.items() if name != "nondigits"}


SOURCES = ("mnist", "pen", "fonts", "nondigits")
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16")
_WHOLE, _REAL = (int,), (int, float)
_RULES: dict[str, tuple[tuple[type, ...], str, Callable[[float], bool]]] = {
    "epochs": (_WHOLE, "a whole number from 1 to 10,000", lambda n: 1 <= n <= 10_000),
    "batch_size": (_WHOLE, "a whole number from 1 to 60,000", lambda n: 1 <= n <= 60_000),
    "learning_rate": (_REAL, "a number above 0", lambda x: x > 0),
    "seed": (_WHOLE, "a whole number from 0 to 4,294,967,295", lambda n: 0 <= n < 2**32),
    "validation_share": (_REAL, "above 0 and at most 0.5", lambda x: 0 < x <= 0.5),
    "weight_decay": (_REAL, "at least 0", lambda x: x >= 0),
    "epoch_images": (_WHOLE, "a whole number, at least 0", lambda n: n >= 0),
    "patience": (_WHOLE, "a whole number, at least 0", lambda n: n >= 0),
    "ema": (_REAL, "at least 0 and below 1", lambda x: 0 <= x < 1),
}


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides how a model is trained.

    `preset` names the architecture, `validation_share` is the last share of MNIST's training images that
    is never trained on, `one_hot` picks categorical over sparse categorical cross-entropy. `shares` says how
    much of what is trained on comes from which source (they sum to 1), `epoch_images` how many images an
    epoch has (0: as many as there are), `patience` after how many epochs without a better validation
    loss to stop (0: never), `ema` the momentum of the weights' moving average (0: none), `precision` is
    Keras's dtype policy. Raises ValueError where a setting makes no sense.
    """

    preset: str
    epochs: int
    batch_size: int
    learning_rate: float = 1e-3
    seed: int = 0
    validation_share: float = 0.2
    one_hot: bool = False
    augment: bool = False
    cosine_decay: bool = False
    weight_decay: float = 0.0
    shares: Mapping[str, float] = field(default_factory=lambda: {"mnist": 1.0})
    epoch_images: int = 0
    patience: int = 0
    ema: float = 0.0
    precision: str = "float32"

    def __post_init__(self) -> None:
        for name, (kind, rule, holds) in _RULES.items():
            value = getattr(self, name)
            is_number = isinstance(value, kind) and not isinstance(value, bool)
            if not (is_number and math.isfinite(value) and holds(value)):
                raise ValueError(f"{name} must be {rule}, got {value!r:.40}")
        _check_shares(self.shares)
        if not isinstance(self.preset, str) or self.precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {PRECISIONS}, got {self.precision!r:.40}")

    @property
    def learns_non_digits(self) -> bool:
        """Whether the network has a second head, for what is no digit."""
        return self.shares.get("nondigits", 0) > 0


def _check_shares(shares: Mapping[str, float]) -> None:
    if not shares or set(shares) - set(SOURCES):
        raise ValueError(f"shares must be of {', '.join(SOURCES)}, got {', '.join(shares) or 'none'}")
    if not all(isinstance(s, int | float) and math.isfinite(s) and s >= 0 for s in shares.values()):
        raise ValueError(f"shares must be numbers, at least 0, got {dict(shares)!r:.80}")
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise ValueError(f"shares must sum to 1, got {sum(shares.values()):.4f}")
    if sum(share for source, share in shares.items() if source != "nondigits") <= 0:
        raise ValueError("shares must leave some for digits, got all for nondigits")


@dataclass(frozen=True)
class Epoch:
    """One line of a run's history. Accuracies are 0..1; `learning_rate` is the epoch's last.

    What was not measured, or is no finite number, is NaN.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


# The figures that say how good an epoch is, the best measure first.
FIGURES = ("val_accuracy", "val_loss", "accuracy", "loss")


def best_epoch(history: Sequence[Epoch]) -> Epoch:
    """The first epoch with the best validation accuracy; of what was not measured, the next best figure."""
    measured = (figure for figure in FIGURES if any(_is_measured(epoch, figure) for epoch in history))
    figure = next(measured, None)
    if figure is None:  # it diverged at once
        return history[0]
    best = min if figure.endswith("loss") else max
    return best((epoch for epoch in history if _is_measured(epoch, figure)), key=attrgetter(figure))


def _is_measured(epoch: Epoch, figure: str) -> bool:
    return math.isfinite(getattr(epoch, figure))
