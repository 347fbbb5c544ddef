"""Catalogue of data sets: every source that can be trained on, and the terms that describe test sets.

A new training source is an entry in SOURCES and a loader in `learning.data.sources`. A new test set is an
entry in `learning.data.test_sets`: its description travels with the scores and images that are made of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

NOT_A_DIGIT = 10  # the label of an image that shows no digit
MNIST_TEST = "MNIST test"  # the test set whose figures describe a run in one line


class Kind(StrEnum):
    """Content of a data set: digits, MNIST's digits corrupted in one way, or images of no digit."""

    DIGITS = "digits"
    CORRUPTED = "corrupted"
    NON_DIGITS = "non-digits"


@dataclass(frozen=True)
class Source:
    """Images to train on, with labels 0-9, or NOT_A_DIGIT if its `kind` is NON_DIGITS.

    `key` names it in configurations and in files, `title` and `about` to people; `origin` says who made it
    and its licence. `download` names what may have to be fetched.
    """

    key: str
    title: str
    about: str
    origin: str
    kind: Kind = Kind.DIGITS
    download: str = ""


@dataclass(frozen=True)
class TestSet:
    """Images that a run is scored on once. `key` names it in files and in tables."""

    __test__ = False  # pytest takes classes of such a name for tests

    key: str
    title: str
    kind: Kind
    origin: str


MNIST = "MNIST by LeCun, Cortes and Burges, CC BY-SA 3.0"
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
        f"Letters of {FONTS}; scribbles, shapes and noise; pairs of digits from {MNIST}.",
        kind=Kind.NON_DIGITS,
        download="fonts",
    ),
)
SOURCES = {source.key: source for source in _SOURCES}
