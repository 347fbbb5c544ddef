from __future__ import annotations

from pathlib import Path

import pytest

from mnist_app.runs import RunStore
from tests.ui.pages import words
from tests.ui.training_page import REFUSAL, opened, refuse, stopped_run


def test_no_runs_at_all_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_APP_MODELS", str(tmp_path))
    assert "python -m mnist_app train" in opened().info[0].value
    for view in ("Run", "Evaluation", "Train", "Data"):
        opened(view=view)


def test_guests_see_everything_and_no_button_that_changes_anything(
    store: RunStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped_run(store)
    refuse(monkeypatch)
    assert {button.label for button in opened(runs=["convnet"]).button} == {"convnet"}, "a link"
    assert {button.label for button in opened(run="convnet").button} == {"Evaluation"}
    app = opened(view="Train")
    assert not app.button
    assert "half" in words(app)
    assert app.info[0].value == REFUSAL
