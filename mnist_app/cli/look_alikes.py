"""`runs look-alikes`: keep some of the images that a run learned from, to explain its answers by."""

from __future__ import annotations

import dataclasses

import click

from mnist_app.cli import options
from mnist_app.cli.data import load_training_data
from mnist_app.cli.options import open_finished
from mnist_app.errors import RunError
from mnist_app.runs import RunStore
from mnist_app.runs.files import LOOK_ALIKES_FILE, write_run


@click.command("look-alikes")
@click.argument("name", metavar="RUN")
@options.data
def look_alikes(name: str, data: str | None) -> None:
    """Keep some of a run's training images, which "Why?" compares a digit with."""
    store = RunStore()
    run = open_finished(store, name)

    from mnist_app.learning.look_alikes import by_hand, write_look_alikes

    hands = by_hand(run.config.shares) if run.config else []
    if run.config is None or not hands:
        raise RunError(f"The run {name!r} has learned from no handwriting that could be shown.")
    config = dataclasses.replace(run.config, shares=dict.fromkeys(hands, 1 / len(hands)))
    try:
        write_look_alikes(run.path, load_training_data(config, data).training)
        write_run(run.path, run)
    except OSError as error:
        raise store.unwritable(error) from error
    size = (run.path / LOOK_ALIKES_FILE).stat().st_size
    print(f"{run.path / LOOK_ALIKES_FILE}: {size / 1e6:.1f} MB")
