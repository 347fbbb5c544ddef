"""A trained model, and a training that is none yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mnist_app.domain.scores import Calibration
from mnist_app.domain.training import Epoch, TrainConfig


@dataclass(frozen=True)
class Run:
    """A trained model and how it came about, as `run.json` states it.

    A run that was made from a log alone has curves and no model: `config`, `parameters` and `calibration` are
    None there. `epochs` is how many there were, `best_epoch` the one whose weights are kept. `files` maps the
    name of every other file of the run to its SHA-256. `latency_ms` is what one image took where it was
    trained, NaN where there is no model. `note` is what people wrote about it, no part of all this.
    """

    name: str
    path: Path
    created: datetime
    config: TrainConfig | None
    versions: Mapping[str, str]
    commit: str | None
    parameters: int | None
    seconds: float
    epochs: int
    best_epoch: int
    calibration: Calibration | None
    metrics: Mapping[str, float]
    latency_ms: float
    files: Mapping[str, str]
    note: str = ""

    @property
    def errors(self) -> int | None:
        """How many of MNIST's test images it reads wrongly; None where it was not scored on them."""
        accuracy, images = self.metrics.get("test_accuracy"), self.metrics.get("test_images")
        return None if accuracy is None or images is None else round((1 - accuracy) * images)

    @property
    def preset(self) -> str:
        """The preset's name; empty where there are curves only."""
        return self.config.preset if self.config else ""


@dataclass(frozen=True)
class Training:
    """A training that is no run yet, as its folder states it.

    `state` is "queued", "running", "stopped" (by a person), "failed" (`reason` says why) or "crashed" (its
    process ended before its time). While it runs, `phase` says what is being done; while it learns, `done`
    epochs are complete, the current one as far as it has come, and `loss` and `accuracy` are that one's so
    far, NaN before there are any. `config` is None where it cannot be read.
    """

    name: str
    path: Path
    config: TrainConfig | None
    state: str
    phase: str
    done: float
    loss: float
    accuracy: float
    reason: str
    since: datetime
    history: tuple[Epoch, ...]

    @property
    def is_alive(self) -> bool:
        """Whether a process is at it, or about to be."""
        return self.state in ("queued", "running")

    @property
    def seconds_left(self) -> float | None:
        """How long the missing epochs will take at the pace of the last five; None before the first."""
        if self.config is None or not self.history:
            return None
        last = self.history[-5:]
        pace = sum(epoch.seconds for epoch in last) / len(last)
        return max(0.0, self.config.epochs - max(self.done, len(self.history))) * pace
