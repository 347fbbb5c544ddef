"""Options that several commands have, the exit statuses, and the question before something is deleted."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from mnist_app.errors import RunError

EXIT_FAILED = 2
EXIT_INTERRUPTED = 130


class _FilePath(click.Path):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value == "":  # it would be the current folder
            self.fail("must not be empty", param, ctx)
        return super().convert(value, param, ctx)


class _Below(click.FloatRange):
    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"must be finite, got {value}", param, ctx)
        return number


POSITIVE = _Below(0, min_open=True)
FRACTION = _Below(0, 1, min_open=True, max_open=True)
PATH = _FilePath(path_type=Path)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, an object a line.")
data = click.option(
    "--data", metavar="PATH", help="MNIST: mnist.npz, or a folder with it or with the IDX files."
)
yes = click.option("--yes", "is_sure", is_flag=True, help="Don't ask.")


def confirmed(question: str, is_sure: bool) -> bool:
    """Ask a yes-or-no question on the terminal, unless it is sure. Raises RunError without a terminal."""
    if is_sure:
        return True
    if not sys.stdin.isatty():
        raise RunError("This asks first, and there is no terminal to ask on. Add --yes to do it unasked.")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")


@contextmanager
def if_interrupted(message: str) -> Iterator[None]:
    """Say on Ctrl-C what is kept."""
    try:
        yield
    except KeyboardInterrupt:
        raise KeyboardInterrupt(message) from None
