"""A trained model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mnist_app.domain.learning import TrainConfig
from mnist_app.domain.scores import Calibration


@dataclass(frozen=True)
class Run:
    """A trained model and how it came about, as `run.json` states it.

    `files` maps the name of every other file of the run to its SHA-256.
    """

    name: str
    path: Path
    created: datetime
    config: TrainConfig
    versions: Mapping[str, str]
    commit: str | None
    parameters: int
    seconds: float
    best_epoch: int
    calibration: Calibration
    metrics: Mapping[str, float]
    files: Mapping[str, str]
