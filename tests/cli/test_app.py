from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from mnist_app.cli import main

ROOT = Path(__file__).parents[2]


def test_the_app_is_started_as_streamlit_runs_it_with_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(runpy, "run_module", lambda name, **_: started.append((name, sys.argv)))
    monkeypatch.setattr(sys, "argv", ["mnist-app"])
    assert main(["app", "--server.port", "8502", "--server.headless=true"]) == 0
    options = ["--server.port", "8502", "--server.headless=true"]
    assert started == [("streamlit", ["streamlit", "run", *options, str(ROOT / "app.py")])]
