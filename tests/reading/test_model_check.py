from __future__ import annotations

import time
from pathlib import Path

import pytest

from mnist_app.errors import RunDamagedError
from mnist_app.reading import model_check
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.model_check import check_model
from mnist_app.runs import SERVED_FILE, RunStore


@pytest.fixture
def model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> bytes:
    """A served model that nobody has checked yet."""
    monkeypatch.setattr(model_check, "_checked", set())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return (RunStore().path("dense-128") / SERVED_FILE).read_bytes()


def replace_program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str) -> None:
    (tmp_path / "program.py").write_text(script)
    monkeypatch.setattr(model_check, "PROGRAM", str(tmp_path / "program.py"))


def test_a_model_is_checked_once_on_a_machine(
    model: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    check_model(model)
    replace_program(monkeypatch, tmp_path, "raise SystemExit(1)")
    check_model(model)
    monkeypatch.setattr(model_check, "_checked", set())
    check_model(model)
    with pytest.raises(ValueError, match="it cannot be run"):
        check_model(model + b" ")


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("import os; os.abort()", "ends the process that runs it"),
        ("raise RuntimeError('no such layer')", "no such layer"),
        ("import time; time.sleep(60)", "takes too long"),
    ],
)
def test_a_model_that_would_harm_the_app_is_never_loaded(
    model: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, script: str, message: str
) -> None:
    monkeypatch.setattr(model_check, "PATIENCE", 1.0 if "sleep" in script else 60.0)
    replace_program(monkeypatch, tmp_path, script)
    with pytest.raises(RunDamagedError, match=f"cannot be loaded .*{message}"):
        Classifier.checked(model, "foreign")
    with pytest.raises(ValueError, match=message):  # no failure is remembered as a success
        check_model(model)


def test_a_model_for_other_images_is_refused_before_it_is_run(model: bytes) -> None:
    with pytest.raises(RunDamagedError, match="cannot be loaded"):
        Classifier.checked(model[: len(model) // 2], "half")
    started = time.monotonic()
    with pytest.raises(RunDamagedError, match="cannot be loaded"):
        Classifier.checked(b"", "empty")
    assert time.monotonic() - started < 60
