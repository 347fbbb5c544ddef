"""How well drawings are told apart: one digit, a number, an expression, or no digit at all.

    MNIST_APP_DATA=FOLDER python -m tests.benchmarks.drawings [RUN] [--validation]

Letters of several strokes, single digits, numbers side by side, of equal and different sizes, with natural
and wide gaps, and digits around a sign, to be read with it. `--validation` takes the writers that the
constants of `mnist_app.reading` were chosen on, else others are measured; `-v` lists what went wrong.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from mnist_app.domain import CERTAIN, Drawing, FloatArray, Reading
from mnist_app.learning.data import pendigits, pens
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.published import Published
from mnist_app.learning.data.stroke_files import Record, strokes_of
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.runs import DEFAULT_RUN
from tests.benchmarks.machine import machine

LETTERS = "ABCEFGHJKLMNPQRTUVWXacdefhjkmnprtuvwx"  # without those that a person may take for a digit
HEIGHT = 100.0  # pixels of a digit
EACH = 15  # drawings of each letter
NUMBERS, SINGLES = 300, 600
NATURAL, WIDE = (-0.02, 0.5), (0.7, 1.6)  # gaps between digits, of a digit's height
EQUAL, DIFFERENT = (0.85, 1.15), (0.45, 1.2)  # sizes, of HEIGHT
# A sign's size, of a digit's height, its longer side; and the place of its middle, from the digits' top on.
SIGNS = {
    "+": (0.5, 0.5),
    "-": (0.35, 0.5),
    "=": (0.4, 0.5),
    ".": (0.05, 1.0),
    ",": (0.2, 1.05),
    "/": (1.1, 0.5),
}

ByWriters = Callable[[PenStrokes], tuple[PenStrokes, PenStrokes, PenStrokes]]
SETS: list[tuple[Published[list[Record]], ByWriters]] = [
    (pendigits.PENDIGITS, pendigits.by_writers),
    (pens.UNIPEN_DIGITS, pens.by_writers),
    (pens.UJI_DIGITS, pens.by_writers),
]
Rng = np.random.Generator
Hands = Mapping[str, Mapping[str, Sequence[Drawing]]]  # by writer and label


def main(*arguments: str) -> int:
    """Print the share of each kind that is read as it should be."""
    validation = "--validation" in arguments
    runs = [argument for argument in arguments if not argument.startswith("-")]
    reader, rng = open_reader(runs[0] if runs else DEFAULT_RUN), np.random.default_rng(0)
    print(f"{reader.classifier.name}, {machine()}, {'validation' if validation else 'test'} writers")
    hands = {published.title: hands_of(published, by_writers, validation) for published, by_writers in SETS}
    signs = hands_of(pens.UNIPEN_LETTERS, pens.by_writers, validation)
    _letters(reader, signs, rng)
    for name, hand in hands.items():
        _singles(name, reader, hand, rng)
    every = [
        hand for file in hands.values() for hand in file.values() if all(d in hand for d in "0123456789")
    ]
    for what, gaps, sizes in [
        ("natural gaps, one size", NATURAL, EQUAL),
        ("natural gaps, different sizes", NATURAL, DIFFERENT),
        ("wide gaps, one size", WIDE, EQUAL),
        ("wide gaps, different sizes", WIDE, DIFFERENT),
    ]:
        _numbers(what, reader, every, gaps, sizes, rng)
    for sign in SIGNS:
        _expressions(sign, reader, every, signs, rng)
    _dates(reader, every, signs, rng)
    return 0


def hands_of(published: Published[list[Record]], by_writers: ByWriters, validation: bool) -> Hands:
    """Return a set's drawings by writer and label, those to choose constants on or those to measure."""
    strokes = strokes_of(published.load(), lambda label: ord(str(label)))
    part = by_writers(strokes)[1 if validation else 2]
    hands: dict[str, dict[str, list[Drawing]]] = {}
    for drawing, label, writer in zip(
        part.drawings, part.labels.tolist(), part.writers.tolist(), strict=True
    ):
        hands.setdefault(str(writer), {}).setdefault(chr(label), []).append(drawing)
    return hands


def placed(parts: Sequence[tuple[Drawing, float, float]], gaps: FloatArray) -> Drawing:
    """Return drawings side by side: each with its height, its middle's, and the gap before it, in HEIGHT."""
    strokes: list[FloatArray] = []
    right = 0.0
    for (drawing, size, middle), gap in zip(parts, gaps.tolist(), strict=True):
        points = np.concatenate(drawing.strokes)
        low, high = points.min(axis=0), points.max(axis=0)
        scale = size / max(float((high - low)[1]), 0.5 * float((high - low)[0]), 1.0)
        shift = np.array([right + gap, middle - size / 2]) - low * scale
        moved = [((s * scale + shift) * HEIGHT).astype(np.float32) for s in drawing.strokes]
        right += gap + float((high - low)[0]) * scale
        strokes += moved
    return Drawing(tuple(strokes))


