from __future__ import annotations

import time
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from mnist_app.errors import NoDigitError
from mnist_app.reading import page as views
from mnist_app.reading.page import View, best_view
from mnist_app.reading.reader import Reader
from tests.benchmarks.synthetic.pages import Hand, write_number
from tests.reading.photos import LOOKS, photo_of

PenDigits = list[dict[str, Any]]
TEXT = (
    "Dear friend thank you for the letter everyone here misses you and hopes that you will soon return " * 3
).split()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("seed", [3, 4])
def test_whole_pages_are_read_row_by_row(hand: Hand, reader: Reader, look: str, seed: int) -> None:
    rows = ["20261121", "0483", "975106"]
    assert list(reader.read_photo(photo_of(rows, hand, look, seed)).lines) == rows


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_turned_pages_are_read_and_said_to_be_turned(hand: Hand, reader: Reader, turns: int) -> None:
    photo = photo_of(["23575", "40931"], hand)
    upright = reader.read_photo(photo)
    turned = reader.read_photo(np.ascontiguousarray(np.rot90(photo, -turns)))
    assert upright.turned == 0
    assert turned.turned == 90 * turns
    assert turned.lines == upright.lines == ("23575", "40931")
    height, width = photo.shape[:2]
    for before, after in zip(upright.digits, turned.digits, strict=True):
        moved = before.box.turned(360 - 90 * turns, width, height)
        assert (after.box.left, after.box.top) == pytest.approx((moved.left, moved.top), abs=8)


@pytest.mark.parametrize(("evidence", "quarters"), [(6.0, 3), (1.0, 0)])
def test_a_page_is_turned_only_if_there_is_more_evidence_for_digits(
    evidence: float, quarters: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minus is a 1 on its side, so a page that lies may read well and have fewer digits."""
    looks = {0: 0.5, 1: 0.2, 2: 0.2, 3: 0.9}
    reads = {0: (-0.5, 4.0), 3: (0.7, evidence)}
    monkeypatch.setattr(views, "_view", lambda *seen: View(seen[2], [], looks[seen[2]], 6))
    monkeypatch.setattr(views, "_score", lambda *seen: reads[seen[0].quarters])
    assert best_view(None, [], None, None).quarters == quarters  # type: ignore[arg-type]


def text_page(words: list[str], size: int) -> np.ndarray:
    """A screenshot of printed text."""
    page = Image.new("L", (1_000, 700), 250)
    font, x, y = ImageFont.load_default(size), 30, 30
    for word in words:
        width = int(font.getlength(word + " "))
        if x + width > 980:
            x, y = 30, y + int(size * 1.6)
        ImageDraw.Draw(page).text((x, y), word, font=font, fill=20)
        x += width
    return np.asarray(page)


@pytest.mark.parametrize("size", [24, 44])
def test_a_page_of_letters_is_refused_in_a_sentence_and_soon(reader: Reader, size: int) -> None:
    started = time.process_time()
    with pytest.raises(NoDigitError, match=r"does not look like digits|none of it is a digit"):
        reader.read_photo(text_page(TEXT[: 1200 // size], size))
    assert time.process_time() - started < 15


def test_a_strip_20000_pixels_wide_is_read(hand: Hand, reader: Reader) -> None:
    number = write_number("83", hand, np.random.default_rng(0))
    strip = np.full((1_200, 20_000), 240, np.uint8)
    paths = [np.rint(stroke * 800 + [9_000, 200]).astype(np.int32) for stroke in number.strokes]
    cv2.polylines(strip, paths, False, 30, 60, cv2.LINE_AA)
    assert reader.read_photo(strip).text == "83"
