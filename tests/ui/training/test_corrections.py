from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.corrections.store import CorrectionStore
from mnist_app.domain import NOT_A_DIGIT
from mnist_app.ui import correcting
from tests.helpers.corrections import correction
from tests.ui.pages import html, press, rerun, words
from tests.ui.training_page import opened

ME = "a" * 32


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CorrectionStore:
    """The page's corrections: this visitor's 4 and no digit, another's 7."""
    url = f"sqlite:///{tmp_path / 'corrections.sqlite3'}"
    monkeypatch.setenv("MNIST_APP_DATABASE", url)
    monkeypatch.setattr(correcting, "visitor", lambda: ME)
    store = CorrectionStore(url)
    store.add([correction(4), correction(NOT_A_DIGIT, drawing=None)], ME)
    store.add([correction(7, run="convnet", read="<")], "b" * 32)
    return store


def tiles(app: AppTest) -> list[int]:
    """The ids of the small images on the page."""
    (group,) = [each for each in app.button_group if each.label == "Corrections"]
    return [int(option.content.partition("]")[0].removeprefix("![")) for option in group.proto.options]


def view(**link: str) -> AppTest:
    return opened(view="Corrections", **link)


@pytest.mark.usefixtures("store", "guest")
def test_they_are_shown_newest_first_with_what_was_read() -> None:
    app = view()
    assert tiles(app) == [3, 2, 1]
    assert "3 corrections, the newest first" in words(app)
    assert "convnet" in html(app)


@pytest.mark.usefixtures("guest")
def test_what_another_program_wrote_into_the_database_is_text(store: CorrectionStore) -> None:
    store.add([correction(run="<img src=x>")], ME)
    raw = " ".join(str(getattr(each, "value", "")) for each in view().get("html"))
    assert "<img src=x>" not in raw
    assert "&lt;img src=x&gt;" in raw


@pytest.mark.usefixtures("store", "guest")
def test_a_link_chooses_by_digit_run_and_what_was_read() -> None:
    assert tiles(view(**{"correction-digit": "4"})) == [1]
    assert tiles(view(**{"correction-digit": "no digit"})) == [2]
    assert tiles(view(**{"correction-run": "convnet"})) == [3]
    assert tiles(view(**{"correction-read": "9"})) == [2, 1]
    assert tiles(view(**{"correction-read": "nonsense"})) == [3, 2, 1]


@pytest.mark.usefixtures("guest")
def test_a_guest_changes_only_their_own(store: CorrectionStore) -> None:
    app = view()
    assert not [button for button in app.button if button.label == "Delete"]
    app.toggle(key="correction-mine").set_value(True)
    rerun(app)
    assert tiles(app) == [2, 1]
    app.button_group(key="fix-2-10").set_value(3)
    rerun(app)
    assert app.toast[0].value == "Correction 2 is 3 now."
    press(app, "delete-2")
    assert [(each.id, each.label) for each in store.find()] == [(1, 4), (3, 7)]


@pytest.mark.usefixtures("owner")
def test_an_owner_changes_everybodys(store: CorrectionStore) -> None:
    app = press(view(), "delete-3")
    assert tiles(app) == [2, 1]
    assert [each.id for each in store.find()] == [1, 2]


def test_a_guests_forged_click_changes_nothing_of_others(
    store: CorrectionStore, owner: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from mnist_app.ui import rights

    assert owner is None
    app = view()
    monkeypatch.setattr(rights, "refusal", lambda _: "You can look at everything here.")
    press(app, "delete-3")
    assert store.count() == 3


@pytest.mark.usefixtures("store", "guest")
def test_runs_are_scored_when_somebody_asks() -> None:
    app = view()
    assert "<table" not in html(app)
    press(app, "score-corrections")
    assert html(app).count("of 2</td>") >= 2
    assert "world" in html(app)


def test_without_any_it_says_how_to_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MNIST_APP_DATABASE", f"sqlite:///{tmp_path / 'none.sqlite3'}")
    assert "press “It was a …”" in view().info[0].value


def test_a_database_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_APP_DATABASE", f"sqlite:///{tmp_path}")
    assert "can't be used" in view().warning[0].value
