"""Processes that stand in for trainings: they hold a training's locks as `train` does, without TensorFlow."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CHILD = """
import sys, time
from mnist_app.domain import Epoch
from mnist_app.runs import RunStore
from mnist_app.runs.files import write_history
from mnist_app.runs.training_job import training_process
store, name = RunStore(), sys.argv[1]
with training_process(store, name) as report:
    report.phase("Learning")
    {}
"""
FOREVER = "time.sleep(600)"


def child(root: Path, name: str, does: str = FOREVER) -> subprocess.Popen[bytes]:
    """Start a process that runs the training `name` of the store at `root`, with a cache of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", _CHILD.format(does), name], env=environment(root), cwd=ROOT
    )


def environment(root: Path) -> dict[str, str]:
    """Return the environment of a process that uses the store at `root` and a cache beside it."""
    return {**os.environ, "MNIST_APP_MODELS": str(root), "XDG_CACHE_HOME": str(cache(root))}


def cache(root: Path) -> Path:
    """Return the cache folder of the processes that use the store at `root`."""
    return root.with_name("cache")


def eventually(happens: Callable[[], object], seconds: float = 30) -> None:
    """Wait until `happens` is true. Raises AssertionError if it is not within `seconds`."""
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.01)
