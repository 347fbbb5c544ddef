"""The files of a run: their names, and the schema that turns their bytes into the domain's values and back.

Parsers raise ValueError if a file is not what it should be; the store says whose file it was.
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
from typing import Annotated, Any

import msgspec
import numpy as np

from mnist_app.domain import (
    DIGITS,
    Calibration,
    Epoch,
    Run,
    SetPredictions,
    SetScore,
    Status,
    TrainConfig,
)
from mnist_app.runs.atomic import write_atomically
from mnist_app.runs.decoding import decode_json, read_npz

FORMAT = 2  # of run.json and all that it names; a run of a later one is left alone
RUN_FILE = "run.json"
CONFIG_FILE = "config.json"  # the settings of a run that is not finished
HISTORY_FILE = "history.csv"
SERVED_FILE = "model.tflite"
KERAS_FILE = "model.keras"
SCORES_FILE = "evaluation.json"
PREDICTIONS_FILE = "predictions.npz"
LOOK_ALIKES_FILE = "look-alikes.npz"  # training images by their features
CARD_FILE = "README.md"
NOTE_FILE = "note.txt"
TRUE = "true"  # the predictions' name of the true class's probability
TENSORBOARD = "tensorboard"  # the folder of event files, if they are wanted
PINNED = {  # by run.json
    HISTORY_FILE,
    SERVED_FILE,
    KERAS_FILE,
    SCORES_FILE,
    PREDICTIONS_FILE,
    LOOK_ALIKES_FILE,
    CARD_FILE,
}
MAX_NOTE = 2_000  # characters
_MAX_NUMBER = 2**53  # a whole number that browsers still count exactly
_CONFIG_KEYS = {field.name for field in dataclasses.fields(TrainConfig)}
# The parts of a calibration under their names of format 1.
_OLDER = {"least_digitness": "min_digit_probability", "mass": "threshold", "miss": "alpha"}
_SCORE_KEYS = {field.name for field in dataclasses.fields(SetScore)}
_SHARES = ("accuracy", "_error")  # ends of the metrics that are from 0 to 1
_FIGURES = [field.name for field in dataclasses.fields(Epoch) if field.name != "epoch"]

Count = Annotated[int, msgspec.Meta(ge=0, le=_MAX_NUMBER)]
Amount = Annotated[float, msgspec.Meta(ge=0, le=_MAX_NUMBER)]


class RunFile(msgspec.Struct, frozen=True, kw_only=True):
    """A run.json. `epochs`, `latency_ms` and `scoring_seconds` are missing in older ones."""

    created: Annotated[datetime, msgspec.Meta(tz=True)]
    config: dict[str, Any] | None
    versions: dict[str, str]
    commit: str | None
    parameters: Count | None
    seconds: Amount
    scoring_seconds: Amount | None = None
    epochs: Count | None = None
    best_epoch: Count
    calibration: dict[str, Amount] | None
    metrics: dict[str, float]
    latency_ms: Amount | None = None
    files: dict[str, str]


def parse_format(content: bytes) -> int:
    """Return the format that a run.json states. Raises ValueError."""
    return decode_json(content, _Format).format


class _Format(msgspec.Struct):
    format: int = 1


def parse_run(content: bytes, name: str, path: Path, note: str = "", tags: tuple[str, ...] = ()) -> Run:
    """Return the run that a run.json describes. Raises ValueError."""
    raw = decode_json(content, RunFile)
    if not 1970 <= raw.created.year < datetime.max.year:  # in some time zone it would be in no year at all
        raise ValueError(f"it cannot be of the year {raw.created.year}")
    config = None if raw.config is None else config_from(raw.config)
    epochs = (config.epochs if config else 0) if raw.epochs is None else raw.epochs
    if not 1 <= raw.best_epoch <= epochs:
        raise ValueError(f"the best of {epochs} epochs cannot be the one numbered {raw.best_epoch}")
    for key, figure in raw.metrics.items():
        most = 1 if key.endswith(_SHARES) else _MAX_NUMBER
        if not (key.endswith("loss") or 0 <= figure <= most):  # a loss may be any number
            raise ValueError(f"{key} must be from 0 to {most:,}, got {figure:g}")
    calibration = raw.calibration and {_OLDER.get(key, key): value for key, value in raw.calibration.items()}
    changes = {
        "config": config,
        "epochs": epochs,
        "calibration": calibration and msgspec.convert(calibration, Calibration),
        "latency_ms": math.nan if raw.latency_ms is None else raw.latency_ms,
    }
    facts = msgspec.structs.asdict(raw) | changes
    return Run(name=name, path=path, status=Status.FINISHED, note=note, tags=tags, **facts)


def write_run(folder: Path, run: Run) -> None:
    """Write run.json into a folder that holds all the run's other files already. Raises OSError."""
    contents = {name: (folder / name).read_bytes() for name in sorted(PINNED) if (folder / name).exists()}
    run = dataclasses.replace(run, files=digests(contents))
    write_atomically(folder / RUN_FILE, encode_run(run))


def encode_run(run: Run) -> bytes:
    """Return the content of a run.json."""
    return _for_people({"format": FORMAT, **{key: getattr(run, key) for key in RunFile.__struct_fields__}})


def digests(contents: Mapping[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}


def _for_people(value: Any) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value)) + b"\n"


