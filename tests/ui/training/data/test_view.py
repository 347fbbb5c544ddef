from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.domain import ImageSet, Split
from mnist_app.errors import NotAllowedError
from mnist_app.runs import preparation_job
from mnist_app.runs.image_sets import SetStore
from mnist_app.runs.preparation_job import Preparing, alone
from mnist_app.ui import visitors
from mnist_app.ui.training.data import image_html, preparation
from mnist_app.ui.training.data.view import DIGIT, LOOK, NUMBER, PAGE, SEED, SET

IMAGES = 1_200


def owner_page() -> None:
    from mnist_app.ui.training.data import view

    view.show(may_change=True)


def visitor_page() -> None:
    from mnist_app.ui.training.data import view

    view.show(may_change=False)


def opened(query: Mapping[str, str] | None = None, page: Callable[[], None] = owner_page) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    for key, value in (query or {}).items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    kinds = ("html", "markdown", "caption", "info", "warning", "status", "expander", "text")
    found = [element for kind in kinds for element in app.get(kind)]
    return unescape(" ".join(str(getattr(e, "value", "") or getattr(e, "label", "")) for e in found))


def tiles(app: AppTest) -> list[str]:
    """What hovering over each picture says."""
    return re.findall(r'<img [^>]*title="([^"]*)"', words(app))


def split(name: str, labels: np.ndarray) -> Split:
    rng = np.random.default_rng(len(name))
    return Split(rng.integers(0, 256, (len(labels), 28, 28), np.uint8), labels.astype(np.uint8))


@pytest.fixture
def store(clean_environment: Path) -> SetStore:
    """A few small sets, prepared a moment ago."""
    assert not clean_environment.exists()
    store = SetStore()
    store.write("mnist", "training", split("mnist", np.arange(IMAGES) % 10))
    store.write("mnist", "varied", split("varied", np.repeat(np.arange(10), 24)), group=12)
    store.write("nondigits", "training", split("nondigits", np.full(60, 10)), whole=420)
    store.write("mnist", "validation", split("validation", np.arange(20) % 10))
    store.write("MNIST, blur", "test", split("blur", np.arange(30) % 10))
    store.write("MNIST test", "test", split("MNIST test", np.arange(30) % 10))
    with alone() as progress:
        progress.end([])
    return store


@pytest.mark.usefixtures("store")
def test_training_sets_come_first_and_say_how_many_they_are_and_whose() -> None:
    app = opened()
    assert app.selectbox(key=SET).options == [
        "MNIST (training)",
        "No digit (training)",
        "MNIST (validation)",
        "MNIST (test)",
        "MNIST, blur (test)",
    ]
    assert "1,200 images to learn from. MNIST by LeCun, Cortes and Burges, CC BY-SA 3.0." in words(app)
    assert f"Images 1 to {PAGE} of 1,200" in words(app)
    assert len(tiles(app)) == PAGE
    assert tiles(app)[3] == "3, image 3"
    assert 'role="img"' in words(app)


@pytest.mark.usefixtures("store")
def test_a_sample_says_so_and_counts_the_whole() -> None:
    app = opened({SET: "No digit (training)"})
    assert "60 of 420 images to learn from" in words(app)
    assert "SIL Open Font License" in words(app)
    app = opened({SET: "No digit (training)", LOOK: "Means and counts"})
    assert "All 420 are no digit" in words(app)


@pytest.mark.usefixtures("store")
def test_the_digit_that_is_chosen_is_shown_alone() -> None:
    app = opened({DIGIT: "7"})
    assert {tile[0] for tile in tiles(app)} == {"7"}
    assert f"Images of 7 1 to {PAGE} of 120" in words(app)


