"""Estimates of the time that a training still takes, from the runs that this machine has trained before."""

from __future__ import annotations

import math
from collections.abc import Sequence

from mnist_app.domain import Run, SetScore
from mnist_app.errors import RunDamagedError
from mnist_app.runs.results import read_scores


def seconds_left(run: Run, runs: Sequence[Run]) -> float | None:
    """Return the time until a run is trained and scored; None before its first epoch has ended.

    The time of scoring is left out if no run tells it, see `scoring_seconds`.
    """
    learning = run.seconds_left
    return None if learning is None else learning + (scoring_seconds(run.preset, runs) or 0.0)


def scoring_seconds(preset: str, runs: Sequence[Run]) -> float | None:
    """Return how long a run of a preset is scored: as long as the newest that was timed, None if none tells.

    Without a timed one, it is what the images of its test sets take one by one; making those comes on top.
    """
    newest = sorted((run for run in runs if run.preset == preset), key=lambda run: run.created, reverse=True)
    for run in newest:
        if run.scoring_seconds is not None:
            return run.scoring_seconds
    for run in newest:
        if math.isfinite(run.latency_ms) and (scores := _scores(run)):
            return sum(score.images for score in scores) * run.latency_ms / 1_000
    return None


def _scores(run: Run) -> Sequence[SetScore]:
    """Return a run's scores; none if they are damaged, which other pages say."""
    try:
        return read_scores(run)
    except RunDamagedError:
        return ()
