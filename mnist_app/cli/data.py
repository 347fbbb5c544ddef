"""`data`: the images that are trained on and scored on."""

from __future__ import annotations

import dataclasses
import sys
from contextlib import nullcontext
from pathlib import Path

import click

from mnist_app.cli import options
from mnist_app.cli.options import EXIT_FAILED, PATH, if_interrupted
from mnist_app.domain import Material, Split, TrainConfig
from mnist_app.domain.presets import PRESETS
from mnist_app.runs import DEFAULT_RUN
from mnist_app.runs.preparation_job import alone


@click.group()
def data() -> None:
    """Look at what is trained on."""


@data.command()
@click.option("--offline", is_flag=True, help="Make only the sets that need no download.")
@options.data
@if_interrupted("Finished sets are kept.")
def prepare(offline: bool, data: str | None) -> int:
    """Make the image sets that the Training page shows."""
    from mnist_app.learning.data import downloads, image_set_builder

    def report(line: str) -> None:
        print(line, flush=True)
        progress.say(line)

    with alone() as progress, downloads.offline() if offline else nullcontext():
        missing = image_set_builder.prepare(PRESETS[DEFAULT_RUN], data, report)
        progress.end(missing)
    for line in missing:
        print(f"Not prepared: {line}", file=sys.stderr)
    return EXIT_FAILED if missing else 0


@data.command()
@click.argument("preset", type=click.Choice(list(PRESETS)), default=DEFAULT_RUN)
@click.option("--output", type=PATH, default=Path("preview.png"), show_default=True, metavar="FILE")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=0, show_default=True)
@options.data
def preview(preset: str, output: Path, seed: int, data: str | None) -> None:
    """Write a contact sheet of the images as the model gets them."""
    from mnist_app.learning.data.contact_sheet import write_contact_sheet

    config = dataclasses.replace(PRESETS[preset], seed=seed)
    write_contact_sheet(config, load_training_images(config, data), output)
    print(output)


def load_training_images(config: TrainConfig, path: str | None) -> Material:
    """Return the images that a training with these settings learns from and is chosen by."""
    from mnist_app.learning.data.mnist import load_mnist
    from mnist_app.learning.data.sources import gather

    return gather(config, load_mnist(path).train, path)


def load_test_sets(mnist: Split, path: str | None) -> dict[str, Split]:
    """Return every test set, kept for the Training page; those that can't be had are named on stderr."""
    from mnist_app.learning.data.image_set_builder import keep
    from mnist_app.learning.data.test_sets import load_test_sets

    sets, missing = load_test_sets(mnist, path)
    for line in missing:
        print(f"Not scored: {line}", file=sys.stderr)
    keep(sets, lambda line: print(line, file=sys.stderr))
    return sets
