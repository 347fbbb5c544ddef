from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

from mnist_app.cli import main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    "arguments",
    [
        ["train", "unknown"],
        ["train", "convnet", "--epochs", "0"],
        ["train", "convnet", "--epochs", "2.5"],
        ["train", "convnet", "--learning-rate", "nan"],
        ["train", "convnet", "--learning-rate", "-1"],
        ["train", "convnet", "--seed", "-1"],
        ["train", "convnet", "--seed", "abc"],
        ["train", "convnet", "--epochs", "1" * 400],
        ["train", "convnet", "--data", "x" * 5_000],
        ["read", "x" * 5_000],
        ["read", "x", "--annotate", "x/" * 5_000],
        ["runs", "import", "x" * 5_000],
        ["data", "preview", "--output", "x" * 5_000],
        ["--\x1b[2J"],
        ["train", "convnet", "--learning-rate", "inf"],
        ["train", "convnet", "--ema", "1"],
        ["train", "convnet", "--resume", "mine"],
        ["train"],
        ["tune", "convnet", "--trials", "0"],
        ["data"],
        ["read"],
        [],
    ],
)
def test_wrong_arguments_are_refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "Traceback" not in (error := capsys.readouterr().err)
    assert "_seed" not in error
    assert "\x1b" not in error


def test_a_file_name_moves_no_cursor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a\x1b[2J\u202e.zip"
    for arguments in (
        ["runs", "import", str(file)],
        ["read", str(file)],
        ["read", "x", "--annotate", f"{__file__}/{file}"],
    ):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert "\x1b" not in error
        assert "\u202e" not in error
        assert "Traceback" not in error


@pytest.mark.parametrize("command", [["train", "dense-128"], ["tune", "dense-128"], ["data", "preview"]])
def test_a_package_that_is_missing_is_named_with_the_way_to_install_it(
    command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def is_missing(name: str, *_: object) -> None:
        raise ModuleNotFoundError(f"No module named {name!r}", name="keras")

    monkeypatch.setattr("mnist_app.cli.import_module", is_missing)
    assert main(command) == 2
    assert "keras" in (error := capsys.readouterr().err)
    assert "pip install 'mnist-app[train]'" in error


def test_the_app_is_started_as_streamlit_runs_it_with_its_options(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []
    monkeypatch.setattr(runpy, "run_module", lambda name, **_: started.append((name, sys.argv)))
    monkeypatch.setattr(sys, "argv", ["mnist-app"])
    assert main(["app", "--server.port", "8502", "--server.headless=true"]) == 0
    options = ["--server.port", "8502", "--server.headless=true"]
    assert started == [("streamlit", ["streamlit", "run", *options, str(ROOT / "app.py")])]
