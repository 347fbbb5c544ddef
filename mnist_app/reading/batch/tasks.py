"""Many files: images, drawings (.json) and lines of drawings (.jsonl, .jsonl.gz)."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2

from mnist_app.domain import Reading
from mnist_app.errors import DrawingError, InputError, MnistAppError
from mnist_app.ink.decode import load_photo
from mnist_app.reading.batch.pictures import write_picture
from mnist_app.reading.formats import Cell, csv_error, csv_rows, reading_to_json
from mnist_app.reading.reader import Reader

MAX_JSON = 20 * 2**20  # bytes of one drawing
DRAWING = ".json"
DRAWINGS = (".jsonl", ".jsonl.gz")


@dataclass(frozen=True)
class Task:
    """One photo or drawing to read: a file, or the `content` of one of its lines.

    `picture` is where the photo is to be drawn with what was read on it, None for nowhere.
    """

    file: Path
    line: int | None = None
    content: bytes | None = None
    picture: Path | None = None

    @property
    def place(self) -> str:
        """The file, and the line where it has many."""
        return _place(self.file, self.line)


@dataclass(frozen=True)
class Outcome:
    """What became of one photo or drawing: a reading, or the error that says why not.

    `line` counts from 1 in files of many drawings and is None in others. `picture` is the photo with what
    was read on it, None where there is none. A reading whose picture can't be written has an error too.
    """

    file: Path
    line: int | None
    reading: Reading | None
    error: MnistAppError | None
    picture: Path | None = None

    @property
    def place(self) -> str:
        """The file, and the line where it has many."""
        return _place(self.file, self.line)


def read_files(reader: Reader, files: Iterable[Path]) -> Iterator[Outcome]:
    """Read one after another, as they are asked for. What can't be read never stops the rest."""
    for file in files:
        for task in tasks_of(file):
            yield task if isinstance(task, Outcome) else read_task(reader, task)


def tasks_of(file: Path, picture: Path | None = None) -> Iterator[Task | Outcome]:
    """What there is to read in a file: itself, or line after line, and what can't be had of it."""
    if has_lines(file):
        yield from _lines(file)
    else:
        yield Task(file, picture=None if is_drawing(file) else picture)


def is_drawing(file: Path) -> bool:
    """Whether it is one drawing, or many, rather than a photo."""
    return file.name.lower().endswith(DRAWING) or has_lines(file)


def has_lines(file: Path) -> bool:
    """Whether each line is a drawing."""
    return file.name.lower().endswith(DRAWINGS)


def read_task(reader: Reader, task: Task) -> Outcome:
    """Read one, and draw its picture. What can't be done is an error in what it gives."""
    try:
        photo = None if is_drawing(task.file) else load_photo(task.file)
        reading = _read(reader, task) if photo is None else reader.read_photo(photo)
    except (InputError, MemoryError, cv2.error) as error:
        return Outcome(task.file, task.line, None, _expected(error))
    if photo is None or task.picture is None:
        return Outcome(task.file, task.line, reading, None)
    try:
        write_picture(task.picture, photo, reading)
    except (MnistAppError, MemoryError) as error:
        return Outcome(task.file, task.line, reading, _expected(error))
    return Outcome(task.file, task.line, reading, None, task.picture)


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """The stable JSON form: what could not be read has empty text, rows and digits, and an `error`."""
    line = {} if outcome.line is None else {"line": outcome.line}
    picture = {} if outcome.picture is None else {"picture": str(outcome.picture)}
    error = {} if outcome.error is None else {"error": str(outcome.error)}
    reading = reading_to_json(outcome.reading or Reading(()))
    return {"file": str(outcome.file)} | line | reading | picture | error


def outcome_to_csv(outcome: Outcome) -> list[tuple[Cell, ...]]:
    """A row for each number, and one for the error."""
    name, line = str(outcome.file), outcome.line
    rows = csv_rows(name, outcome.reading, line) if outcome.reading else []
    return rows + ([csv_error(name, str(outcome.error), line)] if outcome.error else [])


def parse_json(content: bytes) -> Any:
    """The value of untrusted JSON. Raises DrawingError for what is no JSON or too large."""
    if len(content) > MAX_JSON:
        raise DrawingError(f"The drawing is larger than {MAX_JSON // 2**20} MB. Save one digit only.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DrawingError(f"This is no JSON ({error!s:.80}). Save the drawing again.") from None


def _place(file: Path, line: int | None) -> str:
    return str(file) if line is None else f"{file}:{line}"


def _lines(file: Path) -> Iterator[Task | Outcome]:
    """The lines one after another: thousands of drawings are never in memory together."""
    try:
        with gzip.open(file) if file.suffix.lower() == ".gz" else file.open("rb") as stream:
            number = 0
            while content := stream.readline(MAX_JSON + 1):
                number += 1
                if content.strip():
                    yield Task(file, number, content)
                while len(content) > MAX_JSON and not content.endswith(b"\n"):
                    content = stream.readline(MAX_JSON + 1)  # the rest of a line that is too long
    except (OSError, EOFError, zlib.error) as error:
        yield Outcome(file, None, None, DrawingError(_unreadable(error)))


def _read(reader: Reader, task: Task) -> Reading:
    return reader.read_drawing(parse_json(_content(task.file) if task.content is None else task.content))


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_JSON + 1)
    except OSError as error:
        raise DrawingError(_unreadable(error)) from None


def _expected(error: MnistAppError | MemoryError | cv2.error) -> MnistAppError:
    """Too little memory is an error of its file alone. Raises what is a mistake in this program."""
    if isinstance(error, MnistAppError):
        return error
    if isinstance(error, MemoryError) or error.code == cv2.Error.StsNoMem:
        return InputError("There is not enough memory for it. Make it smaller, then try again.")
    raise error


def _unreadable(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The file cannot be read: {reason}."
