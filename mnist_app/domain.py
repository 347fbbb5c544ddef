"""The nouns of the project, as frozen values. Standard library and numpy only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
ByteArray = npt.NDArray[np.uint8]

DIGITS = tuple(range(10))
CERTAIN = 0.95  # confidence from which a single candidate is called certain
FEW = 3  # candidates that are worth naming; with more, nobody knows


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
    `probabilities` is (10,) float32, in digit order, and sums to 1: which digit it is, if it is one.
    `is_digit` is False where the model takes it for something else, a letter or a scribble.
    `candidates` are the digits that it may be, the most probable first: one where the model is certain, more
    where one would be a guess. The written digit is among them 99 times of 100, also where it is not.
    """

    image: FloatArray
    probabilities: FloatArray
    box: Box
    is_digit: bool
    candidates: tuple[int, ...]

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

    @property
    def text(self) -> str:
        """The digit, or a question mark for what is none."""
        return str(self.digit) if self.is_digit else "?"

    @property
    def certainty(self) -> str:
        """In a word or two: "certain", "probably", "4 or 9", "not sure" or "not a digit"."""
        if not self.is_digit:
            return "not a digit"
        if not self.is_legible:
            return "not sure"
        if len(self.candidates) > 1:
            *others, last = map(str, self.candidates)
            return f"{', '.join(others)} or {last}"
        return "certain" if self.confidence >= CERTAIN else "probably"

    @property
    def is_legible(self) -> bool:
        """Whether it is a digit, and so few come into question that they are worth naming."""
        return self.is_digit and len(self.candidates) <= FEW

    @property
    def is_single(self) -> bool:
        """Whether it is a digit, and no other comes into question."""
        return self.is_digit and len(self.candidates) == 1


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
        """The text of each row; what is no digit is a question mark."""
        return tuple("".join(digit.text for digit in row) for row in self.rows)

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


@dataclass(frozen=True)
class TrainConfig:
    """Everything that decides how a model is trained.

    `preset` names the architecture, `validation_share` is the last share of MNIST's training images that
    is never trained on, `one_hot` picks categorical over sparse categorical cross-entropy. `shares` says how
    much of what is trained on comes from which source (they sum to 1), `epoch_images` how many images an
    epoch has (0: as many as there are), `patience` after how many epochs without a better validation
    loss to stop (0: never), `ema` the momentum of the weights' moving average (0: none), `precision` is
    Keras's dtype policy.
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

    @property
    def learns_non_digits(self) -> bool:
        """Whether the network has a second head, for what is no digit."""
        return self.shares.get("nondigits", 0) > 0


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
class Answers:
    """What a model says of N images: (N, 10) probabilities, and (N,) how much each is like a digit, 0..1."""

    probabilities: FloatArray
    digitness: FloatArray

    @classmethod
    def from_output(cls, output: FloatArray) -> Answers:
        """From a served model's output: (N, 11) where it learned what is no digit, else (N, 10).

        A model that did not is taken at its confidence: it tells some letters from digits, but not many.
        """
        probabilities = output[:, : len(DIGITS)]
        return cls(
            probabilities,
            output[:, len(DIGITS)] if output.shape[1] > len(DIGITS) else probabilities.max(axis=1),
        )


@dataclass(frozen=True)
class Calibration:
    """How to take a run's answers, fitted on its validation images.

    The model's logits are divided by `temperature` already, in its files. What has less than
    `least_digitness` is no digit. Where the model is not certain, a digit's candidates are added, the most
    probable first, until they have more than `mass` of the probability; for 1 - `miss` of those digits, the
    right one was there.
    """

    temperature: float
    least_digitness: float
    mass: float
    miss: float

    def candidates(self, probabilities: FloatArray) -> tuple[int, ...]:
        """The digits that (10,) probabilities leave possible, the most probable first; one if certain."""
        order = np.argsort(-probabilities, kind="stable")
        if probabilities[order[0]] >= CERTAIN:
            return (int(order[0]),)
        before = np.cumsum(probabilities[order]) - probabilities[order]
        return tuple(int(digit) for digit in order[(before <= self.mass) | (np.arange(len(order)) == 0)])


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
    calibration: Calibration
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


@dataclass(frozen=True)
class SetScore:
    """A calibrated model's score on one test set, all 0..1 but for `images` and `candidates`.

    `error` is the expected calibration error, `coverage` how often the written digit is a candidate,
    `candidates` their mean number, `turned_away` the share taken for no digit. Of what is no digit, only
    that is known.
    """

    name: str
    images: int
    turned_away: float
    accuracy: float | None = None
    error: float | None = None
    coverage: float | None = None
    candidates: float | None = None
