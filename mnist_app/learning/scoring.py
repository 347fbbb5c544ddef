"""A run's scores as files: on every test set, what was taken for what, and what it said of each image."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from mnist_app.domain import Calibration, Predictions, Split
from mnist_app.learning.data.non_digits import NOT_A_DIGIT
from mnist_app.learning.data.test_sets import MNIST
from mnist_app.learning.evaluation import evaluate, score_all
from mnist_app.runs import SCORES_FILE, TEST_FILE
from mnist_app.runs.atomic import write_json
from mnist_app.runs.scored import write_evaluations, write_predictions


def write_scores(
    draft: Path, answers: Mapping[str, Predictions], sets: Mapping[str, Split], calibration: Calibration
) -> dict[str, float]:
    """Write a calibrated model's scores from its answers to each set, by name. Returns MNIST's figures."""
    scores = score_all(answers, sets, calibration)
    write_json(draft / SCORES_FILE, [dataclasses.asdict(score) for score in scores])
    labelled = {name: split for name, split in sets.items() if not (split.labels == NOT_A_DIGIT).all()}
    digits = {name: answers[name] for name in labelled}
    evaluations = {name: evaluate(own.probabilities, labelled[name]) for name, own in digits.items()}
    if evaluations:
        write_evaluations(draft, evaluations)
        write_predictions(draft, digits, {name: split.labels for name, split in labelled.items()})
    if MNIST not in answers:
        return {}
    probabilities, labels = answers[MNIST].probabilities, sets[MNIST].labels
    np.savez_compressed(draft / TEST_FILE, probabilities=probabilities, labels=labels)
    (mnist,) = (score for score in scores if score.name == MNIST)
    result = evaluations[MNIST]
    return {
        "test_loss": result.loss,
        "test_accuracy": result.accuracy,
        "test_images": float(result.images),
        "test_calibration_error": mnist.calibration_error or 0.0,
    }
