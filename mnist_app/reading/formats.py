"""Readings for other programs: JSON and CSV, the same from the command line and from the pages."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple
from typing import Any

from mnist_app.domain import Box, Digit, LeftOut, Reading, text_of

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
    "page",
    "written",
)
# What a spreadsheet takes for a formula (owasp.org, "CSV Injection"), and which of that is a number.
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"[-+]\d+(?:[.,]\d+)*(?:e[-+]?\d+)?", re.ASCII | re.IGNORECASE)

Cell = str | int | float | None


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Return the stable JSON form: keys may be added, none is renamed or moved.

    `rows` are texts without spaces, `numbers` lists of texts for each row. `left_out` is what was not read:
    indices of a drawing's strokes, as they were given, from 0 on, or a photo's boxes, each with a `reason`.
    `written` are the rows as a person would write them, with signs and spaces. A digit's `verdict` is
    "digit", "unsure", "sign" or "not a digit"; a sign has a `sign` as well, one that a person corrected a
    `label`.
    The reading of a document of several pages has a `page`, from 1 on, and `pages`, how many there are.
    """
    pages = {"page": reading.page, "pages": reading.pages} if reading.pages > 1 else {}
    return {
        "text": reading.text,
        "rows": list(reading.lines),
        "digits": [_digit_to_json(digit) for digit in reading.digits],
        "numbers": [[text_of(number) for number in row] for row in reading.numbers],
        "turned": reading.turned,
        "left_out": [_left_out_to_json(each) for each in reading.left_out],
        "written": list(reading.written),
    } | pages


def csv_rows(name: str, reading: Reading, line: int | None = None) -> list[tuple[Cell, ...]]:
    """Return a row for each number, in the order of CSV_HEADER; rows, numbers and pages count from 1.

    `confidence` is the lowest of the number's digits, `doubtful` the count of doubtful ones, and left, top,
    width and height are the box of its digits in the photo's or the drawing's pixels. `page` is empty for the
    only page of a file. `written` is the number with its signs.
    """
    page = reading.page if reading.pages > 1 else None
    rows: list[tuple[Cell, ...]] = []
    for row, groups in enumerate(reading.groups, 1):
        numbers = ((group, [item for item in group if isinstance(item, Digit)]) for group in groups)
        for number, (group, digits) in enumerate((each for each in numbers if each[1]), 1):
            # A person's label is certain, however surprising to the model.
            confidence = min(1.0 if digit.label is not None else digit.confidence for digit in digits)
            doubtful = sum(digit.is_doubtful for digit in digits)
            box = _box_to_json(Box.around(digit.box for digit in digits))
            head = (name, line, row, number, text_of(digits), round(confidence, 6), doubtful)
            rows.append((*head, *box, None, page, text_of(group)))
    return rows


def no_formula(text: str) -> str:
    """Return a text behind an apostrophe if a spreadsheet would compute it; numbers with a sign stay."""
    return f"'{text}" if text.startswith(FORMULA) and not _NUMBER.fullmatch(text) else text


def csv_error(name: str, error: str, line: int | None = None, page: int | None = None) -> tuple[Cell, ...]:
    """Return the row of an input that could not be read."""
    return (name, line, *[None] * (len(CSV_HEADER) - 5), error, page, None)


def to_csv(rows: Iterable[Sequence[Cell]]) -> str:
    r"""Return CSV with "\n" at the end of each line; texts are quoted, numbers are not.

    What a spreadsheet takes for a formula stands behind an apostrophe; a file's name behind "./", which is
    the same file.
    """
    text = io.StringIO()
    writer = csv.writer(text, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    for name, *cells in rows:
        is_formula = isinstance(name, str) and name.startswith(FORMULA)
        texts = (no_formula(cell) if isinstance(cell, str) else cell for cell in cells)
        writer.writerow((f"./{name}" if is_formula else name, *texts))
    return text.getvalue()


def _left_out_to_json(left_out: int | LeftOut) -> int | dict[str, Any]:
    if isinstance(left_out, int):
        return left_out
    return {"box": _box_to_json(left_out.box), "reason": left_out.reason}


def _box_to_json(box: Box) -> list[float]:
    return [round(value, 2) for value in astuple(box)]


def _digit_to_json(digit: Digit) -> dict[str, Any]:
    form = {
        "digit": digit.digit,
        "confidence": round(digit.confidence, 6),
        "is_digit": digit.is_digit,
        "candidates": list(digit.candidates),
        "box": _box_to_json(digit.box),
        "probabilities": [round(float(p), 6) for p in digit.probabilities],
        "verdict": digit.verdict.value,
    }
    optional = {"label": digit.label, "sign": digit.sign or None}
    return form | {key: value for key, value in optional.items() if value is not None}