def _letters(reader: Reader, hands: Hands, rng: Rng) -> None:
    counts = {"a number": 0, "a certain number": 0, "a digit": 0, "a certain digit": 0, "no digit": 0}
    total = 0
    numbers: list[str] = []
    for letter in LETTERS:
        drawings = [d for hand in hands.values() for d in hand.get(letter, []) if len(d.strokes) > 1]
        for k in rng.permutation(len(drawings))[:EACH]:
            kind = _kind(reading := reader.read_drawing(drawings[k]))
            counts[kind] += 1
            total += 1
            if "number" in kind:
                numbers.append(f"{letter}={reading.text!r}{'!' * ('certain' in kind)}")
    shares = ", ".join(f"{count / total:.1%} {kind}" for kind, count in counts.items())
    print(f"{total:,} letters of several strokes: {shares}")
    if "-v" in sys.argv:
        print(" ", " ".join(numbers))


def _kind(reading: Reading) -> str:
    certain = all(digit.is_single and digit.confidence >= CERTAIN for digit in reading.digits)
    if len(reading.digits) > 1:
        return "a certain number" if certain else "a number"
    if not reading.digits[0].is_digit:
        return "no digit"
    return "a certain digit" if certain else "a digit"


def _singles(name: str, reader: Reader, hands: Hands, rng: Rng) -> None:
    drawings = [(d, label) for hand in hands.values() for label, some in hand.items() for d in some]
    chosen = [drawings[k] for k in rng.permutation(len(drawings))[:SINGLES]]
    readings = [(reader.read_drawing(drawing), label) for drawing, label in chosen]
    several = sum(len(reading.digits) > 1 for reading, _ in readings)
    right = sum(reading.text == label for reading, label in readings)
    none = sum(reading.text == "?" for reading, _ in readings)
    print(
        f"{name}: {right / len(chosen):.1%} right, {none} no digit, {several} more than one of {len(chosen)}"
    )


def _numbers(
    what: str,
    reader: Reader,
    hands: Sequence[Mapping[str, Sequence[Drawing]]],
    gaps: tuple[float, float],
    sizes: tuple[float, float],
    rng: Rng,
) -> None:
    right, none, wrong = {2: 0, 3: 0, 4: 0}, 0, []
    for k in range(NUMBERS):
        hand, length = hands[int(rng.integers(len(hands)))], 2 + k % 3
        text = "".join(map(str, rng.integers(0, 10, length)))
        height = rng.uniform(*sizes, length)
        middle = 0.5 + rng.normal(0, 0.06, length)
        parts = [(_any(hand[c], rng), h, m) for c, h, m in zip(text, height, middle, strict=True)]
        reading = reader.read_drawing(placed(parts, rng.uniform(*gaps, length).astype(np.float32)))
        read = reading.text
        right[length] += read == text
        none += len(reading.digits) == 1
        wrong += [f"{text}={read!r}"] * (read != text)
    print(f"{what}: {sum(right.values()) / NUMBERS:.1%} right, {none} as one of {NUMBERS}")
    if "-v" in sys.argv:
        print(" ", " ".join(wrong))


def _expressions(
    sign: str,
    reader: Reader,
    hands: Sequence[Mapping[str, Sequence[Drawing]]],
    signs: Hands,
    rng: Rng,
) -> None:
    drawings = [d for hand in signs.values() for d in hand.get(sign, [])]
    side, middle = SIGNS[sign]
    right, written, wrong, total = 0, 0, [], 100
    for _ in range(total):
        hand = hands[int(rng.integers(len(hands)))]
        before, after = (str(n) for n in rng.integers(1, 100, 2))
        drawing = _any(drawings, rng)
        width, height = np.ptp(np.concatenate(drawing.strokes), axis=0).tolist()
        scaled = side * max(height, 0.5 * width, 1.0) / max(width, height, 1.0)
        parts = [(_any(hand[c], rng), float(rng.uniform(*EQUAL)), 0.5) for c in before]
        parts += [(drawing, scaled, middle)]
        parts += [(_any(hand[c], rng), float(rng.uniform(*EQUAL)), 0.5) for c in after]
        reading = reader.read_drawing(placed(parts, rng.uniform(0.1, 0.4, len(parts)).astype(np.float32)))
        is_right = reading.text.replace("?", "") == before + after
        right += is_right
        written += "".join(reading.written).replace(" ", "") == before + sign + after
        wrong += [f"{before}{sign}{after}={reading.text!r}"] * (not is_right)
    print(f"digits around {sign}: {right} of {total} right, {written} with the sign")
    if "-v" in sys.argv:
        print(" ", " ".join(wrong))


def _dates(reader: Reader, hands: Sequence[Mapping[str, Sequence[Drawing]]], signs: Hands, rng: Rng) -> None:
    slashes = [hand["/"] for hand in signs.values() if "/" in hand]
    right, written, total = 0, 0, 100
    for _ in range(total):
        hand, own = hands[int(rng.integers(len(hands)))], slashes[int(rng.integers(len(slashes)))]
        date = "/".join(str(int(rng.integers(*span))) for span in ((1, 29), (1, 13), (1950, 2030)))
        parts = [
            (_any(own, rng), SIGNS["/"][0], 0.5)
            if c == "/"
            else (_any(hand[c], rng), rng.uniform(*EQUAL), 0.5)
            for c in date
        ]
        reading = reader.read_drawing(placed(parts, rng.uniform(0.1, 0.4, len(parts)).astype(np.float32)))
        right += reading.text == date.replace("/", "")
        written += "".join(reading.written).replace(" ", "") == date
    print(f"dates: {right} of {total} right, {written} with their slashes")


def _any(drawings: Sequence[Drawing], rng: Rng) -> Drawing:
    return drawings[int(rng.integers(len(drawings)))]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
