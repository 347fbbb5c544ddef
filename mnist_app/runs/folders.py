"""Folders of the app: what is shipped with it, and what it makes on this machine."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
# app.py, .streamlit and models: inside an installed package, beside it in a clone.
SHIPPED = _PACKAGE / "shipped" if (_PACKAGE / "shipped").exists() else _PACKAGE.parent
MNIST_FILE = "mnist.npz"  # in the cache, verified


def cache_dir() -> Path:
    """Where what can be made or fetched anew is kept: XDG's cache folder."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mnist-app"
