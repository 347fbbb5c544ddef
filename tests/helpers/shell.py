"""A shell for tests of commands on a store of runs, and what they do with such a store."""

from __future__ import annotations

import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from mnist_app.cli import main
from mnist_app.runs import RUN_FILE, RunStore

LOG = "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.90,0.40,0.93,0.25\n1,0.94,0.20,0.95,0.20\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Shell:
    """Runs commands, and has what the last one printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch
        self.out = self.err = ""

    def __call__(self, *words: object, answer: str | None = None) -> int:
        if answer is not None:
            self._monkeypatch.setattr(sys, "stdin", Terminal(answer))
        status = main(["runs", *map(str, words)])
        self.out, self.err = self._capsys.readouterr()
        assert "Traceback" not in self.err
        return status

    @property
    def json(self) -> list[Any]:
        def no_constant(name: str) -> None:
            raise ValueError(f"{name} is no JSON")

        return [json.loads(line, parse_constant=no_constant) for line in self.out.splitlines()]


def copy_run(store: RunStore, name: str, **facts: Any) -> Path:
    """A second run, with other facts in run.json."""
    shutil.copytree(store.root / "tiny", store.root / name)
    file = store.root / name / RUN_FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | facts))
    return file.parent


def state_of(store: RunStore) -> dict[str, bytes]:
    return {str(f.relative_to(store.root)): f.read_bytes() for f in store.root.rglob("*") if f.is_file()}
