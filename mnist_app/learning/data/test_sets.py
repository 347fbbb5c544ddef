"""Test sets, on which a run is scored once: MNIST, unseen people and fonts, corruptions, non-digits.

A new test set is an entry in LOADERS; nothing else names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import cv2
import numpy as np

from mnist_app.domain import FIRST_SIGN, MNIST_TEST, Kind, Split, TestSet, catalogue
from mnist_app.errors import DataError
from mnist_app.ink.canonical import canonical, cropped, from_bytes, to_bytes
from mnist_app.learning.data import paper, pendigits, pens
from mnist_app.learning.data.corruptions import KINDS, corrupt
from mnist_app.learning.data.pen_strokes import render
from mnist_app.learning.data.sources import Location, font_digits, non_digit_images

USPS_SIDE = 16  # pixels of a digit in the US Postal Service's set
_SEED = 3_000


@dataclass(frozen=True)
class TestSetLoader:
    """Test sets that are made together.

    `load` takes MNIST's test split and a location, and returns the images of `sets` in their order; it raises
    DataError if they cannot be had. `name` stands for all of them in messages, `download` names what may have
    to be fetched.
    """

    __test__ = False  # pytest takes classes of such a name for tests

    name: str
    sets: tuple[TestSet, ...]
    load: Callable[[Split, Location], Iterable[Split]]
    download: str = ""


def load_test_sets(mnist: Split, path: Location = None) -> tuple[dict[TestSet, Split], list[str]]:
    """Load every test set that can be had, and list why others cannot. `mnist` is MNIST's test split."""
    sets: dict[TestSet, Split] = {}
    missing = []
    for loader in LOADERS:
        try:
            sets.update(zip(loader.sets, loader.load(mnist, path), strict=True))
        except DataError as error:
            missing.append(f"{loader.name}: {error}")
    return sets, missing


def low_resolution(mnist: Split) -> Split:
    """Reduce digits to 16×16 pixels, as in the US Postal Service's set, and take them for photos."""
    images = []
    for image in mnist.images:
        digit = cropped(image)
        height, width = (max(1, round(side * USPS_SIDE / max(digit.shape))) for side in digit.shape)
        reduced = np.asarray(cv2.resize(digit, (width, height), interpolation=cv2.INTER_AREA))
        images.append(to_bytes(canonical(from_bytes(reduced))))
    return Split(np.stack(images), mnist.labels)


def _pen_strokes(_: Split, path: Location) -> list[Split]:
    return [render(pendigits.by_writers(pendigits.load_pen_strokes(path))[2])]


def _pens(_: Split, path: Location) -> list[Split]:
    strokes = pens.by_writers(pens.load_digits(path))[2]
    spanish = np.char.startswith(strokes.writers, "uji2:")
    return [render(strokes.chosen(~spanish)), render(strokes.chosen(spanish))]


def _paper(_: Split, path: Location) -> list[Split]:
    return [paper.render_as_photos(paper.by_writers(paper.load_scans(path))[2])]


def _letters(_: Split, path: Location) -> list[Split]:
    """Render what was drawn by hand: letters and other characters, then signs with their own labels."""
    strokes = pens.by_writers(pens.load_letters(path))[2]
    signs = strokes.labels >= FIRST_SIGN
    return [render(strokes.chosen(~signs)), render(strokes.chosen(signs))]


MNIST = TestSet(MNIST_TEST, "MNIST", Kind.DIGITS, f"{catalogue.MNIST}.")
PEN = TestSet("pen strokes", "Pen strokes", Kind.DIGITS, f"{catalogue.PEN_DIGITS}.")
PENS = TestSet("pens of many countries", "Pens of many countries", Kind.DIGITS, f"{catalogue.UNIPEN}.")
SPAIN = TestSet("pens of Spain", "Pens of Spain", Kind.DIGITS, f"{catalogue.UJI}.")
PAPER = TestSet("paper", "Paper", Kind.DIGITS, f"Scans, read as photos. {catalogue.NUMBERS}.")
FONTS = TestSet("handwriting fonts", "Handwriting fonts", Kind.DIGITS, f"The digits of {catalogue.FONTS}.")
LOW = TestSet(
    "16×16 pixels",
    "16×16 pixels",
    Kind.DIGITS,
    f"As coarse as the US Postal Service's. {catalogue.MNIST}.",
)
CORRUPTED = tuple(
    TestSet(name, name, Kind.CORRUPTED, f"Each image corrupted in one way. {catalogue.MNIST}.")
    for name in (f"MNIST, {kind}" for kind in KINDS)
)
NON_DIGITS = tuple(
    TestSet(f"no digit: {kind}", f"No digit: {kind}", Kind.NON_DIGITS, origin)
    for kind, origin in {
        "letters and signs": f"Letters of {catalogue.FONTS}.",
        "scribbles": "Drawn by this app.",
        "shapes": "Drawn by this app.",
        "two in one": f"Pairs of digits. {catalogue.MNIST}.",
        "crossed out": f"Digits crossed out. {catalogue.MNIST}.",
        "noise": "Drawn by this app.",
    }.items()
)
_BY_HAND = f"{catalogue.UNIPEN}."
LETTERS = TestSet("no digit: letters by hand", "No digit: letters by hand", Kind.NON_DIGITS, _BY_HAND)
SIGNS = TestSet("signs by hand", "Signs by hand", Kind.SIGNS, _BY_HAND)

LOADERS: list[TestSetLoader] = [
    TestSetLoader(MNIST.key, (MNIST,), lambda mnist, _: [mnist]),
    TestSetLoader(PEN.key, (PEN,), _pen_strokes, "pen strokes"),
    TestSetLoader(PENS.key, (PENS, SPAIN), _pens, "pens of many countries"),
    TestSetLoader(PAPER.key, (PAPER,), _paper, "paper"),
    TestSetLoader(FONTS.key, (FONTS,), lambda *_: [font_digits("test")], "fonts"),
    TestSetLoader(LOW.key, (LOW,), lambda mnist, _: [low_resolution(mnist)]),
    TestSetLoader(
        "MNIST, corrupted",
        CORRUPTED,
        lambda mnist, _: (Split(corrupt(mnist.images, kind), mnist.labels) for kind in KINDS),
    ),
    TestSetLoader(
        "no digit",
        NON_DIGITS,
        lambda mnist, _: non_digit_images("test", mnist, 0.1, np.random.default_rng(_SEED)).values(),
        "fonts",
    ),
    TestSetLoader("no digit, by hand", (LETTERS, SIGNS), _letters, "pens of many countries"),
]
