"""Readings for other programs: JSON and CSV, the same from the command line and from the pages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from typing import Any

from mnist_app.domain import Box, Digit, Reading, text_of

CSV_HEADER = (
    "file",
    "line",
    "row",
    "number",
    "text",
    "confidence",
    "doubtful",
    "left",
    "top",
    "width",
    "height",
    "error",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what makes a formula of a cell; owasp.org, "CSV Injection"

Cell = str | int | float | None


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """The stable JSON form: keys may be added, none is renamed or moved.

    `rows` are texts without spaces, `numbers` lists of texts for each row. A digit that a person corrected
    has its `label` as well.
    """
    return {
        "text": reading.text,
        "rows": list(reading.lines),
        "digits": [_digit_to_json(digit) for digit in reading.digits],
        "numbers": [[text_of(number) for number in row] for row in reading.numbers],
        "turned": reading.turned,
    }


def csv_rows(name: str, reading: Reading, line: int | None = None) -> list[tuple[Cell, ...]]:
    """A row for each number, in the order of CSV_HEADER; rows and numbers count from 1.

    `confidence` is the lowest of the number's digits, `doubtful` how many of them are, and left, top, width
    and height are the number's box in the photo's or the drawing's pixels.
    """
    return [
        (name, line, row, number, text_of(digits), *_doubt(digits), *_around(digits), None)
        for row, numbers in enumerate(reading.numbers, 1)
        for number, digits in enumerate(numbers, 1)
    ]


def csv_error(name: str, error: str, line: int | None = None) -> tuple[Cell, ...]:
    """The row of what could not be read."""
    return (name, line, *[None] * (len(CSV_HEADER) - 3), error)


def to_csv(rows: Iterable[Sequence[Cell]]) -> str:
    r"""CSV with "\n" at the end of each line; texts are quoted, numbers are not.

    A file's name that a spreadsheet would take for a formula begins with "./", which is the same file.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    writer.writerows((_no_formula(name), *cells) for name, *cells in rows)
    return text.getvalue()


def _no_formula(name: Cell) -> Cell:
    return f"./{name}" if isinstance(name, str) and name.startswith(FORMULA) else name


def _digit_to_json(digit: Digit) -> dict[str, Any]:
    return {
        "digit": digit.digit,
        "confidence": round(digit.confidence, 6),
        "is_digit": digit.is_digit,
        "candidates": list(digit.candidates),
        "box": [round(value, 2) for value in asdict(digit.box).values()],
        "probabilities": [round(float(p), 6) for p in digit.probabilities],
    } | ({} if digit.label is None else {"label": digit.label})


def _doubt(digits: Sequence[Digit]) -> tuple[float, int]:
    # What a person has said is certain, however surprising to the model.
    least = min(1.0 if digit.label is not None else digit.confidence for digit in digits)
    return round(least, 6), sum(digit.is_doubtful for digit in digits)


def _around(digits: Sequence[Digit]) -> list[float]:
    """Left, top, width and height of the box around all of them."""
    return [round(value, 2) for value in astuple(Box.around(digit.box for digit in digits))]
