"""Estimates of the time that a training still takes, from the runs that this machine has trained before."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.domain import Run


def seconds_left(run: Run, runs: Sequence[Run]) -> float | None:
    """Return the time until a run is trained and scored; None before its first epoch has ended.

    The time of scoring is left out if no run tells it, see `scoring_seconds`.
    """
    learning = run.seconds_left
    return None if learning is None else learning + (scoring_seconds(run.preset, runs) or 0.0)


def scoring_seconds(preset: str, runs: Sequence[Run]) -> float | None:
    """Return how long the newest run of a preset was scored; None if there is none."""
    known = [run for run in runs if run.preset == preset and run.scoring_seconds is not None]
    return max(known, key=lambda run: run.created).scoring_seconds if known else None
