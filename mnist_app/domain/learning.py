"""What is learned from, and how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mnist_app.domain.arrays import ByteArray
from mnist_app.domain.handwriting import Drawing


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
