"""What the tests of the Data view share."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import SOURCES
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.preparation_job import preparation_process
from tests.ui.data_page import IMAGES, split


@pytest.fixture
def store(clean_environment: Path) -> SetStore:
    """A few small sets, prepared a moment ago."""
    assert not clean_environment.exists()
    store = SetStore()
    digits, others = SOURCES["mnist"], SOURCES["nondigits"]
    about = {"title": digits.title, "origin": digits.origin}
    store.write("mnist", "training", split("mnist", np.arange(IMAGES) % 10), **about)
    store.write("mnist", "varied", split("varied", np.repeat(np.arange(10), 24)), group=12)
    whole = {"whole": 420, "title": others.title, "origin": others.origin, "order": 1}
    store.write("nondigits", "training", split("nondigits", np.full(60, 10)), **whole)
    store.write("mnist", "validation", split("validation", np.arange(20) % 10), **about)
    store.write("MNIST, blur", "test", split("blur", np.arange(30) % 10), title="MNIST, blur", order=1)
    store.write("MNIST test", "test", split("MNIST test", np.arange(30) % 10), **about)
    with preparation_process() as report:
        report.end([])
    return store
