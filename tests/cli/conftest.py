"""What the tests of commands share."""

from __future__ import annotations

from pathlib import Path

import pytest

from mnist_app.learning.data import image_set_builder
from mnist_app.runs.image_sets import SetStore


@pytest.fixture(autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where image sets are kept: not in the cache of whoever runs the tests."""
    root = tmp_path_factory.mktemp("kept")
    monkeypatch.setattr(image_set_builder, "SetStore", lambda: SetStore(root))
    return root
