"""Folders of the app: what is shipped with it, and what it makes on this machine."""

from __future__ import annotations

import os
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
IS_INSTALLED = (_PACKAGE / "shipped").is_dir()
# app.py, .streamlit and models: inside an installed package, beside it in a clone.
SHIPPED = _PACKAGE / "shipped" if IS_INSTALLED else _PACKAGE.parent
MNIST_FILE = "mnist.npz"  # in the cache, verified


def models_dir() -> Path:
    """Return the folder of the runs: MNIST_APP_MODELS, else a clone's, else one of the user's data folder."""
    if named := os.environ.get("MNIST_APP_MODELS"):
        return Path(named)
    return data_dir() / "models" if IS_INSTALLED else SHIPPED / "models"


def shipped_models_dir() -> Path | None:
    """Return the folder of an installed package's runs, which can only be read; None if another is named."""
    return SHIPPED / "models" if IS_INSTALLED and not os.environ.get("MNIST_APP_MODELS") else None


def cache_dir() -> Path:
    """Return the folder of all that can be made or fetched anew."""
    return _user_dir("XDG_CACHE_HOME", ".cache")


def data_dir() -> Path:
    """Return the folder of what people made on this machine and nothing can make anew."""
    return _user_dir("XDG_DATA_HOME", ".local/share")


def corrections_url() -> str:
    """Return the address of the database of corrections: MNIST_APP_DATABASE, else a file's in `data_dir`."""
    return os.environ.get("MNIST_APP_DATABASE") or f"sqlite:///{data_dir() / 'corrections.sqlite3'}"


def _user_dir(variable: str, default: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / default) / "mnist-app"
