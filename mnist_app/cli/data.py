"""`data`: the images that are trained on and scored on."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mnist_app.cli import options
from mnist_app.cli.options import EXIT_FAILED, PATH, changed, if_interrupted
from mnist_app.cli.tables import printable
from mnist_app.domain import PRESETS, Split, TestSet, TrainConfig
from mnist_app.runs import DEFAULT_RUN
from mnist_app.runs.preparation_job import preparation_process

if TYPE_CHECKING:
    from mnist_app.learning.data.sources import TrainingData


@click.group()
def data() -> None:
    """Look at the images that are trained on."""


@data.command()
@click.option("--offline", is_flag=True, help="Make only the sets that need no download.")
@options.data
@if_interrupted("Finished sets are kept.")
def prepare(offline: bool, data: str | None) -> int:
    """Make the image sets that the Training page shows."""
    from mnist_app.learning.data import downloads, image_set_builder

    def add(line: str) -> None:
        print(line, flush=True)
        report.add(line)

    with preparation_process() as report, downloads.offline() if offline else nullcontext():
        missing = image_set_builder.prepare(PRESETS[DEFAULT_RUN], data, add)
        report.end(missing)
    for line in missing:
        _warn(f"Not prepared: {line}")
    return EXIT_FAILED if missing else 0


@data.command()
@click.argument("preset", type=click.Choice(list(PRESETS)), default=DEFAULT_RUN)
@click.option("--output", type=PATH, default=Path("preview.png"), show_default=True, metavar="FILE")
@click.option("--seed", type=int, default=0, show_default=True)
@options.data
def preview(preset: str, output: Path, seed: int, data: str | None) -> None:
    """Write a contact sheet of a preset's training images, as the model gets them."""
    config = changed(PRESETS[preset], seed=seed)

    from mnist_app.learning.data.image_set_builder import write_contact_sheet

    write_contact_sheet(config, load_training_data(config, data), output)
    print(printable(str(output)))


def load_training_data(config: TrainConfig, path: str | None) -> TrainingData:
    """Load the images that a training with these settings learns from."""
    from mnist_app.learning.data.mnist import load_mnist
    from mnist_app.learning.data.sources import load_sources

    return load_sources(config, load_mnist(path).train, path)


def load_test_sets(path: str | None) -> dict[TestSet, Split]:
    """Load every test set, and keep it for the Training page; warn of those that can't be had."""
    from mnist_app.learning.data import test_sets
    from mnist_app.learning.data.image_set_builder import keep
    from mnist_app.learning.data.mnist import load_mnist

    sets, missing = test_sets.load_test_sets(load_mnist(path).test, path)
    for line in missing:
        _warn(f"Not scored: {line}")
    keep(sets, _warn)
    return sets


def _warn(line: str) -> None:
    print(line, file=sys.stderr)
