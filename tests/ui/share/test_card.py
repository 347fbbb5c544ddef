from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mnist_app.domain import Reading
from mnist_app.ink.drawing import parse_drawing
from mnist_app.reading.annotate import png
from mnist_app.reading.reader import Reader
from mnist_app.ui.colours import NIGHT, SKY
from mnist_app.ui.paper.samples import sample_strokes
from mnist_app.ui.share.card import HEIGHT, WIDTH, card
from tests.conftest import GRID

NUMBER = [[[30 + 40 * k, 80], [30 + 40 * k, 220]] for k in range(15)]


def read(strokes: Any, reader: Reader) -> tuple[Any, Reading]:
    drawing = parse_drawing({"strokes": strokes})
    return drawing, reader.read_drawing(drawing)


def count(pixels: np.ndarray, colour: str) -> int:
    rgb = [int(colour[k : k + 2], 16) for k in (1, 3, 5)]
    return int((pixels == rgb).all(axis=-1).sum())


@pytest.mark.parametrize("strokes", [sample_strokes(4, 300), GRID, NUMBER], ids=["digit", "none", "number"])
def test_a_card_has_the_size_that_chats_show_and_nothing_runs_off_it(strokes: Any, reader: Reader) -> None:
    pixels = card(*read(strokes, reader))
    assert pixels.shape == (HEIGHT, WIDTH, 3) == (630, 1200, 3)
    edges = np.concatenate(
        [pixels[:20].reshape(-1, 3), pixels[-20:].reshape(-1, 3), pixels[:, -20:].reshape(-1, 3)]
    )
    assert (edges == 255).all()


def test_size_and_place_of_the_drawing_change_nothing(reader: Reader) -> None:
    small = [[[x / 4 + 200, y / 4] for x, y in stroke] for stroke in sample_strokes(7, 300)]
    _, reading = read(sample_strokes(7, 300), reader)
    large, tiny = (card(parse_drawing({"strokes": s}), reading) for s in (sample_strokes(7, 300), small))
    assert np.abs(large.astype(int) - tiny).mean() < 0.5


def test_the_bars_are_as_long_as_the_answer_is_probable(reader: Reader) -> None:
    drawing, sure = read(sample_strokes(7, 300), reader)
    _, none = read(GRID, reader)
    assert count(card(drawing, sure), SKY) > 0.9 * 17 * 325
    assert count(card(drawing, none), NIGHT) > 0
    assert count(card(drawing, none), SKY) <= 17 * 326


def test_a_card_is_small_enough_for_a_chat(reader: Reader) -> None:
    content = png(card(*read(sample_strokes(3, 300), reader)))
    assert len(content) < 100_000
    assert Image.open(io.BytesIO(content)).size == (WIDTH, HEIGHT)
