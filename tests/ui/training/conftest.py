"""What the tests of the Training page share."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mnist_app.runs import RunStore, models_dir


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """Copies of the shipped runs, as the app sees them."""
    shutil.copytree(models_dir(), tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    return RunStore()
