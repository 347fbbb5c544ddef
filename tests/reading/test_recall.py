from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from mnist_app.domain import FloatArray, Predictions
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.reading.recall import Recall


@pytest.fixture
def judged(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """The number of images that the model has judged since the last call."""
    counts: list[int] = []
    predict = reader.classifier.predict

    def counted(images: FloatArray) -> Predictions:
        counts.append(len(images))
        return predict(images)

    monkeypatch.setattr(reader.classifier, "predict", counted)

    def number() -> int:
        total = sum(counts)
        counts.clear()
        return total

    return number


def test_a_single_stroke_is_judged_once(reader: Reader, judged: Any, pen_digits: Any) -> None:
    reader.read_drawing({"strokes": pen_digits[0]["strokes"][:1]})
    assert judged() == 1


def test_another_stroke_leaves_the_judgements_of_those_before(
    reader: Reader, judged: Any, pen_digits: Any
) -> None:
    strokes = [
        [[x + 300 * k, y] for x, y in pen_digits[digit]["strokes"][0]] for k, digit in enumerate((0, 3, 6))
    ]
    recall = Recall(reader.classifier)
    reader.read_drawing({"strokes": strokes[:2]}, None, recall)
    judged()
    recall = Recall(reader.classifier, recall)
    reading = reader.read_drawing({"strokes": strokes}, None, recall)
    with_recall = judged()
    assert reading.text == reader.read_drawing({"strokes": strokes}).text
    assert 0 < with_recall < judged()


def test_the_same_drawing_is_not_judged_again(reader: Reader, judged: Any, pen_digits: Any) -> None:
    drawing = {"strokes": pen_digits[4]["strokes"]}
    recall = Recall(reader.classifier)
    first = reader.read_drawing(drawing, None, recall)
    judged()
    second = reader.read_drawing(drawing, None, Recall(reader.classifier, recall))
    assert judged() == 0
    assert np.array_equal(first.digits[0].probabilities, second.digits[0].probabilities)


def test_another_model_is_asked_anew(reader: Reader, judged: Any, pen_digits: Any) -> None:
    drawing = {"strokes": pen_digits[4]["strokes"]}
    other = open_reader("convnet")
    recall = Recall(other.classifier)
    other.read_drawing(drawing, None, recall)
    reader.read_drawing(drawing, None, Recall(reader.classifier, recall))
    assert judged() > 0


def test_only_the_last_drawing_is_remembered(reader: Reader, pen_digits: Any) -> None:
    recall = Recall(reader.classifier)
    for digit in pen_digits:
        recall = Recall(reader.classifier, recall)
        reader.read_drawing({"strokes": digit["strokes"]}, None, recall)
    assert len(recall._known) <= 8


def test_no_images_have_no_predictions(reader: Reader) -> None:
    assert len(Recall(reader.classifier).predict(np.zeros((0, 28, 28), np.float32)).probabilities) == 0
