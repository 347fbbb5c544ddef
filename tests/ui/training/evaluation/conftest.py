"""What the tests of evaluations share."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from mnist_app.domain import Run
from mnist_app.learning.data.mnist import Dataset
from mnist_app.runs import RunStore, models_dir
from mnist_app.runs.image_sets import SetStore
from mnist_app.ui import resources
from tests.ui.evaluation_page import MNIST


@pytest.fixture(autouse=True)
def _no_images(clean_environment: Path, owner: None) -> Iterator[None]:
    """No images on this machine, unless a test puts them there."""
    resources.image_set.clear()
    assert clean_environment
    assert owner is None
    yield
    resources.image_set.clear()


@pytest.fixture
def pictured(tiny: Run, small: Dataset, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A run whose images are here."""
    monkeypatch.setenv("MNIST_APP_MODELS", str(tiny.path.parent))
    SetStore().write(MNIST, "test", small.test)
    return tiny


@pytest.fixture
def own_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """The shipped runs, to be damaged."""
    shutil.copytree(models_dir(), tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    return RunStore()
