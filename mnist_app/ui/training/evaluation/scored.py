"""A run on a set. All of it was computed when the run was scored: nothing here asks a model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mnist_app.domain import Evaluation, Run, SetPredictions, SetScore
from mnist_app.errors import RunDamagedError
from mnist_app.runs import PREDICTIONS_FILE, format_1
from mnist_app.ui import resources


@dataclass(frozen=True)
class Scored:
    """A run's score on a set of digits, and its predictions for the set's images."""

    run: Run
    score: SetScore
    evaluation: Evaluation
    predictions: SetPredictions

    @property
    def name(self) -> str:
        """The set's key."""
        return self.score.name

    @property
    def key(self) -> str:
        """Identity of the run and the set, for the keys of widgets."""
        return f"{self.run.name}-{self.evaluation.digest[:8]}"

    @property
    def errors(self) -> int:
        """Number of images that were read as another digit."""
        return int((~self.predictions.right).sum())


def has_predictions(run: Run) -> bool:
    """Return whether a run was scored image by image; older ones and imported curves were not."""
    older = {format_1.PREDICTIONS_FILE, format_1.EVALUATIONS_FILE}
    return PREDICTIONS_FILE in run.files or older <= run.files.keys()


def scores_of_digits(run: Run) -> dict[str, SetScore]:
    """Return the scores of a run that its predictions belong to, by the set's key. Raises RunDamagedError."""
    return {score.name: score for score in resources.scores(run) if score.loss is not None}


def comparable(scored: Scored, against: Run) -> Scored | str:
    """Return another run on the same images, or why there is none. Raises RunError."""
    if not has_predictions(against) or scored.name not in scores_of_digits(against):
        return f"{against.name} was not scored on {scored.name}, so there is nothing to compare."
    other = load(against, scored.name)
    is_same = np.array_equal(other.predictions.labels, scored.predictions.labels)
    if not is_same or other.evaluation.digest != scored.evaluation.digest:
        return (
            f"The two runs were scored on different images of {scored.name}, so they can't be compared image "
            "by image."
        )
    return other


def load(run: Run, name: str) -> Scored:
    """Return a run on one of its sets of digits. Raises RunDamagedError, RunNotFoundError if it is gone."""
    score, predictions = scores_of_digits(run)[name], resources.predictions(run, name)
    try:
        return Scored(run, score, Evaluation.from_predictions(score, predictions), predictions)
    except ValueError as error:
        raise RunDamagedError(
            f"The run {run.name!r} is damaged: its scores and its predictions disagree ({error}). Restore "
            "it, or choose another run."
        ) from None
