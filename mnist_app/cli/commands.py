"""What each command but `read` does. Heavy imports are inside: nobody waits for what only training needs."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING

from mnist_app.cli.exits import EXIT_UNREADABLE
from mnist_app.cli.tables import digit_table, set_table
from mnist_app.domain import (
    MNIST_TEST,
    PRESETS,
    Evaluation,
    Run,
    SetPredictions,
    Split,
    TestSet,
    TrainConfig,
)
from mnist_app.errors import RunError
from mnist_app.ink.canonical import from_bytes
from mnist_app.reading.reader import open_reader
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.runs.preparation_job import alone
from mnist_app.runs.settings import changed
from mnist_app.runs.trainings import TENSORBOARD, Trainings
from mnist_app.runs.turn import Progress, turn

if TYPE_CHECKING:
    from mnist_app.learning.data.sources import TrainingData


def train(options: argparse.Namespace) -> int:
    """Train a preset, or go on with a training, to a run. Returns the exit status, as all of these."""
    store = RunStore()
    trainings = Trainings(store)
    given = ("epochs", "batch_size", "learning_rate", "seed", "patience", "ema")
    changes = {key: getattr(options, key) for key in given if getattr(options, key) is not None}
    if options.resume is not None:
        if changes or options.name:
            raise RunError("A training goes on with its own settings and name. Leave the others out.")
        name, config = options.resume, trainings.config(options.resume)
    else:
        config = changed(PRESETS[options.preset], changes)
        name = trainings.begin(config, options.name)
    try:
        with turn(trainings, name) as progress:
            progress.phase("Reading the data")
            if options.tensorboard:
                (trainings.folder(name) / TENSORBOARD).mkdir(exist_ok=True)
            run = _trained(name, config, options, progress)
    except BaseException:
        if options.resume is None:
            trainings.discard_if_empty(name)
        raise
    print(f"{run.path}: {run.metrics['test_accuracy']:.2%} right on MNIST's test set, {run.seconds:.0f} s")
    return 0


def _trained(name: str, config: TrainConfig, options: argparse.Namespace, progress: Progress) -> Run:
    from mnist_app.learning.data.mnist import load_mnist
    from mnist_app.learning.data.sources import load_sources

    mnist = load_mnist(options.data)
    material = load_sources(config, mnist.train, options.data)
    progress.phase("Loading TensorFlow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: its start-up chatter
    from mnist_app.learning import training

    verbose = 1 if sys.stdout.isatty() else 2
    tests = partial(_test_sets, mnist.test, options.data)  # later: they take as long as some epochs
    return training.resume(name, material, RunStore(), verbose, progress, options.finish, tests)


def _training_material(config: TrainConfig, path: str | None) -> TrainingData:
    from mnist_app.learning.data.mnist import load_mnist
    from mnist_app.learning.data.sources import load_sources

    return load_sources(config, load_mnist(path).train, path)


def _test_sets(mnist: Split, path: str | None) -> dict[TestSet, Split]:
    """Every test set, kept to be looked at; those that can't be had are named on standard error."""
    from mnist_app.learning.data.image_set_builder import keep
    from mnist_app.learning.data.test_sets import load_test_sets

    sets, missing = load_test_sets(mnist, path)
    for line in missing:
        _warn(f"Not scored: {line}")
    keep(sets, _warn)
    return sets


def _warn(line: str) -> None:
    print(line, file=sys.stderr)


def tune(options: argparse.Namespace) -> int:
    """Search for better settings."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    from mnist_app.learning import tuning

    base = PRESETS[options.preset]
    if options.epochs is not None:
        base = dataclasses.replace(base, epochs=options.epochs)
    material = _training_material(base, options.data)
    study = tuning.tune(base, material, RunStore(), options.name or f"tune-{options.preset}", options.trials)
    best = study.best_trial
    print(
        f"Best of {len(study.trials)}: trial {best.number + 1}, {best.value:.2%} on validation, {best.params}"
    )
    return 0


def preview(options: argparse.Namespace) -> int:
    """Write a contact sheet of what is trained on."""
    from mnist_app.learning.data.contact_sheet import write_contact_sheet

    config = dataclasses.replace(PRESETS[options.preset], seed=options.seed)
    write_contact_sheet(config, _training_material(config, options.data), options.output)
    print(options.output)
    return 0


def prepare(options: argparse.Namespace) -> int:
    """Make the image sets that the pages show; what can't be had is named on standard error."""
    from mnist_app.learning.data import image_set_builder
    from mnist_app.learning.data.downloads import offline

    def say(line: str) -> None:
        print(line, flush=True)
        progress.say(line)

    with alone() as progress, offline() if options.offline else nullcontext():
        missing = image_set_builder.prepare(PRESETS[DEFAULT_RUN], options.data, say)
        progress.end(missing)
    for line in missing:
        _warn(f"Not prepared: {line}")
    return EXIT_UNREADABLE if missing else 0


def evaluate(options: argparse.Namespace) -> int:
    """Print a run's score on every test set."""
    reader = open_reader(options.run)

    from mnist_app.learning import evaluation
    from mnist_app.learning.data.mnist import load_mnist

    sets = _test_sets(load_mnist(options.data).test, options.data)
    predictions = {
        test_set.key: reader.classifier.predict(from_bytes(split.images)) for test_set, split in sets.items()
    }
    scores = evaluation.evaluate(predictions, sets, reader.calibration)
    labels = {test_set.key: split.labels for test_set, split in sets.items()}
    result = Evaluation.from_predictions(
        next(score for score in scores if score.name == MNIST_TEST),
        SetPredictions.from_probabilities(predictions[MNIST_TEST].probabilities, labels[MNIST_TEST]),
    )
    if options.json:
        sets_json = [{k: v for k, v in dataclasses.asdict(s).items() if k != "bins"} for s in scores]
        print(json.dumps({"run": options.run, **dataclasses.asdict(result), "sets": sets_json}))
    else:
        print(set_table(scores), digit_table(result), sep="\n\n")
    return 0
