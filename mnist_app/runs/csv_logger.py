"""Logs of Keras's `CSVLogger`, taken in as runs with curves and no model."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mnist_app.domain import FIGURES, Epoch, Run, Status, best_epoch
from mnist_app.errors import ImportRefusedError
from mnist_app.runs.audit import Event, record
from mnist_app.runs.files import write_history, write_run
from mnist_app.runs.safe_zip import read_bounded
from mnist_app.runs.store import RunStore

MAX_LOG_BYTES = 4 * 2**20  # bytes; 10,000 epochs of ten figures have 2 MB
MAX_EPOCHS = 10_000  # as of a training here
_LATEST = 253_000_000_000  # seconds since 1970, in the year 9987; a file may be of any year
_EPOCH = "epoch"
_SEPARATORS = ",;\t"
_ACCURACIES = ("accuracy", "acc", "sparse_categorical_accuracy", "categorical_accuracy")
_COLUMNS = {
    "loss": ("loss",),
    "accuracy": _ACCURACIES,
    "val_loss": ("val_loss",),
    "val_accuracy": tuple(f"val_{name}" for name in _ACCURACIES),
    "learning_rate": ("learning_rate", "lr"),
}
_UNMEASURED = ("", "NA")  # what Keras writes for a figure that an epoch lacks
_MAX_ACCURACY = 1 + 1e-6  # a mean of ones in single precision


@dataclass(frozen=True)
class Log:
    """The epochs of a log, and the names of the columns that say nothing that a run has."""

    history: list[Epoch]
    left_out: tuple[str, ...]


@dataclass(frozen=True)
class ImportedLog:
    """The run that a log became, and the columns that were left out."""

    run: Run
    left_out: tuple[str, ...]


def import_log(store: RunStore, file: Path, name: str) -> ImportedLog:
    """Make a log a run of the store, as old as the file.

    Raises ImportRefusedError for anything but a log, RunExistsError if the name is taken, RunError if
    nothing can be written.
    """
    content = read_bounded(file, MAX_LOG_BYTES)
    try:
        log = read_log(content.decode("utf-8-sig", "replace"))
    except (ValueError, csv.Error) as error:
        raise ImportRefusedError(f"{file.name!r} is no log of Keras's CSVLogger: {error}.") from error
    history, best = log.history, best_epoch(log.history)
    figures = {figure: getattr(best, figure) for figure in FIGURES}
    with store.draft() as folder:
        run = Run(
            name=name,
            path=folder,
            status=Status.FINISHED,
            created=datetime.fromtimestamp(min(max(0, int(file.stat().st_mtime)), _LATEST), UTC),
            config=None,
            epochs=len(history),
            best_epoch=best.epoch,
            metrics={figure: value for figure, value in figures.items() if math.isfinite(value)},
        )
        try:
            write_history(folder, history)
            write_run(folder, run)
            imported = ImportedLog(store.publish(folder, name), log.left_out)
            record(Event.RUN_IMPORTED, run=name)
            return imported
        except OSError as error:
            raise store.unwritable(error) from error


def read_log(text: str) -> Log:
    """Return a log's epochs, in the order in which they were trained. Raises ValueError or csv.Error.

    A log that was appended to may name its columns again. If it goes back to an epoch that it has, the
    training was resumed there, and what followed is dropped; if it counts from 0 again, `fit` was called
    once more with the same weights, and all of it counts.
    """
    found: list[tuple[int, Epoch]] = []  # an epoch's number in the log, and the epoch
    columns: dict[str, int] | None = None
    left_out: dict[str, None] = {}
    first = text.partition("\n")[0]
    rows = list(csv.reader(io.StringIO(text), delimiter=max(_SEPARATORS, key=first.count)))
    for line, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        if cells[:1] == [_EPOCH]:
            columns = _columns(cells)
            taken = {0, *columns.values()}
            left_out |= dict.fromkeys(cell for k, cell in enumerate(cells) if cell and k not in taken)
        elif columns is None:
            raise ValueError(f"its first line must begin with {_EPOCH!r}, got {','.join(cells)!r:.40}")
        # The last line may be half written.
        elif any(cells) and not (line == len(rows) and len(cells) <= max(columns.values())):
            if not (cells[0].isascii() and cells[0].isdecimal()):
                raise ValueError(f"line {line} must begin with the number of an epoch, got {cells[0]!r:.40}")
            number = int(cells[0])
            while number and found and found[-1][0] >= number:
                found.pop()
            found.append((number, _epoch(len(found) + 1, cells, columns, line)))
    if not 1 <= len(found) <= MAX_EPOCHS:
        raise ValueError(f"it must have 1 to {MAX_EPOCHS:,} epochs, got {len(found):,}")
    return Log([epoch for _, epoch in found], tuple(left_out))


def _columns(names: Sequence[str]) -> dict[str, int]:
    """Return the column of each figure of an epoch, of those that the log has."""
    found = {}
    for figure, spellings in _COLUMNS.items():
        places = [names.index(name) for name in spellings if name in names]
        if places:
            found[figure] = places[0]
    if not set(FIGURES) & set(found):
        raise ValueError(f"it must have a column 'loss' or 'accuracy', got {', '.join(names)!r:.60}")
    return found


def _epoch(number: int, cells: Sequence[str], columns: Mapping[str, int], line: int) -> Epoch:
    figures = dict.fromkeys((*_COLUMNS, "seconds"), math.nan)
    for figure, place in columns.items():
        if place >= len(cells):
            raise ValueError(f"line {line} has too few columns")
        figures[figure] = _figure(cells[place], figure, line)
    return Epoch(epoch=number, **figures)


def _figure(cell: str, figure: str, line: int) -> float:
    if cell in _UNMEASURED:
        return math.nan
    try:
        value = float(cell)
    except ValueError:
        raise ValueError(f"{figure} on line {line} must be a number, got {cell!r:.40}") from None
    if not math.isfinite(value):
        return math.nan
    if figure.endswith("accuracy") and not 0 <= value <= _MAX_ACCURACY:
        raise ValueError(f"{figure} on line {line} must be from 0 to 1, got {value:g}")
    return min(value, 1.0) if figure.endswith("accuracy") else value
