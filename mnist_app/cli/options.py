"""Options that several commands have, and how commands ask, report errors and end."""

from __future__ import annotations

import dataclasses
import errno
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

from mnist_app.cli.tables import printable
from mnist_app.domain import Run, TrainConfig
from mnist_app.errors import RunDamagedError, RunError
from mnist_app.runs import RunStore

EXIT_FAILED = 2
EXIT_INTERRUPTED = 130
_T = TypeVar("_T")


class _FilePath(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":  # it would be the current folder
            self.fail("must not be empty", param, ctx)
        try:
            os.lstat(value)
        except OSError as error:
            if error.errno == errno.ENAMETOOLONG:
                self.fail(f"{value!r:.80} … is too long for a path", param, ctx)
        return super().convert(value, param, ctx)


PATH = _FilePath(path_type=Path)
data = click.option(
    "--data",
    type=_FilePath(),
    metavar="PATH",
    help="MNIST: mnist.npz, or a folder with it or with the IDX files.",
)
yes = click.option("--yes", "is_sure", is_flag=True, help="Don't ask.")


def is_confirmed(question: str, is_sure: bool) -> bool:
    """Ask on the terminal, unless the person is sure. Raises RunError if there is no terminal."""
    if is_sure:
        return True
    if not sys.stdin.isatty():
        raise RunError("This asks first, and there is no terminal to ask on. Add --yes to do it unasked.")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def open_finished(store: RunStore, name: str) -> Run:
    """Open a run. Raises RunError if it is not finished, and as `RunStore.open`."""
    run = store.open(name)
    if not run.is_finished:
        raise RunError(f"The run {name!r} is not finished. `train --resume {name}` goes on with it.")
    return run


def readable(read: Callable[[], list[_T]], errors: list[RunError]) -> list[_T]:
    """Return what a file of a run lists; nothing if it is damaged, which is added to the errors."""
    try:
        return read()
    except RunDamagedError as error:
        errors.append(error)
        return []


def report(errors: Iterable[RunError]) -> int:
    """Print errors on standard error, one a line. Returns the exit status."""
    lines = [printable(str(error)) for error in errors]
    for line in lines:
        print(line, file=sys.stderr)
    return EXIT_FAILED if lines else 0


def changed(config: TrainConfig, **changes: Any) -> TrainConfig:
    """Return a config with those settings that are not None. Raises UsageError if one makes no sense."""
    given = {name: value for name, value in changes.items() if value is not None}
    try:
        return dataclasses.replace(config, **given)
    except ValueError as error:
        raise click.UsageError(f"{error}.") from None


@contextmanager
def if_interrupted(message: str) -> Iterator[None]:
    """Add a message to the one that is printed after Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(message) from None
