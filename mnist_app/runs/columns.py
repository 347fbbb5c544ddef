"""The columns of a table of runs, for the command line and the pages alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from mnist_app.domain import Run
from mnist_app.runs.files import served_bytes


class Unit(Enum):
    """The unit of a column's values, by which they are shown.

    SHARE is 0..1, RATE one of learning, TIME a datetime.
    """

    TEXT = auto()
    COUNT = auto()
    SHARE = auto()
    MILLISECONDS = auto()
    SECONDS = auto()
    BYTES = auto()
    RATE = auto()
    TIME = auto()


@dataclass(frozen=True)
class Column:
    """A figure of runs: its key in JSON, its title, and its value for a run, None if there is none.

    A setting is in a table only on demand.
    """

    key: str
    title: str
    value: Callable[[Run], Any]
    unit: Unit = Unit.TEXT
    help: str = ""
    is_largest_first: bool = False
    is_setting: bool = False

    @property
    def name(self) -> str:
        """The name by which a person sorts: the title in lower case."""
        return self.title.lower()


def _metric(name: str) -> Callable[[Run], float | None]:
    return lambda run: run.metrics.get(name)


def _setting(key: str, title: str, unit: Unit = Unit.COUNT, help_: str = "") -> Column:
    return Column(key, title, lambda run: getattr(run.config, key, None), unit, help_, is_setting=True)


_ALL = (
    Column("name", "Name", lambda run: run.name),
    Column("preset", "Preset", lambda run: run.preset or None),
    Column(
        "test_accuracy",
        "Test accuracy",
        _metric("test_accuracy"),
        Unit.SHARE,
        "On MNIST's test images, scored once",
        is_largest_first=True,
    ),
    Column("test_errors", "Errors", lambda run: run.errors, Unit.COUNT, "Of MNIST's 10,000 test images"),
    Column(
        "val_accuracy",
        "Validation",
        _metric("val_accuracy"),
        Unit.SHARE,
        "Accuracy of the epoch that was kept",
        is_largest_first=True,
    ),
    Column(
        "test_calibration_error",
        "Calibration error",
        _metric("test_calibration_error"),
        Unit.SHARE,
        "Mean distance of confidence from accuracy",
    ),
    Column("parameters", "Parameters", lambda run: run.parameters, Unit.COUNT),
    Column("epochs", "Epochs", lambda run: run.epochs, Unit.COUNT),
    Column(
        "best_epoch", "Best epoch", lambda run: run.best_epoch, Unit.COUNT, "The one whose weights were kept"
    ),
    Column(
        "latency_ms",
        "Latency",
        lambda run: None if math.isnan(run.latency_ms) else run.latency_ms,
        Unit.MILLISECONDS,
        "One image, one thread, on the machine that trained it",
    ),
    Column("size_bytes", "Size", served_bytes, Unit.BYTES, "Of the file that is served"),
    _setting("batch_size", "Batch size"),
    _setting("learning_rate", "Learning rate", Unit.RATE, "The highest one"),
    _setting("seed", "Seed"),
    Column("seconds", "Training", lambda run: run.seconds or None, Unit.SECONDS),
    Column("created", "Date", lambda run: run.created, Unit.TIME, is_largest_first=True),
    Column("tags", "Tags", lambda run: " ".join(run.tags) or None),
    Column("note", "Note", lambda run: run.note or None),
)
COLUMNS = {column.key: column for column in _ALL}


def sort_runs(runs: Sequence[Run], column: Column) -> list[Run]:
    """Return runs by a column, the best accuracy or the newest first, else the least; without one last."""
    known = [run for run in runs if column.value(run) is not None]
    known.sort(key=column.value, reverse=column.is_largest_first)
    return known + [run for run in runs if column.value(run) is None]
