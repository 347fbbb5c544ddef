"""`train` and `tune`: from a preset to runs."""

from __future__ import annotations

import dataclasses
import os
import sys
from functools import partial
from typing import Any

import click

from mnist_app.cli import options
from mnist_app.cli.data import load_test_sets, load_training_images
from mnist_app.cli.options import if_interrupted
from mnist_app.domain import Run, TrainConfig
from mnist_app.domain.presets import PRESETS
from mnist_app.errors import RunError
from mnist_app.runs import RunStore
from mnist_app.runs.settings import changed
from mnist_app.runs.trainings import TENSORBOARD, Trainings
from mnist_app.runs.turn import Progress, turn

SETTINGS = ("epochs", "batch_size", "learning_rate", "seed", "patience", "ema")


@click.command()
@click.argument("preset", required=False, type=click.Choice(list(PRESETS)))
@click.option("--resume", metavar="NAME", help="Go on with a training that was interrupted.")
@click.option("--epochs", type=click.IntRange(1), help="Number of epochs.")
@click.option("--batch-size", type=click.IntRange(1), help="Images in a batch.")
@click.option("--learning-rate", type=options.POSITIVE, help="Learning rate, the highest one if it decays.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of all that is random.")
@click.option("--patience", type=click.IntRange(1), help="Stop after so many epochs without a gain.")
@click.option("--ema", type=options.FRACTION, help="Momentum of the weights' moving average.")
@click.option("--name", help="Name of the run.  [default: the preset, or the next free name]")
@click.option("--finish", is_flag=True, help="With --resume: no more epochs, save the best one.")
@click.option("--tensorboard", is_flag=True, help="Write event files for TensorBoard into the run.")
@options.data
@if_interrupted("Finished epochs are kept: `train --resume NAME` goes on.")
def train(
    preset: str | None,
    resume: str | None,
    name: str | None,
    finish: bool,
    tensorboard: bool,
    data: str | None,
    **settings: Any,
) -> None:
    """Train a preset and save it as a run."""
    if (preset is None) == (resume is None):
        raise click.UsageError("Name either a preset or, with --resume, a training.")
    changes = {key: value for key, value in settings.items() if value is not None}
    trainings = Trainings(RunStore())
    if resume is not None:
        if changes or name:
            raise RunError("A training goes on with its own settings and name. Leave the others out.")
        name, config = resume, trainings.config(resume)
    else:
        assert preset
        config = changed(PRESETS[preset], changes)
        name = trainings.begin(config, name)
    try:
        with turn(trainings, name) as progress:
            progress.phase("Reading the data")
            if tensorboard:
                (trainings.folder(name) / TENSORBOARD).mkdir(exist_ok=True)
            run = _trained(name, config, data, finish, progress)
    except BaseException:
        if resume is None:
            trainings.discard_if_empty(name)
        raise
    print(f"{run.path}: {run.metrics['test_accuracy']:.2%} right on MNIST's test set, {run.seconds:.0f} s")


def _trained(name: str, config: TrainConfig, data: str | None, finish: bool, progress: Progress) -> Run:
    from mnist_app.learning.data.mnist import load_mnist
    from mnist_app.learning.data.sources import gather

    mnist = load_mnist(data)
    material = gather(config, mnist.train, data)
    progress.phase("Loading TensorFlow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: its start-up chatter
    from mnist_app.learning import training

    verbose = 1 if sys.stdout.isatty() else 2
    tests = partial(load_test_sets, mnist.test, data)  # later: they take as long as some epochs
    return training.resume(name, material, RunStore(), verbose, progress, finish, tests)


@click.command()
@click.argument("preset", type=click.Choice(list(PRESETS)))
@click.option(
    "--trials", type=click.IntRange(1), default=20, show_default=True, help="In all, earlier ones included."
)
@click.option("--epochs", type=click.IntRange(1), help="At most, of each trial.")
@click.option("--name", help="Name of the study; an existing one goes on.  [default: tune-PRESET]")
@options.data
@if_interrupted("Finished trials are kept: the same command goes on.")
def tune(preset: str, trials: int, epochs: int | None, name: str | None, data: str | None) -> None:
    """Search for better settings than a preset's; each trial is a run."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

    from mnist_app.learning import tuning

    base = PRESETS[preset]
    if epochs is not None:
        base = dataclasses.replace(base, epochs=epochs)
    study = tuning.tune(base, load_training_images(base, data), RunStore(), name or f"tune-{preset}", trials)
    best = study.best_trial
    print(
        f"Best of {len(study.trials)}: trial {best.number + 1}, {best.value:.2%} on validation, {best.params}"
    )
