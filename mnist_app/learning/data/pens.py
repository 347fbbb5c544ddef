"""Pen strokes of people in many countries: digits, letters and signs.

- UNIPEN train_r01_v07 (Zenodo 10.5281/zenodo.1195803, CC BY 4.0): its isolated digits, letters and signs; see
  `unipen.py`.
- "UJI Pen Characters (Version 2)" (Prat, Castro, Llorens, Marzal, Vilar, 2008; UCI, CC BY 4.0): the digits of
  29 of its writers.
"""

from __future__ import annotations

import dataclasses
import re
import zlib
from pathlib import Path

import numpy as np

from mnist_app.domain import FIRST_SIGN, NOT_A_DIGIT, SIGNS, Drawing
from mnist_app.learning.data import unipen
from mnist_app.learning.data.downloads import fetch, unzip_file
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.stroke_files import Record, published_strokes, strokes_of

UJI_URL = "https://archive.ics.uci.edu/static/public/177/uji+pen+characters+version+2.zip"
UJI_FILE = "ujipenchars2.txt"  # as UCI publishes it, in the archive
UJI_WRITERS = range(12, 41)  # by the numbers in the file

HELD_OUT = 10  # a writer's name decides: one of ten is to choose by, another to test on
# Letters and signs that a person takes for a digit, or for nothing at all, once their size and their place in
# a line are gone. Others that may look like one (D, G, T, y …) stay: most hands tell them apart, while of
# fonts, where one letter stands for a style, `non_digits.LETTERS` leaves them out. A point is no more than a
# pen's width, and its strokes are not to scale.
TWINS = frozenset("oO0Il|!1iSsZzbqg'`\"_Q.")
# UNIPEN's digits, by their positions, that are digits by their label alone: signs, pieces, two at once. Found
# by looking at those that a model doubted most.
NO_DIGITS = frozenset((3662, 4358, 4435, 4436, 4460, 4606, 4608, 4641, 4661, 4851, 5582))
OVERLAP = 0.1  # of a letter's longer side, the most that the next one overlaps it
TIMES = frozenset("xX")  # written like the sign ×


def load_digits(path: Path | str | None = None) -> PenStrokes:
    """Load the digits of both sets. Raises DataError."""
    digits = [record for k, record in enumerate(UNIPEN_DIGITS.load(path)) if k not in NO_DIGITS]
    return strokes_of([*digits, *UJI_DIGITS.load(path)])


def load_letters(path: Path | str | None = None) -> PenStrokes:
    """Load letters and signs that no person takes for a digit, labelled NOT_A_DIGIT or as signs.

    Raises DataError.
    """
    return labelled(load_characters(path))


def load_characters(path: Path | str | None = None) -> PenStrokes:
    """Load what `load_letters` does, labelled with the characters' code points. Raises DataError."""
    letters = [record for record in UNIPEN_LETTERS.load(path) if record.label not in TWINS]
    return strokes_of(letters, lambda character: ord(str(character)))


def labelled(characters: PenStrokes) -> PenStrokes:
    """Return characters that are labelled with code points with their labels, as `label_of` gives them."""
    labels = [label_of(chr(code)) for code in characters.labels.tolist()]
    return dataclasses.replace(characters, labels=np.array(labels, np.uint8))


def side_by_side(letters: PenStrokes, count: int, rng: np.random.Generator) -> PenStrokes:
    """Put at most `count` pairs of letters side by side so that they touch: pieces of words, NOT_A_DIGIT.

    Both letters of a pair are by one writer.
    """
    order = rng.permutation(len(letters))
    order = order[np.argsort(letters.writers[order], kind="stable")]
    left, right = order[:-1], order[1:]
    of_one = np.flatnonzero(letters.writers[left] == letters.writers[right])
    chosen = rng.permutation(of_one)[:count]
    pairs = [
        _touching(letters.drawings[first], letters.drawings[second], rng)
        for first, second in zip(left[chosen], right[chosen], strict=True)
    ]
    labels = np.full(len(pairs), NOT_A_DIGIT, np.uint8)
    return PenStrokes(tuple(pairs), labels, letters.writers[left[chosen]])


