"""Labelled images, and the catalogue of the data sets that they come from.

A new training source is an entry in SOURCES and a loader in `learning.data.sources`. A new test set is an
entry in `learning.data.test_sets`: its description travels with the scores and images that are made of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
ByteArray = npt.NDArray[np.uint8]

DIGITS = tuple(range(10))
NOT_A_DIGIT = 10  # the label of an image that shows neither a digit nor a sign
SIGNS = ".,-+/():=×%"  # the signs that numbers are written with; labels from FIRST_SIGN on
FIRST_SIGN = 11
MNIST_TEST = "MNIST test"  # the test set whose figures describe a run in one line


def kinds_of(labels: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Return (N,) kinds for (N,) labels: 0 for a digit, 1 for something else, from 2 on the signs."""
    return np.where(labels < NOT_A_DIGIT, 0, labels.astype(np.intp) - NOT_A_DIGIT + 1)


@dataclass(frozen=True)
class Split:
    """Labelled images: (N, 28, 28) uint8, 255 = ink, and (N,) uint8 labels: 0-9, NOT_A_DIGIT, or a sign's."""

    images: ByteArray
    labels: ByteArray

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, chosen: slice) -> Split:
        return Split(self.images[chosen], self.labels[chosen])

    @classmethod
    def joined(cls, splits: Iterable[Split]) -> Split:
        """Return the images of all splits, one after another; there must be one split."""
        every = list(splits)
        return cls(np.concatenate([s.images for s in every]), np.concatenate([s.labels for s in every]))

    @property
    def digest(self) -> str:
        """The SHA-256 of its images and labels, which tells it from every other split."""
        content = hashlib.sha256(np.ascontiguousarray(self.images).data)
        content.update(np.ascontiguousarray(self.labels).data)
        return content.hexdigest()


@dataclass(frozen=True)
class ImageSet:
    """Images to look at, for one use: "test", "training", "validation" or "varied".

    `means` is (11, 28, 28) uint8, the mean image of each digit and of the non-digits. Of "varied" images each
    `group` are one original and its augmented versions. If these are only a sample, `whole` is the number of
    all images, else 0. `title` and `origin` (with its licence) are for people, and `order` is the set's place
    in lists; images that earlier versions kept have none of the three.
    """

    name: str
    use: str
    digest: str
    split: Split
    means: ByteArray
    group: int = 1
    whole: int = 0
    title: str = ""
    origin: str = ""
    order: int = 0


class Kind(StrEnum):
    """Content of a data set: digits, MNIST's digits corrupted in one way, signs, or images of no digit."""

    DIGITS = "digits"
    CORRUPTED = "corrupted"
    SIGNS = "signs"
    NON_DIGITS = "non-digits"

    @property
    def is_of_digits(self) -> bool:
        """True if each image shows a digit."""
        return self in (Kind.DIGITS, Kind.CORRUPTED)


@dataclass(frozen=True)
class Source:
    """Images to train on, with labels 0-9; if its `kind` is NON_DIGITS, NOT_A_DIGIT or a sign's.

    `key` names it in configurations and in files, `title` and `about` to people; `origin` says who made it
    and its licence. `download` names what may have to be fetched. If it `is_local`, it is what people made
    on this machine: it may be empty, it changes, and they may take it back, so that no copy of it is kept.
    """

    key: str
    title: str
    about: str
    origin: str
    kind: Kind = Kind.DIGITS
    download: str = ""
    is_local: bool = False


@dataclass(frozen=True)
class TestSet:
    """Images that a run is scored on once. `key` names it in files and in tables."""

    __test__ = False  # pytest takes classes of such a name for tests

    key: str
    title: str
    kind: Kind
    origin: str


MNIST = "MNIST by LeCun, Cortes and Burges, CC BY-SA 3.0"
UNIPEN = "UNIPEN by the International Unipen Foundation, CC BY 4.0"
UJI = "“UJI Pen Characters (Version 2)” by Prat, Castro, Llorens, Marzal and Vilar, UCI, CC BY 4.0"
NUMBERS = "“numbers” by Schroeder and others, MIT"
OPTDIGITS = "“Optical Recognition of Handwritten Digits” by Alpaydin and Kaynak, UCI, CC BY 4.0"
PEN_DIGITS = "“Pen-Based Recognition of Handwritten Digits” by Alpaydin and Alimoglu, UCI, CC BY 4.0"
FONTS = "handwriting fonts of Fontsource, SIL Open Font License"

_SOURCES = (
    Source("mnist", "MNIST", "60,000 digits of American hands", f"{MNIST}."),
    Source(
        "pen",
        "Pen strokes",
        "Drawn on a tablet by 22 people",
        f"{PEN_DIGITS}, drawn with other pens.",
        download="pen strokes",
    ),
    Source(
        "pens",
        "Pens of many countries",
        "Drawn on tablets by 154 people in America, Asia and Europe, and by 23 in Spain",
        f"{UNIPEN}; {UJI}; both drawn with other pens.",
        download="pens of many countries",
    ),
    Source(
        "paper",
        "Paper",
        "Written on paper by 11 Swiss and 30 Turkish people, and scanned",
        f"{NUMBERS}; {OPTDIGITS}.",
        download="paper",
    ),
    Source(
        "fonts",
        "Handwriting fonts",
        "Handwriting that schools teach in many countries",
        f"The digits of {FONTS}.",
        download="fonts",
    ),
    Source(
        "nondigits",
        "Non-digits",
        "Letters, scribbles, shapes: with some, the model learns to say that there is no digit",
        f"Letters of {FONTS}; scribbles, shapes and noise; pairs of digits, and digits crossed out, from "
        f"{MNIST}.",
        kind=Kind.NON_DIGITS,
        download="fonts",
    ),
    Source(
        "letters",
        "Letters and signs",
        "Drawn by hand: with some, the model learns the signs that numbers are written with",
        f"{UNIPEN}, without those that nobody can tell from a digit, and pairs of them.",
        kind=Kind.NON_DIGITS,
        download="pens of many countries",
    ),
    Source(
        "styles",
        "Styles",
        "Zeros with a slash, fours like lightning, and other styles that few of the writers have",
        "Drawn by this app.",
    ),
    Source(
        "corrections",
        "Corrections",
        "Digits that were read wrong, and what people said that they are",
        "Written by people who use this app.",
        is_local=True,
    ),
)
SOURCES = {source.key: source for source in _SOURCES}
