from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Split
from tests.ui.pages import html, open_page
from tests.ui.photo_page import ROWS, click, drop, photo_page, png_of


def test_the_empty_page_invites_and_has_samples() -> None:
    app = open_page(photo_page)
    assert "Show a photo of handwritten numbers" in html(app)
    samples = [button.label for button in app.button if str(button.key).startswith("sample-")]
    assert samples == ["Lined paper", "Squared paper", "Blackboard", "Sideways"]


@pytest.mark.parametrize(
    ("sample", "text"),
    [
        ("Lined paper", "2026 11 21\n0791 4458\n36 508"),
        ("Blackboard", "3 14159\n2 71828\n1 41421"),
    ],
)
def test_samples_are_read(sample: str, text: str) -> None:
    assert click(open_page(photo_page), sample).code[0].value == text


def test_a_page_has_its_text_its_digits_and_its_downloads(page: bytes) -> None:
    app = drop(("page.png", page))
    assert app.code[0].value == "\n".join(ROWS)
    assert "7 digits, none doubtful" in html(app)
    assert len(app.button_group(key="read-7-0").options) == 7
    assert html(app).count("<table") == 1
    assert [str(button.proto.label) for button in app.get("download_button")] == ["CSV", "JSON", "PNG"]


def test_a_page_of_which_most_is_doubtful_says_so_first(page: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not drop(("page.png", page)).warning
    monkeypatch.setattr("mnist_app.domain.handwriting.CERTAIN", 1.1)  # nothing is as sure as that
    assert [each.value[:27] for each in drop(("page.png", page)).warning] == ["Most of this is doubtful. C"]


def test_a_single_digit_needs_no_choice(mnist: Split) -> None:
    app = drop(("digit.png", png_of(np.kron(mnist.images[0], np.ones((10, 10), np.uint8)))))
    assert f"Read as {mnist.labels[0]}" in html(app)
    assert not app.code


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no image", "not an image"),
        (b"", "not an image"),
        (png_of(np.zeros((9, 9), np.uint8)), "stands out"),
    ],
)
def test_a_file_without_digits_gets_a_sentence(content: bytes, message: str) -> None:
    assert message in html(drop(("bad.png", content)))


def test_of_several_photos_one_is_shown_and_a_broken_one_stops_nothing(page: bytes) -> None:
    app = drop(("bad.png", b"no image"), ("page.png", page))
    assert app.selectbox[1].options == ["1. bad.png", "2. page.png"]
    assert "not an image" in html(app)
    app.selectbox[1].select_index(1).run()
    assert app.code[0].value == "\n".join(ROWS)


def test_a_photo_is_read_again_by_another_model(page: bytes) -> None:
    app = drop(("page.png", page))
    app.selectbox(key="model").select("dense-128").run()
    assert not app.exception
    assert app.session_state["photos"][0].run == "dense-128"
