"""A training from a config and data to a run on disk."""

from __future__ import annotations

import dataclasses
import platform
import shutil
import subprocess
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

from mnist_app.domain import (
    Epoch,
    Evaluation,
    Kind,
    Predictions,
    Run,
    SetPredictions,
    SetScore,
    Split,
    TestSet,
    TrainConfig,
    best_epoch,
)
from mnist_app.errors import RunError
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.architectures import apply_temperature, served
from mnist_app.learning.calibration import calibrate, fit_temperature
from mnist_app.learning.checkpoints import restore_best
from mnist_app.learning.data.sources import TrainingData
from mnist_app.learning.evaluation import evaluate, mnist_metrics
from mnist_app.learning.export import export, latency
from mnist_app.learning.fitting import PREDICT_BATCH, fit, network
from mnist_app.learning.model_card import card
from mnist_app.runs import CARD_FILE, HISTORY_FILE, RunStore
from mnist_app.runs.files import read_history, run_from, write_run
from mnist_app.runs.scored import write_evaluations, write_predictions, write_scores
from mnist_app.runs.trainings import TENSORBOARD, Trainings
from mnist_app.runs.turn import Progress, turn

_PACKAGES = ("keras", "tensorflow", "numpy", "ai-edge-litert")


def train(
    config: TrainConfig, material: TrainingData, store: RunStore, name: str | None = None, verbose: int = 0
) -> Run:
    """Train, keep the epoch with the best validation accuracy, calibrate, score the test sets once, and save.

    Without a `name` the run gets the preset's, or the next free one. `verbose` is Keras's: 0 silent, 1 a
    progress bar, 2 a line an epoch. What was trained stays in the store's `training(name)` folder until it is
    a run: `resume` goes on where this was interrupted. Raises RunExistsError before any work where the name
    is taken or such a folder is there, RunError where the training diverges.
    """
    trainings = Trainings(store)
    name = trainings.begin(config, name)
    try:
        with turn(trainings, name) as progress:
            return resume(name, material, store, verbose, progress)
    except BaseException:
        trainings.discard_if_empty(name)
        raise


def resume(
    name: str,
    material: TrainingData,
    store: RunStore,
    verbose: int = 0,
    progress: Progress | None = None,
    finish: bool = False,
    test_sets: Callable[[], Mapping[TestSet, Split]] | None = None,
) -> Run:
    """Go on with a training where it stopped, and make it a run; with `finish`, of the epochs that it has.

    `test_sets` gives what the material's test sets are to be, once they are needed. Raises as
    `Trainings.config` and `train`.
    """
    trainings = Trainings(store)
    config, folder = trainings.config(name), trainings.folder(name)
    progress = progress or Progress(trainings, name)
    progress.phase("Learning")
    history = _finished(folder) if finish else fit(config, material, folder, verbose, progress)
    if test_sets is not None:
        progress.phase("Reading the test sets")
        material = dataclasses.replace(material, test=test_sets())
    progress.phase("Calibrating and scoring")
    with store.draft(inside=folder) as draft:
        shutil.copy(folder / HISTORY_FILE, draft)
        if (folder / TENSORBOARD).exists():
            shutil.copytree(folder / TENSORBOARD, draft / TENSORBOARD)
        model = network(config)
        restore_best(model, folder)
        best = best_epoch(history)
        facts = {
            **_provenance(config),
            "parameters": model.count_params(),
            "seconds": round(sum(epoch.seconds for epoch in history), 1),
            "epochs": len(history),
            "best_epoch": best.epoch,
        }
        judged, scores = _judge(model, material, draft)
        facts |= judged
        facts["metrics"] |= {"val_loss": best.val_loss, "val_accuracy": best.val_accuracy}
        run = run_from(name, draft, {**facts, "files": {}})
        (draft / CARD_FILE).write_text(card(run, scores), encoding="utf-8")
        write_run(draft, facts)
        run = store.publish(draft, name)
    trainings.remove(name)
    return run


def _finished(folder: Path) -> list[Epoch]:
    history = read_history(folder)
    if not history:
        raise RunError("No epoch is finished yet, so there is nothing to make a run of. Go on with it first.")
    return history


def _judge(model: keras.Model, material: TrainingData, draft: Path) -> tuple[dict[str, Any], list[SetScore]]:
    """Calibrate by the validation images, export, and score what was exported once on every test set."""
    digits, whole = material.validation_digits, served(model)
    temperature = fit_temperature({key: ask(whole, split) for key, split in digits.items()}, digits)
    apply_temperature(model, temperature)  # and with it `whole`, whose layers are the same
    calibration = calibrate(temperature, {key: ask(whole, split) for key, split in digits.items()}, digits)
    sample = from_bytes(next(iter(digits.values())).images)
    classifier = export(whole, draft, sample)
    predictions = {test_set.key: ask(whole, split) for test_set, split in material.test.items()}
    scores = evaluate(predictions, material.test, calibration)
    write_scores(draft, scores)
    by_set = {
        test_set.key: SetPredictions.from_probabilities(predictions[test_set.key].probabilities, split.labels)
        for test_set, split in material.test.items()
        if test_set.kind is not Kind.NON_DIGITS
    }
    if by_set:
        of_digits = [score for score in scores if score.name in by_set]
        write_evaluations(
            draft, {score.name: Evaluation.from_predictions(score, by_set[score.name]) for score in of_digits}
        )
        write_predictions(draft, by_set)
    facts = {
        "calibration": dataclasses.asdict(calibration),
        "metrics": mnist_metrics(scores),
        "latency_ms": latency(classifier, sample),
    }
    return facts, scores


def ask(model: keras.Model, split: Split) -> Predictions:
    """What a served network says of a split's images."""
    output = model.predict(from_bytes(split.images), batch_size=PREDICT_BATCH, verbose=0)
    return Predictions.from_output(np.asarray(output, np.float32))


def _provenance(config: TrainConfig) -> dict[str, Any]:
    versions = {"python": platform.python_version()} | {p: version(p) for p in _PACKAGES}
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "config": dataclasses.asdict(config),
        "versions": versions | {"keras backend": keras.backend.backend()},
        "commit": _commit(),
    }


def _commit() -> str | None:
    """The commit that is checked out, with `-dirty` where files differ from it; None outside a clone."""
    command = ["git", "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"]
    try:
        done = subprocess.run(command, cwd=Path(__file__).parent, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
