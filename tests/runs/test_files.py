"""The schema of a run's files: what is written is what is read."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import PRESETS, Run, SetPredictions
from mnist_app.runs import PREDICTIONS_FILE, RUN_FILE, SCORES_FILE, files
from tests.helpers.runs import epoch


def test_a_run_that_is_written_is_read_as_the_same_run(tiny: Run) -> None:
    content = files.encode_run(tiny)
    assert files.parse_run(content, tiny.name, tiny.path) == tiny
    assert content == (tiny.path / RUN_FILE).read_bytes()


@pytest.mark.parametrize("preset", PRESETS)
def test_settings_that_are_written_are_read_as_the_same_settings(preset: str) -> None:
    content = files.encode_config(PRESETS[preset])
    assert files.config_from(json.loads(content)) == PRESETS[preset]


def test_epochs_that_are_written_are_read_as_the_same_epochs(tmp_path: Path) -> None:
    history = [epoch(n, 3, 0) for n in (1, 2, 3)]
    files.write_history(tmp_path, history)
    assert files.read_epochs(tmp_path) == history
    files.write_history(tmp_path, [dataclasses.replace(history[0], loss=math.inf)])
    assert math.isnan(files.read_epochs(tmp_path)[0].loss)


def test_scores_that_are_written_are_read_as_the_same_scores(tiny: Run) -> None:
    scores = files.parse_scores((tiny.path / SCORES_FILE).read_bytes())
    assert files.parse_scores(files.encode_scores(scores)) == scores


def test_sets_with_the_same_labels_share_them(tiny: Run) -> None:
    predictions = files.parse_predictions((tiny.path / PREDICTIONS_FILE).read_bytes(), "MNIST test")
    one, two = (files.encode_predictions(dict.fromkeys(names, predictions)) for names in ("a", "ab"))
    assert len(two) < 2 * len(one)
    for name in "ab":
        found = files.parse_predictions(two, name)
        for field in dataclasses.fields(SetPredictions):
            assert np.array_equal(getattr(found, field.name), getattr(predictions, field.name))
