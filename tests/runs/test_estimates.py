from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from mnist_app.domain import Progress, Run, Status
from mnist_app.runs.estimates import scoring_seconds, seconds_left
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


def test_without_an_earlier_run_scoring_is_left_out(tiny: Run, training: Run) -> None:
    assert seconds_left(training, [replace(tiny, scoring_seconds=None)]) == pytest.approx(3)
    assert seconds_left(replace(training, history=()), [tiny]) is None


def test_a_run_remembers_how_long_it_was_scored(tiny: Run) -> None:
    assert tiny.scoring_seconds is not None
    assert tiny.scoring_seconds > 0