def _touching(left: Drawing, right: Drawing, rng: np.random.Generator) -> Drawing:
    """Move a drawing so that its left end overlaps the right end of another, a little."""
    points, others = np.concatenate(left.strokes), np.concatenate(right.strokes)
    overlap = rng.uniform(0, OVERLAP) * np.ptp(points, axis=0).max()
    target = points[:, 0].max() - overlap, points[:, 1].min()
    shift = (target - others.min(axis=0)).astype(np.float32)
    return Drawing((*left.strokes, *(stroke + shift for stroke in right.strokes)))


def by_writers(strokes: PenStrokes) -> tuple[PenStrokes, PenStrokes, PenStrokes]:
    """Split into training, validation and test; no writer is in two of them, nor of both sets together."""
    parts = {writer: zlib.crc32(writer.encode()) % HELD_OUT for writer in strokes.writers.tolist()}
    validation, test = ([writer for writer, part in parts.items() if part == k] for k in (0, 1))
    return strokes.by_writers(validation, test)


def label_of(character: str) -> int:
    """Return a sign's label, or NOT_A_DIGIT for any other character that is no digit."""
    if character in TIMES:
        character = "×"
    return FIRST_SIGN + SIGNS.index(character) if character in SIGNS else NOT_A_DIGIT


def parse_uji(content: bytes) -> list[Record]:
    """Return the digits of UJI_WRITERS in UCI's text. Raises ValueError if a point lacks its y.

    A character is `WORD 5 trn_UPV_W12-01` (label, writer and session), then `NUMSTROKES 2`, then a line
    `POINTS 3 # x y x y x y` for each stroke, y pointing down.
    """
    records = []
    for entry in re.split(r"^\s*WORD ", content.decode("latin-1"), flags=re.MULTILINE)[1:]:
        head = re.match(r"(\d) \w+_W(\d+)-", entry)
        if head and int(head[2]) in UJI_WRITERS:
            lines = re.findall(r"^\s*POINTS \d+ #(.*)", entry, re.MULTILINE)
            strokes = tuple(_pairs(line) for line in lines)
            records.append(Record(int(head[1]), f"uji2:{int(head[2])}", strokes))
    return records


def _pairs(line: str) -> tuple[tuple[int, int], ...]:
    numbers = [int(word) for word in line.split()]
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


UNIPEN_DIGITS = published_strokes(
    title="UNIPEN digits",
    name="unipen-digits.jsonl.gz",
    sha256="4c9cdf5e6eff0a12901496eea18d1afb4ca94db9039161fe5eb5ab19bcbb0015",
    fetch=lambda: unipen.download(unipen.DIGITS),
    originals={unipen.ARCHIVE: lambda archive: unipen.parse_archive(archive, unipen.DIGITS)},
)
UNIPEN_LETTERS = published_strokes(
    title="UNIPEN letters and signs",
    name="unipen-letters-symbols.jsonl.gz",
    sha256="20e45059c27f7153f050e016bd8b392d79c398d157d2696f77fe96c405151421",
    fetch=lambda: unipen.download(unipen.LETTERS),
    originals={unipen.ARCHIVE: lambda archive: unipen.parse_archive(archive, unipen.LETTERS)},
)
UJI_DIGITS = published_strokes(
    title="UJI digits",
    name="uji2-29-writers.jsonl.gz",
    sha256="736b49e5d5aa31cdda3cc7e4e55c7224e0599b7435e5b003ebe99bc6f39f45ba",
    fetch=lambda: parse_uji(unzip_file(fetch(UJI_URL), UJI_FILE)),
    originals={UJI_FILE: parse_uji},
)
