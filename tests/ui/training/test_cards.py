from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mnist_app.runs import RunStore
from mnist_app.runs.files import write_run
from mnist_app.ui.training import cards
from tests.ui.pages import charts, press, words
from tests.ui.training_page import opened


def finished(store: RunStore, age: timedelta, scoring_seconds: float | None = 40.0) -> None:
    """Make convnet a run that was finished here that long ago."""
    run = store.open("convnet")
    created = datetime.now(UTC) - age
    write_run(run.path, replace(run, created=created, scoring_seconds=scoring_seconds))


@pytest.mark.usefixtures("guest")
def test_a_training_that_has_ended_leaves_its_card_with_curves_and_links(store: RunStore) -> None:
    finished(store, timedelta(minutes=5))
    app = opened(view="Train")
    assert "**convnet** · convnet · finished" in words(app)
    assert "99.60 % of MNIST's test images right" in words(app)
    assert "trained and scored in 28 min" in words(app)
    assert len(charts(app)) == 2
    app = press(app, "open-convnet")
    assert app.selectbox(key="run").value == "convnet"
    assert app.button_group(key="view").value == "Run"


@pytest.mark.parametrize(("age", "scoring"), [(timedelta(days=2), 40.0), (timedelta(minutes=5), None)])
def test_a_run_of_other_days_or_from_elsewhere_has_no_card(
    store: RunStore, age: timedelta, scoring: float | None
) -> None:
    finished(store, age, scoring)
    assert "No training is running or unfinished" in words(opened(view="Train"))


def test_a_result_without_a_test_score_is_said_without_it(store: RunStore) -> None:
    run = replace(store.open("convnet"), metrics={}, scoring_seconds=None)
    assert cards.result(run) == "trained and scored in 27 min."
