from __future__ import annotations

from pathlib import Path

import pytest

from mnist_app.runs.folders import cache_dir, models_dir

ROOT = Path(__file__).parents[2]


def test_a_clones_runs_are_beside_the_package_whatever_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MNIST_APP_MODELS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert models_dir() == ROOT / "models"


def test_the_environment_names_other_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "runs"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert (models_dir(), cache_dir()) == (tmp_path / "runs", tmp_path / "mnist-app")