def config_from(raw: Any) -> TrainConfig:
    """Return the settings of a decoded config.json. Raises ValueError."""
    if not isinstance(raw, dict):
        raise ValueError(f"settings must be a JSON object, got {type(raw).__name__}")
    if unknown := sorted(set(raw) - _CONFIG_KEYS):
        raise ValueError(f"this version of the app knows no {', '.join(unknown)}, a newer one may")
    try:
        return TrainConfig(**raw)
    except (TypeError, AttributeError) as error:
        raise ValueError(str(error)) from None


def encode_config(config: TrainConfig) -> bytes:
    """Return the content of a config.json."""
    return _for_people(dataclasses.asdict(config))


def write_history(folder: Path, history: Iterable[Epoch]) -> None:
    """Write history.csv, whole or not at all. Raises OSError."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, ["epoch", *_FIGURES], lineterminator="\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(epoch) for epoch in history)
    write_atomically(folder / HISTORY_FILE, text.getvalue().encode())


def read_epochs(folder: Path) -> list[Epoch]:
    """Return every epoch of a folder's history.csv; none without one. Raises ValueError or OSError."""
    try:
        return parse_history(folder.joinpath(HISTORY_FILE).read_bytes())
    except FileNotFoundError:
        return []


def parse_history(content: bytes) -> list[Epoch]:
    """Return the epochs of a history.csv: 1, 2, 3 and so on; figures that are not finite are NaN there.

    Raises ValueError.
    """
    rows = csv.DictReader(content.decode("utf-8", "replace").splitlines())
    try:
        history = [
            Epoch(
                int(row["epoch"]),
                **{key: x if math.isfinite(x := float(row[key])) else math.nan for key in _FIGURES},
            )
            for row in rows
        ]
    except (TypeError, KeyError, csv.Error) as error:
        raise ValueError(f"a line of {HISTORY_FILE} is incomplete: {error!r}") from error
    if [epoch.epoch for epoch in history] != list(range(1, len(history) + 1)):
        raise ValueError(f"the epochs of {HISTORY_FILE} are not 1, 2, 3 …")
    return history


def encode_scores(scores: Iterable[SetScore]) -> bytes:
    """Return the content of an evaluation.json: the score on every test set."""
    return _for_people([dataclasses.asdict(score) for score in scores])


def parse_scores(content: bytes) -> list[SetScore]:
    """Return the scores of an evaluation.json. Raises ValueError."""
    scores = [score_from(row) for row in decode_json(content, list[dict[str, Any]])]
    for score in scores:
        if score.bins and sum(b.images for b in score.bins) != score.images:
            raise ValueError(f"the bins of {score.name!r:.40} do not hold its {score.images} images")
    return scores


def score_from(row: dict[str, Any]) -> SetScore:
    """Return the score that a decoded row states. Raises ValueError."""
    if unknown := sorted(set(row) - _SCORE_KEYS):
        raise ValueError(f"a score has no {', '.join(unknown)!r:.80}")
    return msgspec.convert(row, SetScore)


def encode_predictions(predictions: Mapping[str, SetPredictions]) -> bytes:
    """Return the content of a predictions.npz: those for every labelled set, in half precision.

    Sets that were made from one another share their labels, which are stored once.
    """
    arrays: dict[str, Any] = {}
    first: dict[bytes, str] = {}
    for key, predicted in predictions.items():
        source = first.setdefault(predicted.labels.tobytes(), key)
        if source == key:
            arrays[f"{key}/labels"] = predicted.labels
        arrays |= {
            f"{key}/labels of": np.array(source),
            f"{key}/read": predicted.read,
            f"{key}/confidence": predicted.confidence.astype(np.float16),
            f"{key}/{TRUE}": predicted.true_class_probability.astype(np.float16),
        }
    return pack(arrays)


def pack(arrays: dict[str, Any]) -> bytes:
    """Return arrays by name as the content of an .npz file."""
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    return content.getvalue()


def parse_predictions(content: bytes, key: str, true: str = TRUE) -> SetPredictions:
    """Return the predictions for one set. Raises ValueError."""
    (source,) = read_npz(content, f"{key}/labels of").values()
    names = (f"{source}/labels", f"{key}/read", f"{key}/confidence", f"{key}/{true}")
    labels, read, *numbers = read_npz(content, *names).values()
    if any(array.dtype.kind != "f" for array in numbers):
        raise ValueError(f"the arrays of {key} hold no numbers")
    numbers = [array.astype(np.float32) for array in numbers]
    if labels.ndim != 1 or not all(array.shape == labels.shape for array in (read, *numbers)):
        raise ValueError(f"the arrays of {key} are not equally long")
    for digits in (labels, read):
        if digits.dtype != np.uint8 or digits.max(initial=0) > DIGITS[-1]:
            raise ValueError(f"the arrays of {key} name more than ten digits")
    if not all(((array >= 0) & (array <= 1)).all() for array in numbers):
        raise ValueError(f"the arrays of {key} hold numbers that are not probabilities")
    return SetPredictions(labels, read, *numbers)


def served_bytes(run: Run) -> int | None:
    """Return the size of the file that a run is served from; None without one."""
    try:
        return (run.path / SERVED_FILE).stat().st_size
    except OSError:  # curves only, or damaged: that is said where it is opened
        return None
