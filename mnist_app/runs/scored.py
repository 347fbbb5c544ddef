"""What a run was scored as, between bytes and the domain's values: scores, evaluations, answers.

What reads raises ValueError, TypeError or KeyError where a file is not what it should be.
"""

from __future__ import annotations

import dataclasses
import io
import json
import math
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from mnist_app.domain import (
    DIGITS,
    Bin,
    DigitScore,
    Evaluation,
    Kind,
    SetPredictions,
    SetScore,
)
from mnist_app.runs.atomic import write_json
from mnist_app.runs.files import EVALUATIONS_FILE, PREDICTIONS_FILE, SCORES_FILE

_LABELS = "labels"
_NUMBERS = ("confidence", "own")
_T = TypeVar("_T")
_KINDS: dict[str, Any] = {"int": int, "float": int | float, "str": str, "float | None": int | float | None}


def write_scores(folder: Path, scores: Sequence[SetScore]) -> None:
    """Write scores.json."""
    write_json(folder / SCORES_FILE, [dataclasses.asdict(score) for score in scores])


def scores_from(content: bytes) -> list[SetScore]:
    """The scores of a scores.json. Raises ValueError or TypeError."""
    old = {"turned_away": "rejection_rate", "error": "calibration_error"}
    return [_score({old.get(k, k): v for k, v in row.items()}) for row in json.loads(content)]


def _score(raw: Mapping[str, Any]) -> SetScore:
    parts = {"bins": tuple(_built(Bin, row) for row in raw.get("bins", ()))}
    return _built(SetScore, {**raw, **parts, "kind": Kind(raw.get("kind", _kind(str(raw["name"]))))})


def _kind(name: str) -> Kind:
    """The kind of a set that an earlier version named."""
    prefixes = {"no digit: ": Kind.NON_DIGITS, "MNIST, ": Kind.CORRUPTED}
    return next((kind for prefix, kind in prefixes.items() if name.startswith(prefix)), Kind.DIGITS)


def write_evaluations(folder: Path, evaluations: Mapping[str, Evaluation]) -> None:
    """Write evaluations.json: every labelled set's, by name."""
    raw = {name: dataclasses.asdict(evaluation) for name, evaluation in evaluations.items()}
    (folder / EVALUATIONS_FILE).write_text(json.dumps(raw, ensure_ascii=False) + "\n", encoding="utf-8")


def evaluations_from(content: bytes) -> dict[str, Evaluation]:
    """The evaluations of an evaluations.json, by the set's name. Raises ValueError, TypeError or KeyError."""
    return {str(name): _evaluation(raw) for name, raw in json.loads(content).items()}


def _evaluation(raw: Mapping[str, Any]) -> Evaluation:
    own = dict(raw)
    parts: dict[str, Any] = {
        "per_digit": tuple(_built(DigitScore, row) for row in own.pop("per_digit")),
        "confusion": tuple(tuple(int(n) for n in row) for row in own.pop("confusion")),
        "bins": tuple(_built(Bin, row) for row in own.pop("bins")),
    }
    evaluation = _built(Evaluation, {**own, **parts})
    counts = sum(map(sum, evaluation.confusion)), sum(b.images for b in evaluation.bins)
    if not evaluation.images == counts[0] == counts[1] or evaluation.images < 1:
        raise ValueError(f"it counts {evaluation.images}, {counts[0]} and {counts[1]} images")
    if [len(row) for row in evaluation.confusion] != [len(DIGITS)] * len(DIGITS):
        raise ValueError("its confusion matrix is not of ten digits")
    if [score.digit for score in evaluation.per_digit] != list(DIGITS):
        raise ValueError("its scores are not of ten digits")
    return evaluation


def _built(kind: type[_T], raw: Mapping[str, Any]) -> _T:
    """A dataclass whose plain values are of the types that they should have, and finite.

    Raises TypeError or ValueError.
    """
    value = kind(**raw)
    for field in dataclasses.fields(kind):  # type: ignore[arg-type]  # it is one
        own = getattr(value, field.name)
        if not isinstance(own, _KINDS.get(str(field.type), object)) or isinstance(own, bool):
            raise TypeError(f"{field.name} must be {field.type}, got {own!r:.40}")
        if isinstance(own, float) and not math.isfinite(own):
            raise ValueError(f"{field.name} must be finite, got {own}")
    return value


def write_predictions(folder: Path, predictions: Mapping[str, SetPredictions]) -> None:
    """Write answers.npz: the predictions for each set of digits, in half precision.

    Sets that were made from one another share their labels, which are stored once.
    """
    arrays: dict[str, Any] = {}
    first: dict[bytes, str] = {}
    for name, own in predictions.items():
        source = first.setdefault(own.labels.tobytes(), name)
        if source == name:
            arrays[f"{name}/{_LABELS}"] = own.labels
        arrays |= {
            f"{name}/{_LABELS} of": np.array(source),
            f"{name}/read": own.read,
            f"{name}/confidence": own.confidence.astype(np.float16),
            f"{name}/own": own.true_class_probability.astype(np.float16),
        }
    np.savez_compressed(folder / PREDICTIONS_FILE, **arrays)


def predictions_from(content: bytes, name: str) -> SetPredictions:
    """What a run said of one set, from its answers.npz. Raises ValueError, or KeyError for an unknown set."""
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as archive:
            source = str(archive[f"{name}/{_LABELS} of"])
            labels, read = archive[f"{source}/{_LABELS}"], archive[f"{name}/read"]
            numbers = [archive[f"{name}/{key}"].astype(np.float32) for key in _NUMBERS]
    except (OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError(str(error)) from error
    if labels.ndim != 1 or not all(array.shape == labels.shape for array in (read, *numbers)):
        raise ValueError(f"the arrays of {name} are not equally long")
    for digits in (labels, read):
        if digits.dtype != np.uint8 or digits.max(initial=0) > DIGITS[-1]:
            raise ValueError(f"the arrays of {name} name more than ten digits")
    if not all(((array >= 0) & (array <= 1)).all() for array in numbers):
        raise ValueError(f"the arrays of {name} have what is no probability")
    return SetPredictions(labels, read, *numbers)
