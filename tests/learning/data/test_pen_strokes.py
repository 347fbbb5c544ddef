from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Drawing
from mnist_app.ink.canonical import canonical, to_bytes
from mnist_app.ink.drawing import ink_from_drawing
from mnist_app.learning.data import pen_strokes
from mnist_app.learning.data.pen_strokes import PENS, PenStrokes, render, render_varied

ONE = Drawing((np.array([[0, 0], [10, 40], [20, 90], [30, 140], [25, 200]], np.float32),))
SEVEN = Drawing(
    (
        np.array([[0, 0], [100, 5], [60, 100], [40, 200]], np.float32),
        np.array([[20, 100], [90, 95]], np.float32),
    )
)
DOT = Drawing((np.array([[5, 5]], np.float32),))


def some(*drawings: Drawing) -> PenStrokes:
    labels = np.array([{id(ONE): 1, id(SEVEN): 7, id(DOT): 0}[id(drawing)] for drawing in drawings], np.uint8)
    return PenStrokes(drawings, labels, np.array([f"writer {k}" for k in range(len(drawings))]))


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_drawing_is_rendered_as_it_is_read() -> None:
    split = render(some(ONE, SEVEN))
    assert split.labels.tolist() == [1, 7]
    for image, drawing in zip(split.images, (ONE, SEVEN), strict=True):
        assert np.array_equal(image, to_bytes(canonical(ink_from_drawing(drawing))))


def test_a_drawing_is_rendered_in_many_ways_to_learn_from() -> None:
    varied = render_varied(some(ONE, SEVEN, ONE), 5, rng())
    assert varied.labels.tolist() == [1] * 5 + [7] * 5 + [1] * 5
    assert len(np.unique(varied.images.reshape(15, -1), axis=0)) == 15
    ink = varied.images.sum(axis=(1, 2))
    assert ink.max() > 1.5 * ink.min()  # pens differ
    assert render_varied(some(ONE, SEVEN, ONE), 5, rng()).digest == varied.digest


def test_each_drawing_may_be_rendered_another_number_of_times() -> None:
    varied = render_varied(some(ONE, SEVEN, ONE), np.array([2, 3, 0]), rng())
    assert varied.labels.tolist() == [1] * 2 + [7] * 3


def test_a_broader_pen_gives_bolder_images() -> None:
    fine, bold = (render_varied(some(*[SEVEN] * 8), 1, rng(), pens) for pens in ((10, 12), (40, 64)))
    assert fine.images.mean() < render_varied(some(*[SEVEN] * 8), 1, rng(), PENS).images.mean()
    assert bold.images.mean() > 1.5 * fine.images.mean()


def test_without_wobble_and_overshoot_only_the_pen_varies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pen_strokes, "WOBBLE", 0)
    monkeypatch.setattr(pen_strokes, "OVERSHOOT", 0)
    assert render_varied(some(SEVEN), 1, rng(), (20, 20)).digest == render(some(SEVEN)).digest


def test_dots_are_left_out_and_the_labels_stay_right() -> None:
    strokes = some(DOT, SEVEN, DOT, ONE)
    assert render(strokes).digest == render(some(SEVEN, ONE)).digest
    assert render_varied(strokes, 3, rng()).labels.tolist() == [7] * 3 + [1] * 3


def test_writers_are_split_without_loss() -> None:
    strokes = some(ONE, SEVEN, ONE, ONE, SEVEN)
    training, validation, test = strokes.by_writers(["writer 1", "writer 3"], ["writer 4"])
    assert training.writers.tolist() == ["writer 0", "writer 2"]
    assert validation.labels.tolist() == [7, 1]
    assert test.drawings == (SEVEN,)
    parts = (training, validation, test)
    assert sum(map(len, parts)) == len(strokes)
    assert {writer for part in parts for writer in part.writers.tolist()} == set(strokes.writers.tolist())
