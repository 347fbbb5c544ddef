"""A run on a set. All of it was worked out when the run was made: nothing here asks a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mnist_app.domain import Evaluation, ImageSet, Run, SetPredictions, SetScore
from mnist_app.errors import DataError, RunDamagedError
from mnist_app.runs import EVALUATIONS_FILE, PREDICTIONS_FILE
from mnist_app.ui import resources


@dataclass(frozen=True)
class Scored:
    """What a run said of a set's images, and how good that was. Older runs have no `score` of some sets."""

    run: Run
    name: str
    evaluation: Evaluation
    answers: SetPredictions
    score: SetScore | None

    @property
    def key(self) -> str:
        """What tells it from every other, for the keys of widgets."""
        return f"{self.run.name}-{self.evaluation.digest[:8]}"

    @property
    def errors(self) -> int:
        """How many images were read as another digit."""
        return int((~self.answers.right).sum())


def has_evaluations(run: Run) -> bool:
    """Whether a run was scored image by image: older ones and imported curves were not."""
    return EVALUATIONS_FILE in run.files and PREDICTIONS_FILE in run.files


def load(run: Run, name: str) -> Scored:
    """A run on one of its `evaluations`. Raises RunDamagedError, or RunNotFoundError where it was deleted."""
    evaluation, answers = resources.evaluations(run)[name], resources.answers(run, name)
    if evaluation.images != len(answers):
        raise RunDamagedError(
            f"The run {run.name!r} is damaged: {EVALUATIONS_FILE} and {PREDICTIONS_FILE} disagree about "
            f"{name!r}. Restore it, or choose another run."
        )
    score = next((score for score in resources.scores(run) if score.name == name), None)
    return Scored(run, name, evaluation, answers, score)


def images_of(scored: Scored) -> ImageSet:
    """The images themselves. Raises DataError where they are not on this machine, or are other ones."""
    images = resources.image_set(scored.evaluation.digest)
    if len(images.split) != len(scored.answers):
        raise DataError(f"These are not the images of {scored.name!r}. Delete them and prepare them anew.")
    return images


def counted(number: int, noun: str) -> str:
    """ "1 image", "12 images"."""
    return f"{number:,} {noun}" + "s" * (number != 1)


def named(names: Sequence[str], noun: str) -> str:
    """The only name, or "3 runs"."""
    return names[0] if len(names) == 1 else counted(len(names), noun)


def times(number: int) -> str:
    """ "once", "twice", "12 times"."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def listed(words: Sequence[str]) -> str:
    """ "a, b and c"."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def precise(share: float) -> str:
    """0.9964 as "99.64 %": of 10,000 images, each one counts."""
    text = f"{share:.2%}".replace("%", " %")
    return {"0.00 %": "0 %", "100.00 %": "100 %"}.get(text, text)
