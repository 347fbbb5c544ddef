from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from mnist_app.corrections.store import CorrectionStore
from mnist_app.ink.canonical import to_bytes
from tests.ui.pages import press, rerun, words
from tests.ui.photo_page import browser_sends, drop, sent, shown_photo

KEEP = "keep-corrections"


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CorrectionStore:
    url = f"sqlite:///{tmp_path / 'corrections.sqlite3'}"
    monkeypatch.setenv("MNIST_APP_DATABASE", url)
    return CorrectionStore(url)


def buttons(app: AppTest) -> list[str]:
    return [button.key for button in app.button if button.key]


def test_corrections_are_stored_by_a_button_and_not_before(page: bytes, store: CorrectionStore) -> None:
    app = drop(("page.png", page))
    assert KEEP not in buttons(app)
    boxes = sent(app)["boxes"]
    read = shown_photo(app).own
    boxes[0][4] = "9"
    browser_sends(app, boxes)
    assert store.count() == 0
    assert "Delete my corrections" in words(app)
    press(app, KEEP)
    (kept,) = store.find()
    assert read
    first = read.digits[0]
    assert (kept.run, kept.read, kept.label, kept.drawing) == ("world", first.text, 9, None)
    assert np.array_equal(kept.image, to_bytes(first.image))
    assert KEEP not in buttons(app)


def test_a_correction_is_stored_once_and_a_second_thought_again(page: bytes, store: CorrectionStore) -> None:
    app = drop(("page.png", page))
    boxes = sent(app)["boxes"]
    for revision, (box, label) in enumerate([(0, 9), (1, 4), (0, 8)], 1):
        boxes[box][4] = str(label)
        browser_sends(app, boxes, revision)
        press(app, KEEP)
    assert [each.label for each in store.find()] == [9, 4, 8]
    press(app, "photo-delete")
    assert store.count() == 0
    assert rerun(app)
