from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from mnist_app.domain import Drawing
from mnist_app.explaining.replay import replay, turning_points, until
from mnist_app.ink.canonical import canonical
from mnist_app.ink.drawing import ink_from_drawing
from mnist_app.reading.reader import Reader

LINE = np.array([[0, 0], [10, 0], [10, 30]], np.float32)
SEVEN = Drawing(
    (np.array([[60, 60], [200, 60], [120, 240]], np.float32), np.array([[100, 150], [190, 150]], np.float32))
)


def test_a_beginning_ends_between_two_points() -> None:
    (stroke,) = until(Drawing((LINE,)), 0.5).strokes
    assert stroke.tolist() == [[0, 0], [10, 0], [10, 10]]


def test_strokes_come_one_after_another() -> None:
    both = Drawing((LINE, LINE + 50))
    assert len(until(both, 0.5).strokes) == 1
    first, second = until(both, 0.75).strokes
    assert first.tolist() == LINE.tolist()
    assert second.tolist() == [[50, 50], [60, 50], [60, 60]]


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_tap_is_no_way(share: float) -> None:
    assert len(until(Drawing((np.zeros((1, 2), np.float32),)), share).strokes) == 1


def test_the_last_moment_is_the_whole_drawing(reader: Reader) -> None:
    last = replay(SEVEN, reader.classifier)[-1]
    image = canonical(ink_from_drawing(SEVEN))
    assert last.share == 1
    assert last.image is not None
    assert last.probabilities is not None
    assert np.array_equal(last.image, image)
    assert np.allclose(last.probabilities, reader.classifier.predict(image[None]).probabilities[0], atol=1e-5)


def test_a_dot_has_no_answer_yet(reader: Reader) -> None:
    first = replay(SEVEN, reader.classifier, moments=200)[0]
    assert first.image is None
    assert first.probabilities is None


def test_turning_points_are_where_the_answer_changes(reader: Reader) -> None:
    moments = replay(SEVEN, reader.classifier)
    answers = [m.probabilities.argmax() for m in moments if m.probabilities is not None]
    points = turning_points(moments)
    assert moments[points[0]].probabilities is not None
    assert len(points) == 1 + sum(a != b for a, b in pairwise(answers))
    assert answers[-1] == 7
