"""The files of a run: what they are called, and between bytes and the domain's values.

What reads raises ValueError where a file is not what it should be; the store says which run's it was.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import math
import os
import secrets
import shutil
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mnist_app.domain import (
    Answers,
    Bin,
    ByteArray,
    Calibration,
    DigitScore,
    Epoch,
    Evaluation,
    Run,
    SetAnswers,
    SetScore,
    TrainConfig,
)

RUN_FILE = "run.json"
HISTORY_FILE = "history.csv"
SERVED_FILE = "model.tflite"
KERAS_FILE = "model.keras"
TEST_FILE = "test_probabilities.npz"
SCORES_FILE = "scores.json"
EVALUATIONS_FILE = "evaluations.json"
ANSWERS_FILE = "answers.npz"
CARD_FILE = "README.md"
NOTE_FILE = "note.txt"
FORMAT = 1  # of run.json and all that it names; a run of a later one is left alone
LONGEST_NOTE = 2_000  # characters
_LABELS = "labels"
_T = TypeVar("_T")
_KINDS: dict[str, Any] = {"int": int, "float": int | float, "str": str, "float | None": int | float | None}


def write_atomically(file: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    unfinished = file.with_name(f"{file.name}.tmp")
    try:
        unfinished.write_bytes(content)
        flush(unfinished)
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def flush(file: Path) -> None:
    """Force a file to the disk: after a power cut, one that was only renamed may be empty. Raises OSError."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def bury(folder: Path) -> None:
    """Delete a folder, for everybody else in one step, and on a full disk too. Raises OSError."""
    grave = folder.with_name(f".deleted-{secrets.token_hex(8)}")
    folder.rename(grave)
    shutil.rmtree(grave, ignore_errors=True)


def write_json(file: Path, value: Any) -> None:
    """Write a value as JSON for people, whole or not at all. Raises OSError."""
    write_atomically(file, (json.dumps(value, indent=2) + "\n").encode())


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
    config, calibration = raw["config"], raw["calibration"]
    return Run(
        name=name,
        path=path,
        created=_moment(raw["created"]),
        config=None if config is None else TrainConfig(**config),
        versions={str(k): str(v) for k, v in raw["versions"].items()},
        commit=raw["commit"],
        parameters=None if raw["parameters"] is None else int(raw["parameters"]),
        seconds=_finite(raw["seconds"]),
        epochs=int(raw["epochs"]),
        best_epoch=int(raw["best_epoch"]),
        calibration=None if calibration is None else _calibration(calibration),
        metrics={str(k): _finite(v) for k, v in raw["metrics"].items()},
        latency_ms=math.nan if raw["latency_ms"] is None else _finite(raw["latency_ms"]),
        files={str(k): str(v) for k, v in raw["files"].items()},
        note=note,
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return moment


def _calibration(raw: Mapping[str, Any]) -> Calibration:
    return Calibration(**{str(k): _finite(v) for k, v in raw.items()})


def _finite(value: Any) -> float:
    number = float(value)
    if not math.isfinite(number):
        raise ValueError(f"{number} is no finite number")
    return number


def _built(kind: type[_T], raw: Mapping[str, Any]) -> _T:
    """A dataclass of plain values, each of the type that it should have. Raises TypeError."""
    value = kind(**raw)
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # it is one
        if not isinstance(getattr(value, field.name), _KINDS[str(field.type)]):
            raise TypeError(f"{field.name} must be {field.type}, got {getattr(value, field.name)!r:.40}")
    return value


def scores_from(content: bytes) -> list[SetScore]:
    """The scores of a scores.json. Raises ValueError or TypeError."""
    return [_built(SetScore, row) for row in json.loads(content)]


def write_evaluations(folder: Path, evaluations: Mapping[str, Evaluation]) -> None:
    """Write evaluations.json: every labelled set's, by name."""
    raw = {name: dataclasses.asdict(evaluation) for name, evaluation in evaluations.items()}
    (folder / EVALUATIONS_FILE).write_text(json.dumps(raw, ensure_ascii=False) + "\n", encoding="utf-8")


def evaluations_from(content: bytes) -> dict[str, Evaluation]:
    """The evaluations of an evaluations.json, by the set's name. Raises ValueError, TypeError or KeyError."""
    return {str(name): _evaluation(raw) for name, raw in json.loads(content).items()}


def _evaluation(raw: Mapping[str, Any]) -> Evaluation:
    own = dict(raw)
    return Evaluation(
        per_digit=tuple(_built(DigitScore, row) for row in own.pop("per_digit")),
        confusion=tuple(tuple(int(n) for n in row) for row in own.pop("confusion")),
        bins=tuple(_built(Bin, row) for row in own.pop("bins")),
        **own,
    )


def write_answers(folder: Path, answers: Mapping[str, Answers], labels: Mapping[str, ByteArray]) -> None:
    """Write answers.npz: of each labelled set what `SetAnswers` has, in half precision.

    Sets that were made from one another share their labels, which are stored once.
    """
    arrays: dict[str, Any] = {}
    first: dict[bytes, str] = {}
    for name, own in answers.items():
        read, written = own.probabilities.argmax(axis=1).astype(np.uint8), labels[name]
        source = first.setdefault(written.tobytes(), name)
        if source == name:
            arrays[f"{name}/{_LABELS}"] = written
        arrays |= {
            f"{name}/{_LABELS} of": np.array(source),
            f"{name}/read": read,
            f"{name}/confidence": own.probabilities.max(axis=1).astype(np.float16),
            f"{name}/own": own.probabilities[np.arange(len(read)), written].astype(np.float16),
        }
    np.savez_compressed(folder / ANSWERS_FILE, **arrays)


def answers_from(content: bytes, name: str) -> SetAnswers:
    """What a run said of one set, from its answers.npz. Raises ValueError, or KeyError for an unknown set."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            source = str(archive[f"{name}/{_LABELS} of"])
            labels, read = archive[f"{source}/{_LABELS}"], archive[f"{name}/read"]
            numbers = [archive[f"{name}/{key}"].astype(np.float32) for key in _NUMBERS]
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(str(error)) from error
    if not all(array.shape == labels.shape for array in (read, *numbers)):
        raise ValueError(f"the arrays of {name} are not equally long")
    return SetAnswers(labels, read, *numbers)


_NUMBERS = ("confidence", "own")