@pytest.mark.usefixtures("store")
def test_pages_show_every_image_once() -> None:
    first, second, last = (tiles(opened({NUMBER: str(page)})) for page in (1, 2, -(-IMAGES // PAGE)))
    assert len(first) == len(second) == PAGE
    assert len(last) == IMAGES % PAGE
    assert len({*first, *second, *last}) == 2 * PAGE + IMAGES % PAGE


@pytest.mark.usefixtures("store")
def test_a_seed_shuffles_the_same_way_each_time_and_loses_nothing() -> None:
    shuffled = tiles(opened({SEED: "5", DIGIT: "4"})) + tiles(opened({SEED: "5", DIGIT: "4", NUMBER: "2"}))
    assert shuffled[:PAGE] == tiles(opened({SEED: "5", DIGIT: "4"}))
    assert shuffled[:PAGE] != tiles(opened({SEED: "6", DIGIT: "4"}))
    assert sorted(shuffled) == sorted(f"4, image {k:,}" for k in range(4, IMAGES, 10))


@pytest.mark.usefixtures("store")
def test_shuffling_is_in_the_address_and_can_be_taken_back() -> None:
    app = opened({NUMBER: "3"})
    in_order = tiles(opened())
    app.button[0].click().run()
    assert app.query_params[SEED] in ("1", ["1"])
    assert NUMBER not in app.query_params
    assert tiles(app) != in_order
    app.button[1].click().run()
    assert SEED not in app.query_params
    assert tiles(app) == in_order


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("value", ["-1", "x", "9" * 40, "²"])
@pytest.mark.parametrize("key", [SET, LOOK, DIGIT, NUMBER, SEED])
def test_an_address_that_makes_no_sense_still_shows_images(key: str, value: str) -> None:
    assert tiles(opened({key: value}))


@pytest.mark.usefixtures("store")
def test_varied_images_stand_beside_their_originals() -> None:
    app = opened({LOOK: "Varied"})
    assert "11 ways in which the model may see it" in words(app)
    originals = [tile for tile in tiles(app) if tile.endswith("as it is")]
    assert originals == [f"{digit}, as it is" for digit in range(10)]
    assert len(tiles(app)) == 10 * 12
    assert len(tiles(opened({LOOK: "Varied", DIGIT: "3"}))) == 2 * 12


@pytest.mark.usefixtures("store")
def test_sets_that_nothing_learns_from_are_not_varied() -> None:
    app = opened({SET: "MNIST (test)", LOOK: "Varied"})
    assert tiles(app)[0] == "0, image 0"


@pytest.mark.usefixtures("store")
def test_counts_and_mean_images_are_of_each_digit() -> None:
    app = opened({LOOK: "Means and counts"})
    assert "Each digit is there 120 times" in words(app)
    assert len(tiles(app)) == 10
    assert words(app).count("120 · 10.0 %") == 10


def test_the_finding_names_what_is_there_most_and_least_often() -> None:
    labels = np.array([0] * 5 + [1] * 3 + [2] * 2, np.uint8)
    images = ImageSet("x", "test", "", split("x", labels), np.zeros((11, 28, 28), np.uint8))
    finding = image_html.finding(images)
    assert finding == "0 is there most often, in 50.0 % of the images, and 2 least, 20.0 %"


def test_a_damaged_set_is_a_sentence_and_can_be_made_anew(store: SetStore) -> None:
    digest = store.write("odd", "validation", split("a digest of its own", np.arange(20) % 10))
    (store.root / digest[:32] / "labels.npy").write_bytes(b"")
    app = opened({SET: "Odd (validation)"})
    assert "is damaged" in words(app)
    assert app.button(key="get-images")


def test_where_there_is_nothing_owners_can_get_it_and_others_are_told_who_can(
    clean_environment: Path,
) -> None:
    assert not clean_environment.exists()
    assert opened().button(key="get-images").label == "Get the images"
    app = opened(page=visitor_page)
    assert not app.button
    assert "`python -m mnist_app data prepare` makes them" in words(app)


@pytest.mark.usefixtures("clean_environment")
def test_only_who_may_change_things_starts_a_download(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[bool] = []
    monkeypatch.setattr(preparation_job, "start", lambda offline: started.append(offline))
    app = opened()
    monkeypatch.setattr(visitors, "check", refuse)
    app.button(key="get-images").click().run()
    assert started == []
    monkeypatch.setattr(visitors, "check", lambda: None)
    app.button(key="get-images").click().run()
    assert started == [False]


def refuse() -> None:
    raise NotAllowedError("You can look at everything here.")


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("page", [owner_page, visitor_page])
def test_what_is_at_hand_is_made_by_itself_once_without_a_download(
    page: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    states = [Preparing(False, was_begun=False), Preparing(True, ("test: MNIST test, 10 images",))]
    started: list[bool] = []

    def start(offline: bool) -> None:
        started.append(offline)
        states.pop(0)

    monkeypatch.setattr(preparation_job, "is_at_hand", lambda: True)
    monkeypatch.setattr(preparation_job, "state", lambda: states[0])
    monkeypatch.setattr(preparation_job, "start", start)
    app = opened(page=page)
    assert started == [True]
    assert "Images are being made, 1 set so far" in words(app)
    app.run()
    assert started == [True]


@pytest.mark.usefixtures("clean_environment")
def test_what_failed_is_said_and_not_tried_again_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparation_job, "is_at_hand", lambda: True)
    monkeypatch.setattr(preparation_job, "state", lambda: Preparing(False, failed="MNIST could not be had."))
    monkeypatch.setattr(preparation_job, "start", never)
    assert "MNIST could not be had." in words(opened())


def never(*_: Any, **__: Any) -> None:
    raise AssertionError("not to be called")


@pytest.mark.usefixtures("store")
def test_what_could_not_be_had_is_listed_beside_what_is_there() -> None:
    with alone() as progress:
        progress.end(["test: pen strokes: no network"])
    app = opened()
    assert tiles(app)
    assert "1 kind of images could not be had" in words(app)
    assert "no network" in words(app)
    assert preparation.is_complete() is False
