"""A run on a set. All of it was computed when the run was scored: nothing here asks a model."""

from __future__ import annotations

from dataclasses import dataclass

from mnist_app.domain import Evaluation, ImageSet, Run, SetPredictions, SetScore
from mnist_app.errors import DataError, RunDamagedError
from mnist_app.runs import EVALUATIONS_FILE, PREDICTIONS_FILE
from mnist_app.ui import resources


@dataclass(frozen=True)
class Scored:
    """A run's predictions for a set's images, and how good they are. Older runs have no `score`."""

    run: Run
    name: str
    evaluation: Evaluation
    predictions: SetPredictions
    score: SetScore | None

    @property
    def key(self) -> str:
        """Identity of the run and the set, for the keys of widgets."""
        return f"{self.run.name}-{self.evaluation.digest[:8]}"

    @property
    def errors(self) -> int:
        """Number of images that were read as another digit."""
        return int((~self.predictions.right).sum())


def has_evaluations(run: Run) -> bool:
    """Return whether a run was scored image by image; older ones and imported curves were not."""
    return EVALUATIONS_FILE in run.files and PREDICTIONS_FILE in run.files


def load(run: Run, name: str) -> Scored:
    """Return a run on one of its `evaluations`. Raises RunDamagedError, RunNotFoundError if it is gone."""
    evaluation, predictions = resources.evaluations(run)[name], resources.predictions(run, name)
    if evaluation.images != len(predictions):
        raise RunDamagedError(
            f"The run {run.name!r} is damaged: {EVALUATIONS_FILE} and {PREDICTIONS_FILE} disagree about "
            f"{name!r}. Restore it, or choose another run."
        )
    score = next((score for score in resources.scores(run) if score.name == name), None)
    return Scored(run, name, evaluation, predictions, score)


def images_of(scored: Scored) -> ImageSet:
    """Return the images themselves. Raises DataError if they are not on this machine, or are other ones."""
    images = resources.image_set(scored.evaluation.digest)
    if len(images.split) != len(scored.predictions):
        raise DataError(f"These are not the images of {scored.name!r}. Delete them and prepare them anew.")
    return images
