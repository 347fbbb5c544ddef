"""Facts about a run as texts by name: its settings, data, versions, figures and scores."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mnist_app.domain import SOURCES, Kind, Run, SetScore
from mnist_app.runs.columns import COLUMNS, Unit
from mnist_app.ui.words import counted, duration, percent, precise, yes_or_no

Facts = Mapping[str, str]

_TEXTS: dict[Unit, Callable[[Any], str]] = {
    Unit.COUNT: "{:,}".format,
    Unit.SHARE: precise,
    Unit.MILLISECONDS: "{:.2f} ms".format,
    Unit.SECONDS: duration,
    Unit.BYTES: lambda size: f"{size / 1e6:.2f} MB",
    Unit.RATE: "{:g}".format,
    Unit.TIME: lambda time: date(time),
}
_NOT_FIGURES = ("name", "preset", "created", "tags", "note")


def date(time: datetime) -> str:
    """Return "30 Nov 2026, 07:41"."""
    return f"{time.day} {time:%b %Y, %H:%M}"


def settings(run: Run) -> dict[str, str]:
    """Return how a run was trained; nothing if that is not known."""
    config = run.config
    if config is None:
        return {}
    return {
        "Preset": config.preset,
        "Epochs, at most": f"{config.epochs:,}",
        "Batch size": f"{config.batch_size:,}",
        "Learning rate": f"{config.learning_rate:g}",
        "Learning rate falls": "along a cosine" if config.cosine_decay else "no",
        "Weight decay": f"{config.weight_decay:g}",
        "Seed": f"{config.seed}",
        "Images varied": yes_or_no(config.augment),
        "Images in an epoch": f"{config.epoch_images:,}" if config.epoch_images else "all",
        "For validation": f"{percent(config.validation_share)} of MNIST"
        + (", by writers" if config.writers_apart else ""),
        "Loss": f"{'' if config.one_hot else 'sparse '}categorical cross-entropy",
        "Stops early": f"after {counted(config.patience, 'epoch')}" if config.patience else "no",
        "Average of weights": f"momentum {config.ema:g}" if config.ema else "no",
        "Precision": config.precision,
    }


def data(run: Run) -> dict[str, str]:
    """Return the share of each source that a run learned from; nothing if that is not known."""
    shares = run.config.shares if run.config else {}
    return {SOURCES[key].title: percent(share, 0) for key, share in shares.items() if share}


def versions(run: Run) -> dict[str, str]:
    """Return the version of each package, and of this app."""
    return {**run.versions, **({"commit": run.commit} if run.commit else {})}


def figures(run: Run) -> dict[str, str]:
    """Return the figures of a run's columns that it has."""
    found = {}
    for column in COLUMNS.values():
        value = column.value(run)
        if value is not None and column.key not in _NOT_FIGURES and not column.is_setting:
            found[column.title] = _TEXTS[column.unit](value)
    return found


def scores(found: list[SetScore]) -> dict[str, str]:
    """Return the accuracy on each set, or of non-digits the share that was rejected."""
    return {score.title or score.name: score_text(score) for score in found}


def score_text(score: SetScore) -> str:
    """Return the figure that says most about a score."""
    if score.accuracy is None or math.isnan(score.accuracy):
        return f"{precise(score.rejection_rate)} rejected"
    return f"{precise(score.accuracy)} {'named' if score.kind is Kind.SIGNS else 'right'}"
