"""A run: a training from its first second to the finished model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from mnist_app.domain.scores import Calibration
from mnist_app.domain.training import Epoch, TrainConfig

_PACE = 5  # epochs, the last ones, whose duration tells how long the others will take


class Status(StrEnum):
    """The state of a run, or of another job.

    STOPPED by a person, FAILED for a reason that is known, CRASHED if its process ended without a word.
    """

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    STOPPED = "stopped"
    FAILED = "failed"
    CRASHED = "crashed"

    @property
    def is_alive(self) -> bool:
        """True if a process works on it, or is about to."""
        return self in (Status.QUEUED, Status.RUNNING)


@dataclass(frozen=True)
class Progress:
    """Progress of a run that is not finished.

    `phase` is the work in hand while it is alive, `reason` why it failed or crashed. `done` counts epochs,
    the current one by the share that is done; `loss` and `accuracy` are that epoch's so far, NaN before
    there are any.
    """

    phase: str = ""
    reason: str = ""
    done: float = 0.0
    loss: float = math.nan
    accuracy: float = math.nan


@dataclass(frozen=True)
class Run:
    """A run, as its folder states it.

    `created` is when it was finished, or when its latest process started. `epochs` is the number of epochs
    that are complete, `best_epoch` the one whose weights are kept (0 before there is one). A run that was
    imported from a log has curves and no model: `config`, `parameters` and `calibration` are None there.
    `config` is None, too, if the settings of an unfinished run can't be read. `files` maps the name of each
    file of a finished run to its SHA-256. `scoring_seconds` is the time from the last epoch to the finished
    run, None if it is not known. `latency_ms` is the time that one image took on the machine that trained it,
    NaN without a model. `history` and `progress` are those of an unfinished run.
    """

    name: str
    path: Path
    status: Status
    created: datetime
    config: TrainConfig | None
    epochs: int
    best_epoch: int
    note: str = ""
    tags: tuple[str, ...] = ()
    versions: Mapping[str, str] = field(default_factory=dict)
    commit: str | None = None
    parameters: int | None = None
    seconds: float = 0.0
    scoring_seconds: float | None = None
    calibration: Calibration | None = None
    metrics: Mapping[str, float] = field(default_factory=dict)
    latency_ms: float = math.nan
    files: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Epoch, ...] = ()
    progress: Progress = Progress()

    @property
    def is_finished(self) -> bool:
        """True if it can be compared with others, and read with if it has a model."""
        return self.status is Status.FINISHED

    @property
    def errors(self) -> int | None:
        """The number of MNIST's test images that it misreads; None if it was not scored on them."""
        accuracy, images = self.metrics.get("test_accuracy"), self.metrics.get("test_images")
        return None if accuracy is None or images is None else round((1 - accuracy) * images)

    @property
    def preset(self) -> str:
        """The preset's name; empty if there are curves only."""
        return self.config.preset if self.config else ""

    @property
    def seconds_left(self) -> float | None:
        """Time that the missing epochs take at the pace of the last five; None before the first."""
        if self.config is None or not self.history:
            return None
        last = self.history[-_PACE:]
        pace = sum(epoch.seconds for epoch in last) / len(last)
        return max(0.0, self.config.epochs - max(self.progress.done, len(self.history))) * pace
