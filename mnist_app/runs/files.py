"""The files of a run: what they are called, and between bytes and the domain's values.

What reads raises ValueError where a file is not what it should be; the store says which run's it was.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from mnist_app.domain import Calibration, Epoch, Run, TrainConfig
from mnist_app.runs.atomic import write_atomically, write_json

RUN_FILE = "run.json"
HISTORY_FILE = "history.csv"
SERVED_FILE = "model.tflite"
KERAS_FILE = "model.keras"
TEST_FILE = "test_probabilities.npz"
SCORES_FILE = "scores.json"
EVALUATIONS_FILE = "evaluations.json"
PREDICTIONS_FILE = "answers.npz"
CARD_FILE = "README.md"
NOTE_FILE = "note.txt"
# What a run.json can name.
PINNED = {
    HISTORY_FILE,
    SERVED_FILE,
    KERAS_FILE,
    TEST_FILE,
    SCORES_FILE,
    EVALUATIONS_FILE,
    PREDICTIONS_FILE,
    CARD_FILE,
}
# What earlier versions called the parts of a calibration.
_CALIBRATION = {"least_digitness": "min_digit_probability", "mass": "threshold", "miss": "alpha"}
FORMAT = 1  # of run.json and all that it names; a run of a later one is left alone
MAX_NOTE = 2_000  # characters
_MAX_NUMBER = 2**53  # a whole number that browsers still count exactly


def write_history(folder: Path, history: Iterable[Epoch]) -> None:
    """Write history.csv, whole or not at all. Raises OSError."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [f.name for f in dataclasses.fields(Epoch)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(epoch) for epoch in history)
    write_atomically(folder / HISTORY_FILE, text.getvalue().encode())


def read_history(folder: Path) -> list[Epoch]:
    """Every epoch that a folder's history.csv lists; none where there is no such file. Raises ValueError."""
    try:
        return history_from(folder.joinpath(HISTORY_FILE).read_bytes())
    except FileNotFoundError:
        return []


def history_from(content: bytes) -> list[Epoch]:
    """The epochs of a history.csv: 1, 2, 3 and so on. Raises ValueError."""
    rows = csv.DictReader(content.decode("utf-8", "replace").splitlines())
    try:
        history = [_epoch(row) for row in rows]
    except (TypeError, KeyError, csv.Error) as error:
        raise ValueError(f"a line of {HISTORY_FILE} is incomplete: {error!r}") from error
    if [epoch.epoch for epoch in history] != list(range(1, len(history) + 1)):
        raise ValueError(f"the epochs of {HISTORY_FILE} are not 1, 2, 3 …")
    return history


def _epoch(row: Mapping[str, str]) -> Epoch:
    numbers = {f.name: float(row[f.name]) for f in dataclasses.fields(Epoch) if f.name != "epoch"}
    finite = {name: number if math.isfinite(number) else math.nan for name, number in numbers.items()}
    return Epoch(epoch=int(row["epoch"]), **finite)


def write_run(folder: Path, run: Mapping[str, Any]) -> None:
    """Write run.json into a folder that holds all the run's other files already."""
    pinned = [file for file in sorted(folder.iterdir()) if file.is_file()]
    files = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in pinned}
    write_json(folder / RUN_FILE, {"format": FORMAT, **run, "files": files})


def format_of(raw: Mapping[str, Any]) -> int:
    """The format that a run.json says it has."""
    return int(raw.get("format", FORMAT))


def run_from(name: str, path: Path, raw: Mapping[str, Any], note: str = "") -> Run:
    """A Run from its run.json. Raises ValueError, TypeError, KeyError, AttributeError or ArithmeticError."""
    settings, calibration = raw["config"], raw["calibration"]
    config = None if settings is None else TrainConfig(**settings)
    latency = raw.get("latency_ms")  # this and the epochs were not stated before there was a dashboard
    run = Run(
        name=name,
        path=path,
        created=_moment(raw["created"]),
        config=config,
        versions={_text(k): _text(v) for k, v in raw["versions"].items()},
        commit=raw["commit"],
        parameters=None if raw["parameters"] is None else _whole(raw["parameters"]),
        seconds=_finite(raw["seconds"]),
        epochs=_whole(raw.get("epochs", config.epochs if config else 0)),
        best_epoch=_whole(raw["best_epoch"]),
        calibration=None if calibration is None else _calibration(calibration),
        metrics={_text(k): _finite(v) for k, v in raw["metrics"].items()},
        latency_ms=math.nan if latency is None else _finite(latency),
        files={_text(k): _text(v) for k, v in raw["files"].items()},
        note=note,
    )
    if not 1 <= run.best_epoch <= run.epochs:
        raise ValueError(f"the best of {run.epochs} epochs cannot be the one numbered {run.best_epoch}")
    for name_, figure in run.metrics.items():
        if name_.endswith(("_accuracy", "_error")) and figure > 1:
            raise ValueError(f"{name_} must be at most 1, got {figure:g}")
    _text(run.preset)
    return run


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment


def _calibration(raw: Mapping[str, Any]) -> Calibration:
    return Calibration(**{_CALIBRATION.get(str(k), str(k)): _finite(v) for k, v in raw.items()})


def _finite(value: Any) -> float:
    number = float(value)
    if not (math.isfinite(number) and 0 <= number <= _MAX_NUMBER):
        raise ValueError(f"{number} is not from 0 to {_MAX_NUMBER}")
    return number


def _whole(value: Any) -> int:
    number = int(value)
    if not 0 <= number <= _MAX_NUMBER:
        raise ValueError(f"{number:.20g} is not from 0 to {_MAX_NUMBER}")
    return number


def _text(value: Any) -> str:
    text = str(value)
    text.encode()  # what is no text anywhere else is refused here
    return text


def served_bytes(run: Run) -> int | None:
    """The size of the file that a run is served from; None where there is none."""
    try:
        return (run.path / SERVED_FILE).stat().st_size
    except OSError:  # curves only, or damaged: that is said where it is opened
        return None
