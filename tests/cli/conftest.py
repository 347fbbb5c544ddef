"""Fixtures of the tests of commands."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest

from mnist_app.learning.data import image_set_builder
from mnist_app.runs import RunStore
from mnist_app.runs.image_sets import SetStore
from tests.helpers.shell import Shell


@pytest.fixture(autouse=True)
def kept(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where image sets are kept: not in the cache of whoever runs the tests."""
    root = tmp_path_factory.mktemp("kept")
    monkeypatch.setattr(image_set_builder, "SetStore", lambda: SetStore(root))
    return root


@pytest.fixture
def store(tiny_store: RunStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    """A copy of the tiny store, which is the command line's."""
    shutil.copytree(tiny_store.root, tmp_path / "models")
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path / "models"))
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    monkeypatch.chdir(tmp_path)
    return RunStore(tmp_path / "models")


@pytest.fixture
def shell(store: RunStore, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    assert store.names() == ["tiny"]
    capsys.readouterr()  # what training the tiny run printed
    return Shell(capsys, monkeypatch)
