from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mnist_app.corrections.schema import MAX_POINTS
from mnist_app.corrections.store import CorrectionStore, Filter
from mnist_app.domain import NOT_A_DIGIT, Drawing
from mnist_app.errors import CorrectionsError, CorrectionsFullError
from tests.helpers.corrections import STROKE, TIME, correction

ROOT = Path(__file__).parents[2]


def test_what_is_stored_comes_back(store: CorrectionStore) -> None:
    store.add([correction(4)], "me")
    (kept,) = store.find()
    assert (kept.id, kept.time, kept.run, kept.read, kept.confidence, kept.label) == (
        1,
        TIME,
        "world",
        "9",
        0.5,
        4,
    )
    assert np.array_equal(kept.image, correction(4).image)
    assert kept.drawing
    assert np.array_equal(kept.drawing.strokes[0], STROKE)


def test_a_crop_has_no_strokes_and_neither_has_a_scribble_of_thousands_of_points(
    store: CorrectionStore,
) -> None:
    scribble = Drawing((np.zeros((MAX_POINTS + 1, 2), np.float32),))
    store.add([correction(drawing=None), correction(drawing=scribble)], "me")
    assert [kept.drawing for kept in store.find()] == [None, None]


def test_looking_makes_no_database(store: CorrectionStore, file: Path) -> None:
    assert store.count() == 0
    assert store.find() == []
    assert store.counts("label") == {}
    assert len(store.labelled()) == 0
    assert not file.parent.exists()


def test_they_are_filtered_counted_and_paged_in_the_order_of_their_ids(store: CorrectionStore) -> None:
    store.add([correction(label, read=str(label % 2)) for label in (4, 7, 4, NOT_A_DIGIT)], "me")
    store.add([correction(4, run="convnet")], "you")
    assert store.counts("label") == {4: 3, 7: 1, NOT_A_DIGIT: 1}
    assert store.counts("run", Filter(label=4)) == {"convnet": 1, "world": 2}
    assert [each.id for each in store.find(Filter(label=4))] == [1, 3, 5]
    assert [each.id for each in store.find(Filter(label=4), first=1, most=1)] == [3]
    assert store.count(Filter(label=4, run="world")) == store.count(Filter(read="9")) + 1 == 2
    assert [each.id for each in store.find(Filter(visitor="you"))] == [5]


def test_images_to_learn_from_are_in_the_order_of_their_ids(store: CorrectionStore) -> None:
    store.add([correction(label) for label in (7, 0, NOT_A_DIGIT)], "me")
    assert store.labelled().labels.tolist() == [7, 0, NOT_A_DIGIT]
    assert store.labelled().images[:, 0, 0].tolist() == [140, 0, 200]


def test_only_ones_own_are_changed_on_behalf_of_a_visitor(store: CorrectionStore) -> None:
    store.add([correction(), correction()], "me")
    store.add([correction()], "you")
    with pytest.raises(CorrectionsError, match="no correction 3 that can be changed"):
        store.fix(3, 5, visitor="me")
    assert store.delete([2, 3], visitor="me") == 1
    store.fix(1, 5, visitor="me")
    store.fix(3, 6)
    assert [(each.id, each.label) for each in store.find()] == [(1, 5), (3, 6)]


def test_a_visitor_can_take_everything_back_and_no_id_is_given_again(store: CorrectionStore) -> None:
    store.add([correction(), correction()], "me")
    assert store.delete_all(Filter(visitor="me")) == 2
    store.add([correction()], "me")
    assert [each.id for each in store.find()] == [3]


def test_what_is_deleted_is_not_left_in_the_file(store: CorrectionStore, file: Path) -> None:
    store.add([correction(run="a-name-to-look-for")], "me")
    assert b"a-name-to-look-for" in file.read_bytes()
    store.delete([1])
    assert not any(b"a-name-to-look-for" in each.read_bytes() for each in file.parent.iterdir())


def test_it_is_bounded_for_all_and_for_each(store: CorrectionStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_app.corrections.store.MAX_CORRECTIONS", 3)
    monkeypatch.setattr("mnist_app.corrections.store.MAX_OF_VISITOR", 2)
    store.add([correction(), correction()], "me")
    with pytest.raises(CorrectionsFullError, match="2 corrections of one person"):
        store.add([correction()], "me")
    with pytest.raises(CorrectionsFullError, match="holds 3 corrections at most"):
        store.add([correction(), correction()], "you")
    store.add([correction()], "you")
    assert store.count() == 3


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("image", b"1"),
        ("label", "x"),
        ("label", 11),
        ("time", "now"),
        ("strokes", "{"),
        ("strokes", "[[[1]]]"),
    ],
)
def test_what_another_program_wrote_is_refused(
    store: CorrectionStore, file: Path, column: str, value: object
) -> None:
    store.add([correction()], "me")
    with sqlite3.connect(file) as connection:
        connection.execute(f"UPDATE corrections SET {column} = ?", [value])
    connection.close()
    with pytest.raises(CorrectionsError, match="holds what is no correction"):
        store.find()
    if column == "image":
        with pytest.raises(CorrectionsError, match="holds what is no correction"):
            store.labelled()


KILLED = """
import sys, time
from mnist_app.corrections.store import CorrectionStore
from tests.helpers.corrections import correction
CorrectionStore(sys.argv[1]).add([correction(4)], "me")
print("stored", flush=True)
time.sleep(600)
"""


def test_a_correction_outlives_a_process_that_is_killed_right_after_it(file: Path) -> None:
    url = f"sqlite:///{file}"
    with subprocess.Popen([sys.executable, "-c", KILLED, url], cwd=ROOT, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"stored\n"
        child.send_signal(signal.SIGKILL)
    assert child.returncode == -signal.SIGKILL
    assert [each.label for each in CorrectionStore(url).find()] == [4]
