"""What each command but `read` does. Heavy imports are inside: nobody waits for what only training needs."""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys

from mnist_app.cli.tables import digit_table, set_table
from mnist_app.domain import Material, Split, TrainConfig
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.presets import PRESETS
from mnist_app.reading.reader import open_reader
from mnist_app.runs import RunStore


def train(options: argparse.Namespace) -> int:
    """Train a preset, or go on with a training, to a run. Returns the exit status, as all of these."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: its start-up chatter
    from mnist_app.learning import training

    store = RunStore()
    verbose = 1 if sys.stdout.isatty() else 2
    if options.resume is not None:
        config = training.unfinished(options.resume, store)
        run = training.resume(options.resume, _material(config, options.data), store, verbose)
    else:
        if options.name is not None:
            store.claim(options.name)  # before the data sets are fetched
        given = ("epochs", "batch_size", "learning_rate", "seed", "patience", "ema")
        changes = {key: getattr(options, key) for key in given if getattr(options, key) is not None}
        config = dataclasses.replace(PRESETS[options.preset], **changes)
        run = training.train(config, _material(config, options.data), store, options.name, verbose)
    print(f"{run.path}: {run.metrics['test_accuracy']:.2%} right on MNIST's test set, {run.seconds:.0f} s")
    return 0


def _material(config: TrainConfig, path: str | None) -> Material:
    """What is trained and scored on."""
    from mnist_app.learning.dataset import load_mnist
    from mnist_app.learning.material import gather

    mnist = load_mnist(path)
    sets = _test_sets(mnist.test, path)
    return dataclasses.replace(gather(config, mnist.train, path), test=sets)


def _training_material(config: TrainConfig, path: str | None) -> Material:
    from mnist_app.learning.dataset import load_mnist
    from mnist_app.learning.material import gather

    return gather(config, load_mnist(path).train, path)


def _test_sets(mnist: Split, path: str | None) -> dict[str, Split]:
    """Every test set; those that can't be had are named on standard error."""
    from mnist_app.learning.challenges import load_test_sets

    sets, missing = load_test_sets(mnist, path)
    for line in missing:
        print(f"Not scored: {line}", file=sys.stderr)
    return sets


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
    from mnist_app.learning.preview import write_contact_sheet

    config = dataclasses.replace(PRESETS[options.preset], seed=options.seed)
    write_contact_sheet(config, _training_material(config, options.data), options.output)
    print(options.output)
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Print a run's score on every test set."""
    reader = open_reader(options.run)

    from mnist_app.learning import evaluation
    from mnist_app.learning.challenges import MNIST
    from mnist_app.learning.dataset import load_mnist

    sets = _test_sets(load_mnist(options.data).test, options.data)
    answers = {name: reader.classifier.predict(from_bytes(split.images)) for name, split in sets.items()}
    scores = evaluation.score_all(answers, sets, reader.calibration)
    result = evaluation.evaluate(answers[MNIST].probabilities, sets[MNIST].labels)
    if options.json:
        sets_json = [dataclasses.asdict(s) for s in scores]
        print(json.dumps({"run": options.run, **dataclasses.asdict(result), "sets": sets_json}))
    else:
        print(set_table(scores), digit_table(result), sep="\n\n")
    return 0
