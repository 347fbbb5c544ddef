from __future__ import annotations

from pathlib import Path

import pytest

from mnist_app.corrections.store import CorrectionStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The place of a database that does not exist yet."""
    return tmp_path / "data" / "corrections.sqlite3"


@pytest.fixture
def store(file: Path) -> CorrectionStore:
    return CorrectionStore(f"sqlite:///{file}")
