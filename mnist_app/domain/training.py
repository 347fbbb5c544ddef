"""Settings of a training, the presets, and the history that a training leaves."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from mnist_app.domain.catalogue import SOURCES, Kind

MAX_EPOCHS = 10_000
MAX_BATCH = 60_000  # images
MAX_SEED = 2**32 - 1
FASTEST = "fastest"  # of float32 and mixed_bfloat16 on the machine that trains
PRECISIONS = ("float32", "mixed_bfloat16", "mixed_float16", FASTEST)
_WHOLE, _REAL = (int,), (int, float)
_RULES: dict[str, tuple[tuple[type, ...], str, Callable[[float], bool]]] = {
    "epochs": (_WHOLE, f"a whole number from 1 to {MAX_EPOCHS:,}", lambda n: 1 <= n <= MAX_EPOCHS),
    "batch_size": (_WHOLE, f"a whole number from 1 to {MAX_BATCH:,}", lambda n: 1 <= n <= MAX_BATCH),
    "learning_rate": (_REAL, "a number above 0", lambda x: x > 0),
    "seed": (_WHOLE, f"a whole number from 0 to {MAX_SEED:,}", lambda n: 0 <= n <= MAX_SEED),
    "validation_share": (_REAL, "above 0 and at most 0.5", lambda x: 0 < x <= 0.5),
    "weight_decay": (_REAL, "at least 0", lambda x: x >= 0),
    "epoch_images": (_WHOLE, "a whole number, at least 0", lambda n: n >= 0),
    "patience": (_WHOLE, "a whole number, at least 0", lambda n: n >= 0),
    "ema": (_REAL, "at least 0 and below 1", lambda x: 0 <= x < 1),
}


@dataclass(frozen=True)
class TrainConfig:
    """Every setting that decides how a model is trained.

    `preset` names the architecture. `validation_share` of MNIST's training images, 0..0.5, is never trained
    on: the last of them, or with `writers_apart` all images of some writers. `one_hot` picks categorical over
    sparse categorical cross-entropy. `shares` maps sources to their shares of the training images (they sum
    to 1). `epoch_images` is the number of images in an epoch (0: all), `patience` the number of epochs
    without a better validation loss before a training ends (0: never), `ema` the momentum of the weights'
    moving average (0: none), `precision` Keras's dtype policy, or FASTEST. Raises ValueError if a setting is
    out of its range.
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
    writers_apart: bool = False

    def __post_init__(self) -> None:
        for name, (kind, rule, holds) in _RULES.items():
            value = getattr(self, name)
            is_number = isinstance(value, kind) and not isinstance(value, bool)
            if not (is_number and _is_finite(value) and holds(value)):
                raise ValueError(f"{name} must be {rule}, got {value!r:.40}")
        _check_shares(self.shares)
        if not isinstance(self.preset, str) or self.precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {PRECISIONS}, got {self.precision!r:.40}")

    @property
    def learns_non_digits(self) -> bool:
        """True if some training images show no digit: the network then has a second head."""
        return any(share > 0 for key, share in self.shares.items() if SOURCES[key].kind is Kind.NON_DIGITS)


def _is_finite(number: float) -> bool:
    return abs(number) <= sys.float_info.max  # math.isfinite raises for a whole number of 400 digits


def _check_shares(shares: Mapping[str, float]) -> None:
    if not shares or set(shares) - set(SOURCES):
        raise ValueError(f"shares must be of {', '.join(SOURCES)}, got {', '.join(shares) or 'none'}")
    if not all(isinstance(s, int | float) and _is_finite(s) and s >= 0 for s in shares.values()):
        raise ValueError(f"shares must be numbers, at least 0, got {dict(shares)!r:.80}")
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise ValueError(f"shares must sum to 1, got {sum(shares.values()):.4f}")
    if not any(share > 0 for key, share in shares.items() if SOURCES[key].kind is not Kind.NON_DIGITS):
        raise ValueError(f"shares must leave some for digits, got all for {', '.join(shares)}")


@dataclass(frozen=True)
class Epoch:
    """One line of a run's history. Accuracies are 0..1; `learning_rate` is the epoch's last.

    A figure that was not measured, or is not finite, is NaN.
    """

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


# Figures that epochs are compared by, the best measure first.
FIGURES = ("val_accuracy", "val_loss", "accuracy", "loss")


def best_epoch(history: Sequence[Epoch]) -> Epoch:
    """Return the first epoch with the best validation accuracy; if unmeasured, the next best figure."""
    for figure in FIGURES:
        measured = [epoch for epoch in history if math.isfinite(getattr(epoch, figure))]
        if measured:
            best = min if figure.endswith("loss") else max
            return best(measured, key=attrgetter(figure))
    return history[0]  # it diverged at once


# Named trainings.
PRESETS: dict[str, TrainConfig] = {
    # The two dense networks that MNIST notebooks train, with their own recipes.
    "dense-128": TrainConfig("dense-128", epochs=5, batch_size=64, one_hot=True),
    "dense-128-128": TrainConfig("dense-128-128", epochs=15, batch_size=32),
    "convnet": TrainConfig(
        "convnet",
        epochs=24,
        batch_size=128,
        learning_rate=3e-3,
        validation_share=1 / 12,  # 5,000 images
        augment=True,
        cosine_decay=True,
        weight_decay=1e-2,
    ),
    # Handwriting of many countries, and non-digits.
    "world": TrainConfig(
        "world",
        epochs=24,
        batch_size=128,
        learning_rate=3e-3,
        validation_share=1 / 12,
        augment=True,
        cosine_decay=True,
        weight_decay=2e-2,
        shares={
            "mnist": 0.35,
            "pen": 0.1,
            "pens": 0.17,
            "paper": 0.08,
            "fonts": 0.02,
            "nondigits": 0.08,
            "letters": 0.17,
            "styles": 0.03,
        },
        epoch_images=80_000,
        precision=FASTEST,
        writers_apart=True,
    ),
}

ABOUT = {
    "dense-128": "One hidden layer of 128 units, as MNIST notebooks begin.",
    "dense-128-128": "Two hidden layers of 128 units, as MNIST notebooks go on.",
    "convnet": "A small convolutional network, trained on MNIST alone.",
    "world": "A convolutional network for handwriting of many countries, which can also say “not a digit”.",
}
