"""Many files: images, drawings (.json) and lines of drawings (.jsonl, .jsonl.gz)."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mnist_app.domain import Digit, Reading
from mnist_app.errors import DrawingError, InputError
from mnist_app.reading.reader import Reader

MAX_JSON = 20 * 2**20  # bytes of one drawing


@dataclass(frozen=True)
class Outcome:
    """What became of one drawing or image: a reading, or the error that says why not.

    `line` counts from 1 in files of many drawings and is None in others.
    """

    file: Path
    line: int | None
    reading: Reading | None
    error: InputError | None

    @property
    def place(self) -> str:
        """The file, and the line where it has many."""
        return str(self.file) if self.line is None else f"{self.file}:{self.line}"


def read_files(reader: Reader, files: Iterable[Path]) -> Iterator[Outcome]:
    """Read one after another, as they are asked for. What can't be read never stops the rest."""
    for file in files:
        if file.name.lower().endswith((".jsonl", ".jsonl.gz")):
            yield from _read_lines(reader, file)
        else:
            yield _outcome(reader, file)


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """The stable JSON form: what could not be read has empty text, rows and digits, and an `error`."""
    digits = outcome.reading.digits if outcome.reading else ()
    place = {"file": str(outcome.file)} | ({} if outcome.line is None else {"line": outcome.line})
    return {
        **place,
        "text": outcome.reading.text if outcome.reading else "",
        "rows": list(outcome.reading.lines) if outcome.reading else [],
        "digits": [_digit_to_json(digit) for digit in digits],
    } | ({"error": str(outcome.error)} if outcome.error else {})


def _digit_to_json(digit: Digit) -> dict[str, Any]:
    return {
        "digit": digit.digit,
        "confidence": round(digit.confidence, 6),
        "is_digit": digit.is_digit,
        "candidates": list(digit.candidates),
        "box": [round(value, 2) for value in asdict(digit.box).values()],
        "probabilities": [round(float(p), 6) for p in digit.probabilities],
    }


def _read_lines(reader: Reader, file: Path) -> Iterator[Outcome]:
    try:
        with gzip.open(file) if file.suffix.lower() == ".gz" else file.open("rb") as stream:
            number = 0
            while content := stream.readline(MAX_JSON + 1):
                number += 1
                if content.strip():
                    yield _outcome(reader, file, number, content)
                while len(content) > MAX_JSON and not content.endswith(b"\n"):
                    content = stream.readline(MAX_JSON + 1)  # the rest of a line that is too long
    except (OSError, EOFError, zlib.error) as error:
        yield Outcome(file, None, None, DrawingError(_unreadable(error)))


def _outcome(reader: Reader, file: Path, line: int | None = None, content: bytes | None = None) -> Outcome:
    try:
        if content is None and file.suffix.lower() != ".json":
            return Outcome(file, line, reader.read_photo(file), None)
        drawing = parse_json(_content(file) if content is None else content)
        return Outcome(file, line, reader.read_drawing(drawing), None)
    except InputError as error:
        return Outcome(file, line, None, error)


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_JSON + 1)
    except OSError as error:
        raise DrawingError(_unreadable(error)) from None


def parse_json(content: bytes) -> Any:
    """The value of untrusted JSON. Raises DrawingError for what is no JSON or too large."""
    if len(content) > MAX_JSON:
        raise DrawingError(f"The drawing is larger than {MAX_JSON // 2**20} MB. Save one digit only.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DrawingError(f"This is no JSON ({error!s:.80}). Save the drawing again.") from None


def _unreadable(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The file cannot be read: {reason}."
