from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.corrections.store import CorrectionStore
from mnist_app.domain import NOT_A_DIGIT
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.drawing import ink_from_drawing
from mnist_app.ui import correcting
from tests.ui.pages import html, open_page, rerun, words


def draw_page() -> None:
    from mnist_app.ui import draw

    draw.page()


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page's database, which does not exist yet."""
    file = tmp_path / "corrections.sqlite3"
    monkeypatch.setenv("MNIST_APP_DATABASE", f"sqlite:///{file}")
    return file


@pytest.fixture
def store(file: Path) -> CorrectionStore:
    return CorrectionStore(f"sqlite:///{file}")


@pytest.fixture
def app(file: Path) -> AppTest:
    """The Draw page with a sample 7 on the paper."""
    assert not file.exists()
    app = open_page(draw_page)
    app.button(key="sample-7").click()
    return rerun(app)


def say(app: AppTest, label: int) -> AppTest:
    """Click on the label that the digit should have had."""
    (labels,) = [each for each in app.button_group if each.label == "It was a"]
    labels.set_value(label)
    return rerun(app)


def test_a_click_stores_the_drawing_the_answer_and_the_right_label(
    app: AppTest, store: CorrectionStore
) -> None:
    assert "until you press “Delete my corrections”" in words(app)
    say(app, 1)
    assert [toast.value for toast in app.toast] == ["It was 1: stored. Thank you."]
    (kept,) = store.find()
    assert (kept.run, kept.read, kept.label) == ("world", "7", 1)
    assert kept.confidence > 0.9
    assert kept.drawing
    drawn = to_bytes(canonical(ink_from_drawing(kept.drawing))).astype(int)
    assert np.abs(drawn - kept.image).max() <= 4, "but for the rounding of its points"
    assert "Read as 7" in html(app), "reading goes on"
    assert not rerun(app).toast


def test_what_is_no_digit_can_be_said(app: AppTest, store: CorrectionStore) -> None:
    say(app, NOT_A_DIGIT)
    assert [each.label for each in store.find()] == [NOT_A_DIGIT]


def test_nothing_is_stored_and_no_database_made_before_a_click(file: Path, app: AppTest) -> None:
    assert not [button for button in app.button if button.label == "Delete my corrections"]
    assert not file.exists()


def test_a_visitor_takes_back_their_own_and_no_others(app: AppTest, store: CorrectionStore) -> None:
    other = open_page(draw_page)
    other.button(key="sample-3").click()
    say(rerun(other), 8)
    say(say(app, 1), 2)
    app.button(key="correct-delete").click()
    rerun(app)
    assert [toast.value for toast in app.toast] == ["2 corrections of yours deleted."]
    assert [each.label for each in store.find()] == [8]


def test_the_browser_keeps_the_visitors_id(app: AppTest) -> None:
    say(app, 1)
    script = html(app).partition("document.cookie")[2]
    assert app.session_state["visitor"] in script
    assert "document.cookie" not in html(rerun(app))


@pytest.mark.parametrize("sent", ["0" * 32, "<script>", "0" * 33, ""])
def test_only_an_id_is_taken_from_the_browser(sent: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        correcting,
        "st",
        SimpleNamespace(session_state={}, context=SimpleNamespace(cookies={"visitor": sent})),
    )
    monkeypatch.setattr(correcting, "_cookie", lambda: "visitor")
    assert correcting.visitor() == (sent if sent == "0" * 32 else "")


def test_what_cannot_be_stored_waits_for_the_next_one(
    app: AppTest, file: Path, store: CorrectionStore
) -> None:
    file.mkdir()
    say(app, 1)
    assert "Not stored yet. The database of corrections can't be used" in app.toast[0].value
    assert "1 correction could not be stored yet" in words(app)
    assert "Read as 7" in html(app)
    file.rmdir()
    say(app, 2)
    assert [toast.value for toast in app.toast] == ["2 corrections. Thank you."]
    assert [each.label for each in store.find()] == [1, 2]
    assert "could not be stored" not in words(app)


def test_a_full_database_is_said_and_nothing_waits(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mnist_app.corrections.store.MAX_CORRECTIONS", 1)
    say(say(app, 1), 2)
    assert "Not stored. The database holds 1 corrections at most." in app.toast[0].value
    assert not app.session_state["corrections-waiting"]


def test_an_address_of_no_database_is_said_and_reading_goes_on(
    app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_APP_DATABASE", "nonsense")
    say(app, 1)
    assert "Not stored yet. MNIST_APP_DATABASE names no database" in app.toast[0].value
    assert "Read as 7" in html(app)
