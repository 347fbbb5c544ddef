from __future__ import annotations

import numpy as np
import pytest

from tests.ui.pages import html, open_page
from tests.ui.photo_page import ROWS, click, drop, photo_page, png_of, sent, shown_photo, written


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
    assert written(click(open_page(photo_page), sample)) == text


def test_a_page_has_its_digits_and_its_downloads(page: bytes) -> None:
    app = drop(("page.png", page))
    assert written(app) == "\n".join(ROWS)
    assert len(sent(app)["boxes"]) == 7
    assert [str(button.proto.label) for button in app.get("download_button")] == ["CSV", "JSON", "PNG"]


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


def test_a_photo_is_read_again_by_another_model(page: bytes) -> None:
    app = drop(("page.png", page))
    app.selectbox(key="model").select("dense-128").run()
    assert not app.exception
    assert shown_photo(app).run == "dense-128"
