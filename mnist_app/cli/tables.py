"""Readings and scores as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mnist_app.domain import DIGITS, Digit, Evaluation, SetScore, text_of
from mnist_app.reading.batch.tasks import Outcome


def outcome_lines(outcome: Outcome) -> list[str]:
    """What was read from where: a line, or one for each row, numbered behind the file's name.

    Numbers are apart by spaces. What is not certain is said behind the row, by the digit's place in it.
    """
    if outcome.reading is None:
        return []
    place, reading = printable(outcome.place), outcome.reading
    turned = [f"turned {reading.turned}°"] if reading.turned else []
    if len(reading.digits) == 1:
        return [f"{place}: {words(reading.digits[0])}{_notes(turned)}"]
    lines = []
    for row, (digits, numbers) in enumerate(zip(reading.rows, reading.numbers, strict=True), 1):
        where = place if len(reading.rows) == 1 else f"{place}:{row}"
        lines.append(f"{where}: {' '.join(map(text_of, numbers))}{_notes(turned + _doubts(digits))}")
    return lines


def words(digit: Digit) -> str:
    """A digit, its confidence, and what else it may be."""
    if not digit.is_digit:
        return "? (not a digit)"
    doubt = "" if digit.is_single else f", {digit.certainty}"
    return f"{digit.digit} ({digit.confidence:.1%}{doubt})"


def _doubts(digits: Sequence[Digit]) -> list[str]:
    """Each doubtful digit of a row: where it is, from 1, and what it may be."""
    return [
        f"digit {k}: {digit.certainty}{f' {digit.digit}' if digit.certainty == 'probably' else ''}"
        for k, digit in enumerate(digits, 1)
        if digit.is_doubtful
    ]


def _notes(notes: Sequence[str]) -> str:
    return f" ({'; '.join(notes)})" if notes else ""


def printable(name: str) -> str:
    """A file's name with escapes for what would move a terminal's cursor, or begin a line of its own."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in name)


@dataclass
class Tally:
    """What a batch has come to: outcomes, those with a reading, those with an error, and digits."""

    outcomes: int = 0
    files: int = 0
    read: int = 0
    errors: int = 0
    unwritten: int = 0
    digits: int = 0
    doubtful: int = 0
    has_lines: bool = False
    last: Path | None = None

    def add(self, outcome: Outcome) -> None:
        """Count one."""
        digits = outcome.reading.digits if outcome.reading else ()
        self.outcomes += 1
        self.files += outcome.file != self.last
        self.last = outcome.file
        self.read += outcome.reading is not None
        self.errors += outcome.error is not None
        self.unwritten += outcome.reading is not None and outcome.error is not None
        self.digits += len(digits)
        self.doubtful += sum(digit.is_doubtful for digit in digits)
        self.has_lines |= outcome.line is not None

    @property
    def text(self) -> str:
        """A line for people."""
        what = "drawings and photos" if self.has_lines else "files"
        text = f"Read {self.read:,} of {self.outcomes:,} {what}: "
        text += f"{_count(self.digits, 'digit')}, {self.doubtful:,} doubtful."
        text += f" Not read: {self.outcomes - self.read:,}." if self.read < self.outcomes else ""
        return text + (f" Read, but without a picture: {self.unwritten:,}." if self.unwritten else "")


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def set_table(scores: Sequence[SetScore]) -> str:
    """Every test set for people: one line each; what is no digit has only what was turned away."""
    titles = (
        ("images", 7),
        ("accuracy", 9),
        ("calib.", 8),
        ("covered", 8),
        ("cand.", 6),
        ("turned away", 12),
    )
    head = f"{'set':<28} " + " ".join(f"{title:>{width}}" for title, width in titles)
    lines = []
    for s in scores:
        figures = [s.accuracy, s.calibration_error, s.coverage]
        cells = [" " * w if f is None else f"{f:>{w}.2%}" for f, w in zip(figures, (9, 8, 8), strict=True)]
        mean = " " * 6 if s.candidates is None else f"{s.candidates:>6.2f}"
        lines.append(f"{s.name:<28} {s.images:>7,} {' '.join(cells)} {mean} {s.rejection_rate:>12.2%}")
    return "\n".join([head, *lines])


def digit_table(result: Evaluation) -> str:
    """Scores for people: one line a digit, then what was taken for what."""
    scores = [
        f"{s.digit:>5} {s.precision:>10.2%} {s.recall:>8.2%} {s.f1:>8.2%} {s.support:>7,}"
        for s in result.per_digit
    ]
    counts = [f"{d:>5} " + "".join(f"{n:>6,}" for n in row) for d, row in enumerate(result.confusion)]
    return "\n".join(
        [
            f"accuracy {result.accuracy:.2%}, loss {result.loss:.4f}, {result.images:,} images",
            "",
            "digit  precision   recall       F1  images",
            *scores,
            "",
            "written (down) and what was read (across)",
            "      " + "".join(f"{d:>6}" for d in DIGITS),
            *counts,
        ]
    )
