"""Many files to read: images, documents, drawings (.json) and lines of drawings (.jsonl, .jsonl.gz)."""

from __future__ import annotations

import gzip
import json
import signal
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import FrameType
from typing import Any

import cv2

from mnist_app.domain import Photo, Reading
from mnist_app.errors import DrawingError, InputError, MnistAppError, PictureError
from mnist_app.ink.decode import count_pages, load_photo
from mnist_app.ink.limits import MAX_BYTES
from mnist_app.reading.batch.pictures import write_picture
from mnist_app.reading.formats import Cell, csv_error, csv_rows, reading_to_json
from mnist_app.reading.reader import Reader

MAX_JSON = 4 * 2**20  # bytes of one drawing; 20,000 points of a canvas have 2 MB
MAX_SECONDS = 60.0  # to read a photo or drawing; a page of 500 digits takes 15
DRAWING = ".json"
DRAWINGS = (".jsonl", ".jsonl.gz")


@dataclass(frozen=True)
class Task:
    """One photo or drawing to read: a `page` of a file, or the `content` of one of its lines.

    `picture` is the file to draw the photo with its reading to, None for no picture. A file that can be read
    once only, such as a pipe, has its `content` here as well.
    """

    file: Path
    line: int | None = None
    content: bytes | None = None
    picture: Path | None = None
    page: int = 1
    pages: int = 1


@dataclass(frozen=True)
class Outcome:
    """The reading of one photo or drawing, or the error that says why there is none.

    `line` counts from 1 in files of many drawings and is None in others. `page` counts from 1 to `pages`.
    `picture` is the photo with its reading drawn on it, None for no picture. A reading whose picture can't be
    written has an error too.
    """

    file: Path
    line: int | None
    reading: Reading | None
    error: MnistAppError | None
    picture: Path | None = None
    page: int = 1
    pages: int = 1

    @property
    def place(self) -> str:
        """The file, and the line or page if it has many."""
        if self.line is not None:
            return f"{self.file}:{self.line}"
        return page_title(str(self.file), self.page, self.pages)


def page_title(name: str, page: int, pages: int) -> str:
    """Return a file's name, and the number of a page behind it if there are several."""
    return name if pages == 1 else f"{name}, page {page}"


def read_files(reader: Reader, files: Iterable[Path]) -> Iterator[Outcome]:
    """Read files one after another, as their outcomes are asked for. No error stops the rest."""
    for file in files:
        for task in tasks_of(file):
            yield task if isinstance(task, Outcome) else read_task(reader, task)


def tasks_of(file: Path, place_picture: Callable[[str], Path] | None = None) -> Iterator[Task | Outcome]:
    """Return the tasks of a file: line after line, page after page, and an Outcome for an error in between.

    `place_picture` returns the file for the picture of a photo, given what to add to the photo's own name.
    """
    if has_lines(file):
        yield from _lines(file)
    elif is_drawing(file):
        yield Task(file)
    else:
        content = None if file.is_file() else _read_once(file)
        pages = count_pages(file if content is None else content)
        for page in range(1, pages + 1):
            picture = place_picture(f"-page-{page}" if pages > 1 else "") if place_picture else None
            yield Task(file, None, content, picture, page, pages)


def is_drawing(file: Path) -> bool:
    """Return True if it is one drawing, or many, rather than a photo."""
    return file.name.lower().endswith(DRAWING) or has_lines(file)


def has_lines(file: Path) -> bool:
    """Return True if each line is a drawing."""
    return file.name.lower().endswith(DRAWINGS)


def read_task(reader: Reader, task: Task) -> Outcome:
    """Read a photo or drawing, and draw its picture. The outcome says what could not be done."""
    try:
        with _limited():
            photo, reading = _read(reader, task)
    except (InputError, MemoryError, cv2.error) as error:
        return failed(task, _expected(error))
    outcome = Outcome(task.file, task.line, reading, None, None, task.page, task.pages)
    if photo is None or task.picture is None:
        return outcome
    try:
        write_picture(task.picture, photo, reading)
    except (PictureError, MemoryError) as error:
        return replace(outcome, error=_expected(error))
    return replace(outcome, picture=task.picture)


@contextmanager
def _limited() -> Iterator[None]:
    """Raise InputError after MAX_SECONDS; but not on Windows, or beside the main thread."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (a handler's signature)
        raise InputError(f"It takes over {MAX_SECONDS:.0f} seconds to read. Show less of it, then try again.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _read(reader: Reader, task: Task) -> tuple[Photo | None, Reading]:
    if is_drawing(task.file):
        content = _content(task.file) if task.content is None else task.content
        return None, reader.read_drawing(parse_json(content))
    photo = load_photo(task.file if task.content is None else task.content, task.page)
    return photo, reader.read_photo(photo)


def failed(task: Task, error: MnistAppError) -> Outcome:
    """Return the outcome of a task that could not be done."""
    return Outcome(task.file, task.line, None, error, None, task.page, task.pages)


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Return the stable JSON form; an input that could not be read has an `error`, and nothing else."""
    line = {} if outcome.line is None else {"line": outcome.line}
    picture = {} if outcome.picture is None else {"picture": str(outcome.picture)}
    error = {} if outcome.error is None else {"error": str(outcome.error)}
    reading = reading_to_json(outcome.reading or Reading((), page=outcome.page, pages=outcome.pages))
    return {"file": str(outcome.file)} | line | reading | picture | error


def outcome_to_csv(outcome: Outcome) -> list[tuple[Cell, ...]]:
    """Return a row of CSV for each number, and one for the error."""
    name, line, page = str(outcome.file), outcome.line, outcome.page if outcome.pages > 1 else None
    rows = csv_rows(name, outcome.reading, line) if outcome.reading else []
    return rows + ([csv_error(name, str(outcome.error), line, page)] if outcome.error else [])


def parse_json(content: bytes) -> Any:
    """Return the value of untrusted JSON. Raises DrawingError if it is not JSON or too large."""
    if len(content) > MAX_JSON:
        raise DrawingError(f"The drawing is larger than {MAX_JSON // 2**20} MB. Save one digit only.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as error:
        raise DrawingError(f"This is no JSON ({error!s:.80}). Save the drawing again.") from None


def _lines(file: Path) -> Iterator[Task | Outcome]:
    """Return the lines one after another: thousands of drawings are never in memory together."""
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


def _read_once(file: Path) -> bytes | None:
    """Return the content of what is no plain file, None if it can't be read: trying again will say why."""
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError:
        return None


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_JSON + 1)
    except OSError as error:
        raise DrawingError(_unreadable(error)) from None


def _expected(error: MnistAppError | MemoryError | cv2.error) -> MnistAppError:
    """Return an error of one file alone, as too little memory is. Raises mistakes in this program."""
    if isinstance(error, MnistAppError):
        return error
    if isinstance(error, MemoryError) or error.code == cv2.Error.StsNoMem:
        return InputError("There is not enough memory for it. Make it smaller, then try again.")
    raise error


def _unreadable(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"The file cannot be read: {reason}."
