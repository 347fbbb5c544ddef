"""Folders of trainings that somebody damaged, or wrote with another version."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mnist_app.errors import RunError
from mnist_app.runs import HISTORY_FILE
from mnist_app.runs.settings import CONFIG_FILE
from mnist_app.runs.status import STATUS_FILE
from mnist_app.runs.trainings import Trainings
from tests.helpers.trainings import CONFIG, EPOCHS, held, status, with_one_training


@pytest.fixture
def trainings(tmp_path: Path) -> Trainings:
    """A store with one training, `mine`, of two epochs."""
    return with_one_training(tmp_path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "Put it right"),
        ("{", "Put it right"),
        ("[1]", "Put it right"),
        ("[" * 9999, "Put it right"),
        ('{"preset": "dense-128"}', "batch_size"),
        ('{"preset": "dense-128", "epochs": 0, "batch_size": 64}', "epochs must be"),
        ('{"preset": "dense-128", "epochs": 5, "batch_size": 64, "shares": [1]}', "Put it right"),
        ('{"preset": "dense-128", "epochs": 5, "batch_size": 64, "momentum": 0.9}', "knows no momentum"),
        (None, "not there"),
    ],
)
def test_damaged_settings_are_said_and_the_other_trainings_still_work(
    trainings: Trainings, content: str | None, reason: str
) -> None:
    trainings.begin(CONFIG, "other")
    file = trainings.folder("mine") / CONFIG_FILE
    file.unlink() if content is None else file.write_text(content)
    states = {training.name: training for training in trainings.open_all()}
    assert (states["mine"].state, states["other"].state) == ("failed", "stopped")
    assert states["mine"].config is None
    assert reason in states["mine"].reason
    assert states["mine"].history == tuple(EPOCHS)
    with pytest.raises(RunError, match=reason):
        trainings.start("mine")
    trainings.discard("mine")
    assert trainings.names() == ["other"]


@pytest.mark.parametrize("line", ["1,x,1,1,1,1,1", "1,1", "3,1,1,1,1,1,1", '"' + "x" * 200_000])
def test_a_damaged_history_is_said(trainings: Trainings, line: str) -> None:
    file = trainings.folder("mine") / HISTORY_FILE
    file.write_text(file.read_text().splitlines()[0] + f"\n{line}\n")
    training = trainings.open("mine")
    assert (training.state, training.history) == ("failed", ())
    assert "history.csv is damaged" in training.reason


def test_a_history_that_is_not_finite_is_shown_with_gaps(trainings: Trainings) -> None:
    file = trainings.folder("mine") / HISTORY_FILE
    file.write_text(file.read_text().replace("0.5", "inf", 1))
    first, second = trainings.open("mine").history
    assert first.loss != first.loss
    assert second.loss == 0.5


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", "\xff", "[" * 9999, '{"state": "gone"}', '{"state": ["running"]}'],
)
def test_a_damaged_status_is_said_and_does_no_harm(trainings: Trainings, content: str) -> None:
    (trainings.folder("mine") / STATUS_FILE).write_text(content, encoding="latin-1")
    training = trainings.open("mine")
    assert (training.state, training.done) == ("crashed", 2)
    assert "status.json is damaged" in training.reason
    with held(trainings):
        assert trainings.open("mine").state == "running"


@pytest.mark.parametrize("value", [None, "x", 1e999, -1, 10**400, [], {}, float("nan"), 77])
def test_figures_that_make_no_sense_are_left_out(trainings: Trainings, value: object) -> None:
    own = status(done=value, loss=value, since=value, at=value, phase=value)
    (trainings.folder("mine") / STATUS_FILE).write_text(json.dumps(own))
    with held(trainings):
        assert 2 <= trainings.open("mine").done <= 3


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon"])
def test_a_beginning_that_no_calendar_has_is_long_ago(trainings: Trainings, since: str) -> None:
    trainings.report("mine", status(since=since))
    assert trainings.open("mine").since == datetime.fromtimestamp(0, UTC)
