from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest

from mnist_app.domain import PRESETS, Progress, Run, Status
from mnist_app.runs import RunStore
from mnist_app.runs.estimates import scoring_seconds, seconds_left
from mnist_app.runs.folders import SHIPPED
from mnist_app.runs.results import read_scores
from tests.helpers.runs import epoch


@pytest.fixture
def training(tiny: Run) -> Run:
    """The tiny run after the first of its three epochs, which took two seconds."""
    return replace(tiny, status=Status.RUNNING, history=(epoch(1, 3, 0),), progress=Progress(done=1.5))


def test_the_time_left_includes_scoring_as_long_as_it_took_last(tiny: Run, training: Run) -> None:
    earlier = replace(tiny, scoring_seconds=90.0, created=tiny.created - timedelta(days=1))
    runs = [earlier, replace(tiny, scoring_seconds=30.0)]
    assert seconds_left(training, runs) == pytest.approx(1.5 * 2 + 30)
    assert scoring_seconds("world", runs) is None


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_tells_how_long_its_runs_are_scored(preset: str) -> None:
    shipped = RunStore(SHIPPED / "models").open(preset)
    untimed = replace(shipped, scoring_seconds=None)
    seconds = scoring_seconds(preset, [untimed])
    assert seconds == pytest.approx(untimed.latency_ms / 1_000 * sum(s.images for s in read_scores(shipped)))
    assert scoring_seconds(preset, [untimed, replace(untimed, scoring_seconds=7.0)]) == 7


def test_without_an_earlier_run_scoring_is_left_out(tiny: Run, training: Run) -> None:
    without_model = replace(tiny, scoring_seconds=None, latency_ms=math.nan)
    assert seconds_left(training, [without_model]) == pytest.approx(3)
    assert seconds_left(replace(training, history=()), [tiny]) is None


def test_a_run_remembers_how_long_it_was_scored(tiny: Run) -> None:
    assert tiny.scoring_seconds is not None
    assert tiny.scoring_seconds > 0
