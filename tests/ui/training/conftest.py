"""What the tests of the Training page share."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_app.domain import SOURCES, Source
from mnist_app.runs import RunStore, models_dir
from mnist_app.runs.image_sets import SetStore, Use
from mnist_app.runs.preparation_job import preparation_process
from tests.ui.data_page import IMAGES, split


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """Copies of the shipped runs, as the app sees them."""
    shutil.copytree(models_dir(), tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    return RunStore()


@pytest.fixture
def image_sets(clean_environment: Path) -> SetStore:
    """A few small sets, prepared a moment ago."""
    assert not clean_environment.exists()
    store = SetStore()
    digits, others = SOURCES["mnist"], SOURCES["nondigits"]

    def keep(name: str, use: Use, labels: np.ndarray, source: Source, **more: Any) -> None:
        images = split(f"{name} {use}", labels)
        store.write(name, use, images, title=source.title, origin=source.origin, **more)

    keep("mnist", "training", np.arange(IMAGES) % 10, digits)
    keep("mnist", "varied", np.repeat(np.arange(10), 24), digits, group=12)
    keep("nondigits", "training", np.full(60, 10), others, whole=420, order=1)
    keep("mnist", "validation", np.arange(20) % 10, digits)
    keep("MNIST test", "test", np.arange(30) % 10, digits)
    blurred = split("blurred", np.arange(30) % 10)
    store.write("MNIST, blur", "test", blurred, title="MNIST, blur", order=1)
    with preparation_process() as report:
        report.end([])
    return store
