"""Folders outside the project."""

from __future__ import annotations

import os
from pathlib import Path

MNIST_FILE = "mnist.npz"  # in the cache, verified


def cache_dir() -> Path:
    """Where what can be made or fetched anew is kept: XDG's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mnist-app"
