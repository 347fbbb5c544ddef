"""Readings as text for people, and how a batch goes on: its progress line and its summary."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from mnist_app.cli.tables import printable
from mnist_app.domain import Digit, text_of
from mnist_app.reading.batch.tasks import Outcome

DELAY = 0.5  # seconds before the line is shown; most commands are over by then
INTERVAL = 0.1  # seconds between two states of the line
INPUTS = {  # of a batch, by whether it has lines of drawings, and pages of documents
    (False, False): "files",
    (True, False): "drawings and photos",
    (False, True): "photos and pages",
    (True, True): "drawings, photos and pages",
}


def outcome_lines(outcome: Outcome) -> list[str]:
    """Return a line for each row that was read, numbered behind the file's name if there are several.

    Numbers are separated by spaces. A doubtful digit is described behind its row, by its position, and before
    that it is said if most of them are doubtful.
    """
    if outcome.reading is None:
        return []
    place, reading = printable(outcome.place), outcome.reading
    notes = ["mostly doubtful"] if reading.is_mostly_doubtful else []
    notes += [f"turned {reading.turned}°"] if reading.turned else []
    if len(reading.digits) == 1:
        return [f"{place}: {words(reading.digits[0])}{_notes(notes)}"]
    lines = []
    for row, (digits, numbers) in enumerate(zip(reading.rows, reading.numbers, strict=True), 1):
        name = place if len(reading.rows) == 1 else f"{place}:{row}"
        lines.append(f"{name}: {' '.join(map(text_of, numbers))}{_notes(notes + _doubts(digits))}")
    return lines


def words(digit: Digit) -> str:
    """Return a digit with its confidence and the other digits that it may be."""
    if not digit.is_digit:
        return f"{digit.text} ({digit.certainty})"
    doubt = "" if digit.is_single else f", {digit.certainty}"
    return f"{digit.digit} ({digit.confidence:.1%}{doubt})"


def _doubts(digits: Sequence[Digit]) -> list[str]:
    return [
        f"digit {k}: {digit.certainty}{f' {digit.digit}' if digit.certainty == 'probably' else ''}"
        for k, digit in enumerate(digits, 1)
        if digit.is_doubtful
    ]


def _notes(notes: Sequence[str]) -> str:
    return f" ({'; '.join(notes)})" if notes else ""


@dataclass
class Tally:
    """Counts of a batch: outcomes, files, readings, errors, pictures that were not written, and digits."""

    outcomes: int = 0
    files: int = 0
    read: int = 0
    errors: int = 0
    unwritten: int = 0
    digits: int = 0
    doubtful: int = 0
    has_lines: bool = False
    has_pages: bool = False
    last: Path | None = None

    def add(self, outcome: Outcome) -> None:
        """Count an outcome."""
        self.outcomes += 1
        self.files += outcome.file != self.last
        self.last = outcome.file
        self.read += outcome.reading is not None
        self.errors += outcome.error is not None
        self.unwritten += outcome.reading is not None and outcome.error is not None
        self.digits += len(outcome.reading.digits) if outcome.reading else 0
        self.doubtful += len(outcome.reading.doubtful) if outcome.reading else 0
        self.has_lines |= outcome.line is not None
        self.has_pages |= outcome.pages > 1

    @property
    def text(self) -> str:
        """The summary, on one line."""
        inputs = INPUTS[self.has_lines, self.has_pages]
        digits = f"{self.digits:,} digit{'' if self.digits == 1 else 's'}"
        text = f"Read {self.read:,} of {self.outcomes:,} {inputs}: {digits}, {self.doubtful:,} doubtful."
        text += f" Not read: {self.outcomes - self.read:,}." if self.read < self.outcomes else ""
        return text + (f" Read, but without a picture: {self.unwritten:,}." if self.unwritten else "")


class ProgressLine:
    """A line of a terminal that is overwritten; nothing if the stream is not a terminal."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._is_shown = stream.isatty()
        self._next = clock() + DELAY
        self._length = 0

    def show(self, text: str) -> None:
        """Write the line, unless it was written a moment ago."""
        if not self._is_shown or self._clock() < self._next:
            return
        self._next = self._clock() + INTERVAL
        columns = shutil.get_terminal_size().columns
        line = text if len(text) < columns else text[: columns - 2] + "…"
        print("\r" + line.ljust(self._length), end="", file=self._stream, flush=True)
        self._length = len(line)

    def clear(self) -> None:
        """Remove the line, to make room for text that stays."""
        if self._length:
            print("\r" + " " * self._length + "\r", end="", file=self._stream, flush=True)
            self._length = 0
