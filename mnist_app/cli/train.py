"""`train` and `tune`: from a preset to runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import partial

import click

from mnist_app.cli import options
from mnist_app.cli.data import load_test_sets, load_training_data
from mnist_app.cli.options import changed, if_interrupted
from mnist_app.domain import PRESETS
from mnist_app.errors import RunError
from mnist_app.runs import TENSORBOARD, RunStore


@click.command()
@click.argument("preset", required=False, type=click.Choice(list(PRESETS)))
@click.option("--resume", metavar="NAME", help="Go on with a training that was interrupted.")
@click.option("--finish", is_flag=True, help="With --resume: no more epochs, save the best one.")
@click.option("--epochs", type=int, help="Number of epochs.")
@click.option("--batch-size", type=int, help="Number of images in a batch.")
@click.option("--learning-rate", type=float, help="Learning rate; the highest one if it decays.")
@click.option("--seed", type=int, help="Seed of everything that is random.")
@click.option("--patience", type=int, help="Stop after this many epochs without a gain; 0: never.")
@click.option("--ema", type=float, help="Momentum of the weights' moving average; 0: none.")
@click.option(
    "--shares",
    metavar="SOURCE=SHARE,...",
    help="Shares of the training images, as corrections=0.1; the preset's other sources have the rest.",
)
@click.option("--name", help="Name of the run.  [default: the preset's, or the next free one]")
@click.option("--tensorboard", is_flag=True, help="Write event files beside the run's own.")
@options.data
@if_interrupted("Finished epochs are kept: `train --resume NAME` goes on.")
def train(
    preset: str | None,
    resume: str | None,
    finish: bool,
    shares: str | None,
    name: str | None,
    tensorboard: bool,
    data: str | None,
    **settings: float | None,
) -> None:
    """Train a preset and save it as a run, or go on with a training.

    A setting that is not given is the preset's.
    """
    if (preset is None) == (resume is None):
        raise click.UsageError("Name a preset, or with --resume a training.")
    is_changed = any(value is not None for value in (shares, *settings.values()))
    if resume is not None and (is_changed or name):
        raise RunError("A training goes on with its own settings and name. Leave the others out.")
    config = None
    if preset:
        mix = None if shares is None else _mixed(PRESETS[preset].shares, shares)
        config = changed(PRESETS[preset], shares=mix, **settings)

    from mnist_app.learning import training

    store = RunStore()
    images, test_sets = partial(load_training_data, path=data), partial(load_test_sets, data)
    verbose = 1 if sys.stdout.isatty() else 2
    if config:
        run = training.train(config, images, store, name, verbose, test_sets, tensorboard)
    else:
        assert resume
        if tensorboard:
            (store.unfinished(resume).path / TENSORBOARD).mkdir(exist_ok=True)
        run = training.resume(resume, images, store, verbose, finish, test_sets)
    print(f"{run.path}: {run.metrics['test_accuracy']:.2%} right on MNIST's test set, {run.seconds:.0f} s")


def _mixed(base: Mapping[str, float], shares: str) -> dict[str, float]:
    """Return the shares that a text gives, and the others of `base` in proportion with the rest."""
    try:
        given = {key.strip(): float(share) for key, share in (part.split("=") for part in shares.split(","))}
    except ValueError:
        raise click.UsageError(f"--shares takes SOURCE=SHARE,..., not {shares!r:.80}.") from None
    others = {key: share for key, share in base.items() if key not in given}
    rest, total = 1 - sum(given.values()), sum(others.values())
    return given | {key: share * rest / total for key, share in others.items() if rest > 1e-9}


@click.command()
@click.argument("preset", type=click.Choice(list(PRESETS)))
@click.option(
    "--trials", type=click.IntRange(1), default=20, show_default=True, help="Earlier ones included."
)
@click.option("--epochs", type=int, help="Number of epochs of each trial, at most.")
@click.option("--name", help="Name of the study; an existing one goes on.  [default: tune-PRESET]")
@options.data
@if_interrupted("Finished trials are kept: the same command goes on.")
def tune(preset: str, trials: int, epochs: int | None, name: str | None, data: str | None) -> None:
    """Search for better settings than a preset's; each trial is a run."""
    base = changed(PRESETS[preset], epochs=epochs)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is imported: its start-up chatter

    from mnist_app.learning import tuning

    study = tuning.tune(base, load_training_data(base, data), RunStore(), name or f"tune-{preset}", trials)
    best = study.best_trial
    print(
        f"Best of {len(study.trials)}: trial {best.number + 1}, {best.value:.2%} on validation, {best.params}"
    )
