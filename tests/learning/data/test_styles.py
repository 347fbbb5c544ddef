from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import DIGITS
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.data import styles
from mnist_app.learning.data.pen_strokes import render
from mnist_app.learning.data.styles import STYLES, drawn
from mnist_app.reading.reader import open_reader


def test_styles_are_drawn_in_turn_with_the_digits_that_they_are() -> None:
    strokes = drawn(2 * len(STYLES), np.random.default_rng(0))
    assert strokes.labels.tolist() == [style.digit for style in STYLES] * 2
    assert strokes.writers.tolist() == [style.name for style in STYLES] * 2
    assert len({style.name for style in STYLES}) == len(STYLES)
    assert set(strokes.labels.tolist()) == set(DIGITS)


def test_no_two_drawings_are_alike_and_a_seed_draws_them_again() -> None:
    some, again = (drawn(10 * len(STYLES), np.random.default_rng(0)) for _ in range(2))
    images = render(some).images
    assert np.array_equal(images, render(again).images)
    assert len(np.unique(images.reshape(len(images), -1), axis=0)) == len(images)


def test_a_stroke_goes_through_its_points(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("JITTER", "TURN", "STRETCH"):
        monkeypatch.setattr(styles, name, 0.0)
    monkeypatch.setattr(styles, "SLANT", (0.0, 0.0))
    for share in (0.0, 1.0):  # angular, then smooth
        monkeypatch.setattr(styles, "ROUND", share)
        for style, drawing in zip(STYLES, drawn(len(STYLES), np.random.default_rng(0)).drawings, strict=True):
            for points, stroke in zip(style.strokes, drawing.strokes, strict=True):
                assert np.allclose(stroke[:: styles.STEPS], np.array(points) * styles.HEIGHT / 2, atol=1e-4)


def test_the_shipped_model_reads_every_style() -> None:
    strokes = drawn(20 * len(STYLES), np.random.default_rng(7))
    read = open_reader("world").classifier.predict(from_bytes(render(strokes).images)).probabilities.argmax(1)
    for style in STYLES:
        of_style = strokes.writers == style.name
        assert np.mean(read[of_style] == style.digit) >= 0.9, style.name
