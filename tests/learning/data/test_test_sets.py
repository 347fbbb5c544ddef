from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import MNIST_TEST, Calibration, Kind, Split, TestSet
from mnist_app.errors import DataError
from mnist_app.learning.data import image_set_builder, test_sets
from mnist_app.learning.data.test_sets import (
    LOADERS,
    MNIST,
    TestSetLoader,
    load_test_sets,
    low_resolution,
)
from mnist_app.learning.evaluation import evaluate
from mnist_app.learning.model_card import score_table
from mnist_app.runs import RunStore
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.results import read_scores
from tests.helpers.predictions import without_signs

BLACKBOARD = TestSet("blackboard", "Blackboard", Kind.DIGITS, "Chalk by A. Teacher, CC0.")


def first_images(mnist: Split) -> Split:
    return Split(mnist.images[:200], mnist.labels[:200])


def test_low_resolution_loses_detail_and_keeps_the_place(mnist: Split) -> None:
    few = Split(mnist.images[:100], mnist.labels[:100])
    low = low_resolution(few)
    assert np.array_equal(low.labels, few.labels)
    difference = np.abs(low.images.astype(float) - few.images).mean()
    assert 1 < difference < 25


def test_sets_have_the_names_and_kinds_that_shipped_runs_were_scored_with() -> None:
    store = RunStore(Path(__file__).parents[3] / "models")
    scores = read_scores(store.open("world"))
    sets = [test_set for loader in LOADERS for test_set in loader.sets]
    assert [test_set.key for test_set in sets] == [score.name for score in scores]
    assert [test_set.kind for test_set in sets] == [score.kind for score in scores]
    assert sets[0].key == MNIST_TEST


def test_what_cannot_be_had_is_named_and_the_rest_is_loaded(
    mnist: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> list[Split]:
        raise DataError("no chalk")

    loaders = [LOADERS[0], TestSetLoader(BLACKBOARD.key, (BLACKBOARD,), refuse)]
    monkeypatch.setattr(test_sets, "LOADERS", loaders)
    sets, missing = load_test_sets(mnist)
    assert list(sets) == [MNIST]
    assert missing == ["blackboard: no chalk"]


@pytest.mark.usefixtures("clean_environment")
def test_a_new_test_set_needs_one_entry_to_be_loaded_scored_listed_and_looked_at(
    mnist: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader = TestSetLoader(BLACKBOARD.key, (BLACKBOARD,), lambda mnist, _: [first_images(mnist)])
    monkeypatch.setattr(test_sets, "LOADERS", [LOADERS[0], loader])
    sets, missing = load_test_sets(mnist)
    assert (list(sets), missing) == ([MNIST, BLACKBOARD], [])

    predictions = {
        test_set.key: without_signs(
            np.full((len(split), 10), 0.1, np.float32), np.ones(len(split), np.float32)
        )
        for test_set, split in sets.items()
    }
    score = evaluate(predictions, sets, Calibration(1, 0.5, 0.9, 0.01))[1]
    assert (score.name, score.title, score.kind) == ("blackboard", "Blackboard", Kind.DIGITS)
    assert score.digest == sets[BLACKBOARD].digest
    assert any(line.startswith("| blackboard | 200 |") for line in score_table([score]))

    image_set_builder.keep(sets, pytest.fail)
    kept = SetStore().open(SetStore().newest("test")["blackboard"])
    assert (kept.title, kept.origin, kept.order) == ("Blackboard", "Chalk by A. Teacher, CC0.", 1)
