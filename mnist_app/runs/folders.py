"""Folders outside the package: the runs, the cache, and the data that the environment names."""

from __future__ import annotations

import os
from pathlib import Path

MNIST_FILE = "mnist.npz"  # in the cache, verified


def models_dir() -> Path:
    """The folder of the runs: MNIST_APP_MODELS, else `models` beside the package."""
    named = os.environ.get("MNIST_APP_MODELS")
    return Path(named) if named else Path(__file__).resolve().parents[2] / "models"


def cache_dir() -> Path:
    """The folder of all that can be made or fetched anew, in XDG's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mnist-app"
