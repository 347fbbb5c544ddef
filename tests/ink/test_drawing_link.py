"""What fits into a link comes back exactly, and what was tampered with is refused at once."""

from __future__ import annotations

import base64
import zlib
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mnist_app.domain import Drawing
from mnist_app.errors import DrawingError
from mnist_app.ink.drawing import MAX_COORDINATE, parse_drawing
from mnist_app.ink.drawing_link import MAX_LENGTH, decode_drawing, encode_drawing

PenDigits = list[dict[str, Any]]
LIMIT = int(MAX_COORDINATE)
TENTHS = st.integers(-10 * LIMIT, 10 * LIMIT).map(lambda tenths: tenths / 10)
STROKES = st.lists(st.lists(st.tuples(TENTHS, TENTHS), min_size=1, max_size=20), min_size=1, max_size=5)


def any_drawing(_: Drawing) -> bool:
    return True


def link_of(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def planes(numbers: list[int]) -> bytes:
    """Lengths and steps as a link has them, before they are compressed."""
    unsigned = [-2 * n - 1 if n < 0 else 2 * n for n in numbers]
    return np.array(unsigned, "<u4").view(np.uint8).reshape(-1, 4).T.tobytes()


@given(STROKES)
@settings(max_examples=100)
def test_tenths_of_units_come_back_exactly(strokes: Any) -> None:
    drawing = parse_drawing({"strokes": strokes})
    text = encode_drawing(drawing, any_drawing)
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    back = decode_drawing(text)
    assert len(back.strokes) == len(drawing.strokes)
    assert all(np.array_equal(a, b) for a, b in zip(back.strokes, drawing.strokes, strict=True))


@given(st.text("eNpjAQ-_=+/ é\0\ud800", min_size=1, max_size=40))
@example("")
@settings(max_examples=100)
def test_any_other_text_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(
        DrawingError, match=r"^The drawing in this link is damaged\. Ask for the link again\.$"
    ):
        decode_drawing(text)


@given(st.binary(max_size=400))
@example(planes([1, 1, 3, 4]))
@example(b"")
@settings(max_examples=200)
def test_any_bytes_well_compressed_are_a_drawing_or_an_error(content: bytes) -> None:
    with suppress(DrawingError):
        assert isinstance(decode_drawing(link_of(zlib.compress(content))), Drawing)


@pytest.mark.parametrize(
    "numbers",
    [
        [],
        [-1],
        [2, 1, 3, 4],
        [1, 0],
        [1, -1, 3, 4],
        [1, 2, 3, 4],
        [1, 1, 3, 4, 5],
        [2, 2**30, -(2**30) + 1, 3, 4],
        [1, 1, 10 * LIMIT + 10, 0],
    ],
)
def test_lengths_and_places_that_cannot_be_are_refused(numbers: list[int]) -> None:
    with pytest.raises(DrawingError):
        decode_drawing(link_of(zlib.compress(planes(numbers))))


def test_a_changed_or_missing_character_is_noticed_or_changes_nothing(pen_digits: PenDigits) -> None:
    drawing = parse_drawing(pen_digits[5])
    text = encode_drawing(drawing, any_drawing)
    for k in range(len(text)):
        with pytest.raises(DrawingError):
            decode_drawing(text[:k])
        other = "A" if text[k] != "A" else "B"
        with suppress(DrawingError):  # a few bits are padding
            back = decode_drawing(text[:k] + other + text[k + 1 :])
            assert all(np.array_equal(a, b) for a, b in zip(back.strokes, drawing.strokes, strict=True))


def test_what_unfolds_to_more_than_any_drawing_is_never_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = link_of(zlib.compress(bytes(2_800_000)))
    assert len(bomb) <= MAX_LENGTH
    seen: list[int] = []
    original = np.frombuffer

    def counted(content: bytes, *rest: Any) -> Any:
        seen.append(len(content))
        return original(content, *rest)

    monkeypatch.setattr(np, "frombuffer", counted)
    with pytest.raises(DrawingError):
        decode_drawing(bomb)
    assert seen
    assert max(seen) < 300_000


def test_a_text_that_is_too_long_is_not_even_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(base64, "b64decode", None)
    with pytest.raises(DrawingError):
        decode_drawing("A" * (MAX_LENGTH + 1))


def circle(points: int, radius: float = 100) -> Drawing:
    angles = np.linspace(0, 2 * np.pi, points)
    wobble = np.random.default_rng(0).normal(0, 0.1, (points, 2))
    return parse_drawing(
        {"strokes": [(150 + radius * np.c_[np.cos(angles), np.sin(angles)] + wobble).tolist()]}
    )


def test_a_large_drawing_is_simplified_as_little_as_needed() -> None:
    large = circle(15_000)
    tried: list[int] = []

    def few_enough(drawing: Drawing) -> bool:
        tried.append(len(drawing.strokes[0]))
        return len(tried) == 2

    text = encode_drawing(large, few_enough)
    assert len(text) <= MAX_LENGTH
    back = decode_drawing(text).strokes[0]
    assert len(back) == tried[1] < tried[0] < len(large.strokes[0])
    assert np.abs(np.hypot(*(back - 150).T) - 100).max() < 1


def test_a_drawing_that_would_read_otherwise_gets_no_link() -> None:
    with pytest.raises(DrawingError, match="too large for a link"):
        encode_drawing(circle(15_000), lambda _: False)


def test_a_drawing_that_fits_in_no_way_gets_no_link() -> None:
    rng = np.random.default_rng(0)
    noise = parse_drawing({"strokes": rng.uniform(0, 300, (1, 3_000, 2)).tolist()})
    with pytest.raises(DrawingError, match="too large for a link"):
        encode_drawing(noise, any_drawing)
