"""The nouns of the project, as frozen values. Standard library and numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
ByteArray = npt.NDArray[np.uint8]

DIGITS = tuple(range(10))


@dataclass(frozen=True)
class Drawing:
    """Pen strokes: each an (n, 2) float32 array of x, y in pixels, y pointing down."""

    strokes: tuple[FloatArray, ...]


@dataclass(frozen=True)
class Box:
    """A rectangle in the pixels of the drawing or the upright photo."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class Photo:
    """An upright photo: (H, W, 3) uint8 RGB, and its width over the original image's, at most 1."""

    pixels: ByteArray
    scale: float


@dataclass(frozen=True)
class Digit:
    """One digit as it was read.

    `image` is exactly what the model saw: (28, 28) float32, 1 = ink, in steps of 1/255.
    `probabilities` is (10,) float32, in digit order, and sums to 1.
    """

    image: FloatArray
    probabilities: FloatArray
    box: Box

    @property
    def digit(self) -> int:
        """The most probable digit, 0-9."""
        return int(self.probabilities.argmax())

    @property
    def confidence(self) -> float:
        """The probability of `digit`, 0..1."""
        return float(self.probabilities.max())

    @property
    def ranking(self) -> tuple[int, ...]:
        """All ten digits, the most probable first."""
        return tuple(int(d) for d in np.argsort(-self.probabilities, kind="stable"))


@dataclass(frozen=True)
class Reading:
    """What was read: rows of digits from top to bottom, each from left to right."""

    rows: tuple[tuple[Digit, ...], ...]

    @property
    def digits(self) -> tuple[Digit, ...]:
        """All digits in reading order."""
        return tuple(digit for row in self.rows for digit in row)

    @property
    def lines(self) -> tuple[str, ...]:
        """The text of each row."""
        return tuple("".join(str(d.digit) for d in row) for row in self.rows)

    @property
    def text(self) -> str:
        """The rows as text, one line a row."""
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Split:
    """Labelled digits: (N, 28, 28) uint8 images, 255 = ink, and (N,) uint8 labels 0-9."""

    images: ByteArray
    labels: ByteArray

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True)
class Dataset:
    """What is learned from, and what is only ever scored once."""

    train: Split
    test: Split


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides how a model is trained.

    `preset` names the architecture, `validation_share` is the last share of the training images that
    is never trained on, `one_hot` picks categorical over sparse categorical cross-entropy.
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


@dataclass(frozen=True)
class Epoch:
    """One line of a run's history. Accuracies are 0..1; `learning_rate` is the epoch's last."""

    epoch: int
    loss: float
    accuracy: float
    val_loss: float
    val_accuracy: float
    learning_rate: float
    seconds: float


@dataclass(frozen=True)
class Run:
    """A trained model and how it came about, as `run.json` states it.

    `files` maps the name of every other file of the run to its SHA-256.
    """

    name: str
    path: Path
    created: datetime
    config: TrainConfig
    versions: Mapping[str, str]
    commit: str | None
    parameters: int
    seconds: float
    best_epoch: int
    metrics: Mapping[str, float]
    files: Mapping[str, str]


@dataclass(frozen=True)
class DigitScore:
    """How well one digit is read, each 0..1; `support` is the number of images."""

    digit: int
    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True)
class Evaluation:
    """A model's score on a labelled set. `confusion[i][j]`: images of i read as j."""

    loss: float
    accuracy: float
    images: int
    per_digit: tuple[DigitScore, ...]
    confusion: tuple[tuple[int, ...], ...]
