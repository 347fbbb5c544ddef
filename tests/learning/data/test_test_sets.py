from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import (
    MNIST_TEST,
    NOT_A_DIGIT,
    Calibration,
    Drawing,
    Kind,
    Predictions,
    Split,
    TestSet,
)
from mnist_app.errors import DataError
from mnist_app.learning.data import image_set_builder, paper, pens, test_sets
from mnist_app.learning.data.paper import Scans
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.pens import label_of
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
    assert [(test.key, test.kind) for test in sets] == [(score.name, score.kind) for score in scores]
    assert sets[0].key == MNIST_TEST


def strokes(writers: list[str], labels: list[int]) -> PenStrokes:
    drawing = Drawing((np.array([[0, 100], [30, 0], [35, 20]], np.float32),))
    return PenStrokes((drawing,) * len(writers), np.array(labels, np.uint8), np.array(writers))


def loaded(name: str, mnist: Split) -> dict[str, Split]:
    (loader,) = [loader for loader in LOADERS if loader.name == name]
    splits = zip(loader.sets, loader.load(mnist, None), strict=True)
    return {test_set.key: split for test_set, split in splits}


def test_pens_of_unseen_people_are_two_sets(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    # gmd:alek, uji2:15 and uji2:23 are to test on.
    writers = ["aga:amywldrp", "gmd:alek", "uji2:15", "uji2:18", "uji2:23", "gmd:alek"]
    monkeypatch.setattr(pens, "load_digits", lambda _: strokes(writers, [1, 2, 3, 4, 5, 6]))
    sets = loaded("pens of many countries", mnist)
    assert {key: split.labels.tolist() for key, split in sets.items()} == {
        "pens of many countries": [2, 6],
        "pens of Spain": [3, 5],
    }


def test_letters_and_signs_by_hand_are_two_sets_and_signs_keep_their_labels(
    mnist: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    labels = [label_of(character) for character in "ABC+-"]
    writers = ["gmd:alek", "aga:amywldrp", "gmd:alek", "gmd:alek", "aga:amywldrp"]
    monkeypatch.setattr(pens, "load_letters", lambda _: strokes(writers, labels))
    sets = loaded("no digit, by hand", mnist)
    assert {key: split.labels.tolist() for key, split in sets.items()} == {
        "no digit: letters by hand": [NOT_A_DIGIT, NOT_A_DIGIT],
        "signs by hand": [label_of("+")],
    }


def test_paper_is_read_as_photos_are(mnist: Split, monkeypatch: pytest.MonkeyPatch) -> None:
    page = np.full((60, 40), 200, np.uint8)
    page[10:50, 18:22] = 40
    writers = np.array([paper.TRAINING_WRITERS[0], *paper.TEST_WRITERS])
    scans = Scans((page,) * 3, np.array([1, 2, 3], np.uint8), writers)
    monkeypatch.setattr(paper, "load_scans", lambda _: scans)
    split = loaded("paper", mnist)["paper"]
    assert split.labels.tolist() == [2, 3]
    assert split.digest == paper.render_as_photos(scans.written_by(paper.TEST_WRITERS)).digest


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
        test_set.key: Predictions.from_output(np.full((len(split), 10), 0.1, np.float32))
        for test_set, split in sets.items()
    }
    score = evaluate(predictions, sets, Calibration(1, 0.5, 0.9, 0.01))[1]
    assert (score.name, score.title, score.kind) == ("blackboard", "Blackboard", Kind.DIGITS)
    assert score.digest == sets[BLACKBOARD].digest
    assert any(line.startswith("| blackboard | 200 |") for line in score_table([score]))

    image_set_builder.keep(sets, pytest.fail)
    kept = SetStore().open(SetStore().newest("test")["blackboard"])
    assert (kept.title, kept.origin, kept.order) == ("Blackboard", "Chalk by A. Teacher, CC0.", 1)
