"""Runs and scores as text for people."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from mnist_app.domain import DIGITS, Epoch, Evaluation, Run, SetScore
from mnist_app.runs.columns import COLUMNS, Column, Unit

LAST_EPOCHS = 5  # of a run's, that are shown
NOTHING = "–"
_MAX_NOTE = 40  # characters of a note in a table
_TEXTS: dict[Unit, Callable[[Any], str]] = {
    Unit.COUNT: "{:,}".format,
    Unit.SHARE: "{:.2%}".format,
    Unit.MILLISECONDS: "{:.3f} ms".format,
    Unit.SECONDS: "{:,.0f} s".format,
    Unit.RATE: "{:g}".format,
    Unit.BYTES: lambda size: f"{size / 1e6:.2f} MB",
    Unit.TIME: "{:%Y-%m-%d %H:%M}".format,
}


def printable(text: str) -> str:
    """Return text with escapes for what would move a terminal's cursor, or begin another line."""
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def shown(column: Column, run: Run) -> str:
    """Return a run's value in a column as text; of a note, the beginning."""
    value = column.value(run)
    if value is None:
        return NOTHING
    if column.key == "note":
        line = printable(value.partition("\n")[0])
        return line if line == value and len(line) <= _MAX_NOTE else line[: _MAX_NOTE - 1] + "…"
    return _TEXTS.get(column.unit, printable)(value)


def run_table(runs: Sequence[Run]) -> str:
    """Return a row for each finished run."""
    columns = [column for column in COLUMNS.values() if not column.is_setting]
    rows = [[shown(column, run) for column in columns] for run in runs]
    words = [k for k, column in enumerate(columns) if column.unit in (Unit.TEXT, Unit.TIME)]
    return aligned([[column.name for column in columns], *rows], words)


def unfinished_table(runs: Sequence[Run]) -> str:
    """Return a row for each run that is not finished."""
    head = ["not finished", "state", "epochs", "best validation", "reason"]
    rows = []
    for run in runs:
        best = run.history[run.best_epoch - 1].val_accuracy if run.history else math.nan
        validation = f"{best:.2%}" if math.isfinite(best) else NOTHING
        rows.append([run.name, run.status, epochs_of(run), validation, printable(run.progress.reason)])
    return aligned([head, *rows], left=(0, 1, 4))


def epochs_of(run: Run) -> str:
    """Return how many of an unfinished run's epochs are complete."""
    return f"{run.epochs}/{run.config.epochs if run.config else '?'}"


def run_text(run: Run, scores: Sequence[SetScore], history: Sequence[Epoch]) -> str:
    """Return all facts about a finished run."""
    facts = {
        **{
            column.name: shown(column, run)
            for column in COLUMNS.values()
            if column.key != "note" and not column.is_setting
        },
        "folder": run.path,
        "commit": run.commit,
        "versions": run.versions or None,
    }
    calibration = dataclasses.asdict(run.calibration) if run.calibration else {}
    return joined(
        section("", facts),
        section("Settings", settings(run)),
        section("Calibration", calibration),
        section("Metrics", run.metrics),
        "\n".join(["Note", *(f"  {printable(line)}" for line in run.note.splitlines())]) if run.note else "",
        set_table(scores) if scores else "",
        epoch_table(history),
        section("SHA-256", run.files),
    )


def unfinished_text(run: Run, log: Sequence[str], left: float | None) -> str:
    """Return all facts about a run that is not finished, with the last lines of its log.

    `left` is the time in seconds until it is trained and scored, None if that is not known.
    """
    progress = run.progress
    facts = {
        "name": run.name,
        "state": f"{run.status}: {progress.phase}" if progress.phase else run.status,
        "reason": progress.reason or None,
        "since": f"{run.created:%Y-%m-%d %H:%M}",
        "epochs": epochs_of(run),
        "done": f"{progress.done:.1f} epochs",
        "time left": None if left is None else f"{left:,.0f} s",
        "folder": run.path,
    }
    return joined(
        section("", facts),
        section("Settings", settings(run)),
        epoch_table(run.history),
        "\n".join(["Log", *(f"  {printable(line)}" for line in log)]) if log else "",
    )


def settings(run: Run) -> dict[str, Any]:
    """Return a run's settings by name; none if they are not known."""
    return dataclasses.asdict(run.config) if run.config else {}


def section(title: str, facts: Mapping[str, Any]) -> str:
    """Return facts, one a line, below a title; empty if there are none."""
    if not facts:
        return ""
    indent = "  " if title else ""
    rows = [[f"{indent}{printable(name)}", figure(value)] for name, value in facts.items()]
    return "\n".join([*([title] if title else []), aligned(rows, left=(0, 1))])


def figure(value: Any) -> str:
    """Return any value as short text; a dash for None and for what is not finite."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOTHING
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {figure(part)}" for key, part in value.items())
    return f"{value:.6g}" if isinstance(value, float) else printable(str(value))


def epoch_table(history: Sequence[Epoch]) -> str:
    """Return a row for each of the last epochs; empty if there are none."""
    if not history:
        return ""
    names = [field.name for field in dataclasses.fields(Epoch)]
    rows = [[figure(getattr(epoch, name)) for name in names] for epoch in history[-LAST_EPOCHS:]]
    return aligned([[name.replace("_", " ") for name in names], *rows])


def set_table(scores: Sequence[SetScore]) -> str:
    """Return a row for each test set; non-digits have only a rejection rate."""
    head = ["set", "images", "accuracy", "calibration", "coverage", "candidates", "rejected"]
    rows = []
    for score in scores:
        shares = (score.accuracy, score.calibration_error, score.coverage)
        cells = ["" if share is None else f"{share:.2%}" for share in shares]
        cells.append("" if score.candidates is None else f"{score.candidates:.2f}")
        rows.append([printable(score.name), f"{score.images:,}", *cells, f"{score.rejection_rate:.2%}"])
    return aligned([head, *rows], left=(0,))


def digit_table(result: Evaluation) -> str:
    """Return a row for each digit, then the confusion matrix."""
    scores = [
        [str(s.digit), f"{s.precision:.2%}", f"{s.recall:.2%}", f"{s.f1:.2%}", f"{s.support:,}"]
        for s in result.per_digit
    ]
    counts = [[str(digit), *(f"{n:,}" for n in row)] for digit, row in enumerate(result.confusion)]
    return joined(
        f"accuracy {result.accuracy:.2%}, loss {result.loss:.4f}, {result.images:,} images",
        aligned([["digit", "precision", "recall", "F1", "images"], *scores]),
        "written (down) and read (across)\n" + aligned([["", *map(str, DIGITS)], *counts]),
    )


def joined(*parts: str) -> str:
    """Return the parts that are not empty, with an empty line between them."""
    return "\n\n".join(part for part in parts if part)


def aligned(rows: Sequence[Sequence[str]], left: Collection[int] = ()) -> str:
    """Return rows of cells in columns, right-aligned but for those named."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = (
            cell.ljust(width) if k in left else cell.rjust(width)
            for k, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines)
