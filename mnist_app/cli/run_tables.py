"""Runs and trainings as text for people."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mnist_app.cli.tables import printable, set_table
from mnist_app.domain import Comparison, Epoch, Run, SetScore, Training, best_epoch
from mnist_app.runs.files import served_bytes

LAST_EPOCHS = 5  # of a run's, that are shown
_NOTE_WIDTH = 40
_NOTHING = "–"


@dataclass(frozen=True)
class Column:
    """One of a run's figures: its key in JSON, with the unit; the figure, None if there is none; as text."""

    key: str
    value: Callable[[Run], Any]
    text: Callable[[Any], str] = str
    is_best_first: bool = False

    def shown(self, run: Run) -> str:
        """The figure as text."""
        value = self.value(run)
        return _NOTHING if value is None else self.text(value)


def _metric(name: str) -> Callable[[Run], float | None]:
    return lambda run: run.metrics.get(name)


def _note(note: str) -> str:
    line = printable(note.partition("\n")[0])
    return line if line == note and len(line) <= _NOTE_WIDTH else line[: _NOTE_WIDTH - 1] + "…"


_percent, _count = "{:.2%}".format, "{:,}".format
COLUMNS = {
    "name": Column("name", lambda run: run.name),
    "preset": Column("preset", lambda run: run.preset or None, printable),
    "parameters": Column("parameters", lambda run: run.parameters, _count),
    "epochs": Column("epochs", lambda run: run.epochs),
    "best epoch": Column("best_epoch", lambda run: run.best_epoch),
    "validation": Column("val_accuracy", _metric("val_accuracy"), _percent, is_best_first=True),
    "test": Column("test_accuracy", _metric("test_accuracy"), _percent, is_best_first=True),
    "errors": Column("test_errors", lambda run: run.errors, _count),
    "calibration error": Column("test_calibration_error", _metric("test_calibration_error"), _percent),
    "latency": Column(
        "latency_ms", lambda run: None if math.isnan(run.latency_ms) else run.latency_ms, "{:.3f} ms".format
    ),
    "size": Column("size_bytes", served_bytes, lambda size: f"{size / 1e6:.2f} MB"),
    "seconds": Column("seconds", lambda run: run.seconds or None, "{:,.0f}".format),
    "date": Column(
        "created",
        lambda run: run.created.isoformat(),
        lambda date: date[:16].replace("T", " "),
        is_best_first=True,
    ),
    "note": Column("note", lambda run: run.note or None, _note),
}
_WORDS = ("name", "preset", "date", "note")  # left-aligned, beside the numbers


def in_order(runs: Sequence[Run], by: str) -> list[Run]:
    """Runs by a column: the best accuracy or the newest first, else the least; what has none comes last."""
    column = COLUMNS[by]
    known = [run for run in runs if column.value(run) is not None]
    known.sort(key=column.value, reverse=column.is_best_first)
    return known + [run for run in runs if column.value(run) is None]


def run_table(runs: Sequence[Run]) -> str:
    """A line for each run."""
    rows = [[column.shown(run) for column in COLUMNS.values()] for run in runs]
    return aligned([list(COLUMNS), *rows], [list(COLUMNS).index(word) for word in _WORDS])


def training_table(trainings: Sequence[Training]) -> str:
    """A line for each training that is no run yet."""
    head = ["not finished", "state", "epochs", "best validation", "reason"]
    rows = [
        [printable(t.name), t.state, _progress(t), _best(t.history), printable(t.reason)] for t in trainings
    ]
    return aligned([head, *rows], left=(0, 1, 4))


def _progress(training: Training) -> str:
    return f"{len(training.history)}/{training.config.epochs if training.config else '?'}"


def _best(history: Sequence[Epoch]) -> str:
    best = best_epoch(history).val_accuracy if history else math.nan
    return _percent(best) if math.isfinite(best) else _NOTHING


def run_text(run: Run, scores: Sequence[SetScore], history: Sequence[Epoch]) -> str:
    """All that a run's files say, but for what it said of single images."""
    facts = {
        **{title: column.shown(run) for title, column in COLUMNS.items() if title != "note"},
        "folder": printable(str(run.path)),
        "commit": _NOTHING if run.commit is None else printable(str(run.commit)),
        "versions": ", ".join(f"{name} {version}" for name, version in run.versions.items()) or _NOTHING,
    }
    calibration = dataclasses.asdict(run.calibration) if run.calibration else {}
    parts = [
        section("", facts),
        section("Settings", settings(run)),
        section("Calibration", calibration),
        section("Metrics", run.metrics),
        "\n".join(["Note", *(f"  {printable(line)}" for line in run.note.splitlines())]) if run.note else "",
        set_table(scores) if scores else "",
        epoch_table(history[-LAST_EPOCHS:]) if history else "",
        section("SHA-256", run.files),
    ]
    return "\n\n".join(part for part in parts if part)


def training_text(training: Training, log: Sequence[str]) -> str:
    """All that the folder of a training that is no run yet says."""
    left = training.seconds_left if training.is_alive else None
    facts = {
        "name": training.name,
        "state": f"{training.state}{f': {training.phase}' if training.is_alive and training.phase else ''}",
        "reason": training.reason or _NOTHING,
        "since": f"{training.since:%Y-%m-%d %H:%M}",
        "epochs": _progress(training),
        "done": f"{training.done:.1f} epochs",
        "time left": _NOTHING if left is None else f"{left:,.0f} s",
        "folder": str(training.path),
    }
    parts = [
        section("", facts),
        section("Settings", dataclasses.asdict(training.config)) if training.config else "",
        epoch_table(training.history[-LAST_EPOCHS:]) if training.history else "",
        "\n".join(["Log", *(f"  {printable(line)}" for line in log)]) if log else "",
    ]
    return "\n\n".join(part for part in parts if part)


def settings(run: Run) -> dict[str, Any]:
    """How a run was trained, by the names of the settings; empty where that is not known."""
    return dataclasses.asdict(run.config) if run.config else {}


def section(title: str, facts: Mapping[str, Any]) -> str:
    """Facts, one a line, below a title; empty where there are none."""
    if not facts:
        return ""
    indent = "  " if title else ""
    rows = [[f"{indent}{printable(name)}", figure(value)] for name, value in facts.items()]
    return "\n".join([*([title] if title else []), aligned(rows, left=(0, 1))])


def figure(value: Any) -> str:
    """A value as short as it can be said."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return _NOTHING
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {figure(part)}" for key, part in value.items())
    return f"{value:.6g}" if isinstance(value, float) else printable(str(value))


def epoch_table(history: Sequence[Epoch]) -> str:
    """A line for each epoch."""
    names = [field.name for field in dataclasses.fields(Epoch)]
    rows = [[figure(getattr(epoch, name)) for name in names] for epoch in history]
    return aligned([[name.replace("_", " ") for name in names], *rows])


def versus_line(name: str, runs: Sequence[Run], result: Comparison) -> str:
    """What tells two runs apart on one set."""
    first, second = (run.name for run in runs)
    return (
        f"{printable(name)}: only {first} is right on {len(result.only_first):,} images, only {second} on "
        f"{len(result.only_second):,} (McNemar's p {result.shown_p})"
    )


def aligned(rows: Sequence[Sequence[str]], left: Collection[int] = ()) -> str:
    """Rows of cells in columns, right-aligned but for those named."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = (
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
