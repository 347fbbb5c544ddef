"""Pen strokes of people in many countries: digits, letters and signs.

- "UNIPEN" train_r01_v07 (Guyon, Schomaker, Plamondon, Liberman, Janet, "UNIPEN project of on-line data
  exchange and recognizer benchmarks", 1994; Zenodo 10.5281/zenodo.1195803, CC BY 4.0): its isolated digits
  (category 1a), letters and signs (1b to 1d), each scaled to a longer side of 500.
- "UJI Pen Characters (Version 2)" (Prat, Castro, Llorens, Marzal, Vilar, 2008; UCI, CC BY 4.0): the digits of
  29 of its writers.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from mnist_app.domain import FIRST_SIGN, NOT_A_DIGIT, SIGNS
from mnist_app.errors import DataError
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.stroke_files import Record, StrokeFile

HELD_OUT = 10  # a writer's name decides: one of ten is to choose by, another to test on
# What a person takes for a digit, or for nothing at all, once its size and its place in a line are gone.
# A point is nothing but a pen's width, and its strokes are not to scale.
TWINS = frozenset("oO0Il|!1iSsZzbqg'`\"_Q.")
# Positions of what only its label takes for a digit: signs, pieces, two at once. Found by looking at those
# that a model doubted most.
NO_DIGITS = frozenset((3662, 4358, 4435, 4436, 4460, 4606, 4608, 4641, 4661, 4851, 5582))
TIMES = frozenset("xX")  # written like the sign ×


def load_digits(path: Path | str | None = None) -> PenStrokes:
    """Load the digits of both sets. Raises DataError."""
    digits = [record for k, record in enumerate(UNIPEN_DIGITS.load(path)) if k not in NO_DIGITS]
    return _strokes([*digits, *UJI_DIGITS.load(path)])


def load_letters(path: Path | str | None = None) -> PenStrokes:
    """Load letters and signs that no person takes for a digit, labelled NOT_A_DIGIT or as signs.

    Raises DataError.
    """
    return _strokes([record for record in UNIPEN_LETTERS.load(path) if record.label not in TWINS])


def by_writers(strokes: PenStrokes) -> tuple[PenStrokes, PenStrokes, PenStrokes]:
    """Split into training, validation and test; no writer is in two of them, nor of both sets together."""
    parts = {writer: zlib.crc32(writer.encode()) % HELD_OUT for writer in strokes.writers.tolist()}
    validation, test = ([writer for writer, part in parts.items() if part == k] for k in (0, 1))
    return strokes.by_writers(validation, test)


def _strokes(records: list[Record]) -> PenStrokes:
    return PenStrokes(
        drawings=tuple(record.drawing for record in records),
        labels=np.array([label_of(record.label) for record in records], np.uint8),
        writers=np.array([record.writer for record in records]),
    )


def label_of(character: int | str) -> int:
    """Return the label of a digit, a sign or another character."""
    if isinstance(character, int):
        return character
    if character in TIMES:
        character = "×"
    return FIRST_SIGN + SIGNS.index(character) if character in SIGNS else NOT_A_DIGIT


def _not_published() -> Iterator[Record]:
    raise DataError("Put the file in a folder and name it with MNIST_APP_DATA.")


UNIPEN_DIGITS = StrokeFile(
    title="UNIPEN digits",
    name="unipen-digits.jsonl.gz",
    sha256="4c9cdf5e6eff0a12901496eea18d1afb4ca94db9039161fe5eb5ab19bcbb0015",
    fetch=_not_published,
)
UNIPEN_LETTERS = StrokeFile(
    title="UNIPEN letters and signs",
    name="unipen-letters-symbols.jsonl.gz",
    sha256="20e45059c27f7153f050e016bd8b392d79c398d157d2696f77fe96c405151421",
    fetch=_not_published,
)
UJI_DIGITS = StrokeFile(
    title="UJI digits",
    name="uji2-29-writers.jsonl.gz",
    sha256="736b49e5d5aa31cdda3cc7e4e55c7224e0599b7435e5b003ebe99bc6f39f45ba",
    fetch=_not_published,
)
