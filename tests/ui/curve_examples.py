"""Histories and their curves, for several test files."""

from __future__ import annotations

from mnist_app.domain import Epoch
from mnist_app.ui.training.runs import curve_data
from mnist_app.ui.training.runs.curve_data import MEASURES, TRAINING, VALIDATION, Curve


def history(*losses: float) -> list[Epoch]:
    """Return an epoch for each training loss."""
    return [
        Epoch(k, loss, 1 - loss, loss + 0.1, 0.9 - loss, 0.001 * k, 2.0) for k, loss in enumerate(losses, 1)
    ]


def curve_lines(measure: str = "Loss", /, **histories: list[Epoch]) -> list[Curve]:
    """Return the curves of a measure; each run's best epoch is the second."""
    best = dict.fromkeys(histories, 2)
    return curve_data.curves(MEASURES[measure], histories, best, [TRAINING, VALIDATION])
