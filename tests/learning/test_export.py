from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from mnist_app.domain import Predictions, Run, TrainConfig
from mnist_app.errors import ExportError
from mnist_app.ink.canonical import from_bytes
from mnist_app.learning.architectures import build, served
from mnist_app.learning.data.mnist import Dataset
from mnist_app.learning.export import TOLERANCE, export, latency, verify
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import KERAS_FILE, SERVED_FILE
from tests.helpers.predictions import without_signs


def expected(value: float, count: int) -> Predictions:
    return without_signs(np.full((count, 10), value, np.float32), np.full(count, value, np.float32))


@pytest.fixture
def classifier(tiny: Run) -> Classifier:
    return Classifier.load(tiny)


def test_an_export_that_differs_is_refused(classifier: Classifier, small: Dataset) -> None:
    images = from_bytes(small.test.images[:100])
    with pytest.raises(ExportError, match="differs from the trained model"):
        verify(classifier, images, expected(0.1, 100))


def test_an_export_that_gives_no_numbers_is_refused(classifier: Classifier, small: Dataset) -> None:
    images = from_bytes(small.test.images[:10])
    with pytest.raises(ExportError):
        verify(classifier, images, expected(np.nan, 10))


def test_a_difference_of_the_second_output_alone_is_refused(classifier: Classifier, small: Dataset) -> None:
    images = from_bytes(small.test.images[:10])
    right = classifier.predict(images)
    verify(classifier, images, right)
    for other in (right.digit_probability + np.float32(0.01), right.digit_probability * np.float32(np.nan)):
        with pytest.raises(ExportError):
            verify(classifier, images, without_signs(right.probabilities, other))


def test_the_exported_file_is_what_the_classifier_serves(small: Dataset, tmp_path: Path) -> None:
    shares = {"mnist": 0.5, "nondigits": 0.5}
    model = served(build(TrainConfig("dense-8", epochs=1, batch_size=64, shares=shares)))
    images = from_bytes(small.test.images[:80])
    classifier = export(model, tmp_path, images)
    predictions = Classifier((tmp_path / SERVED_FILE).read_bytes(), "again").predict(images)
    assert np.array_equal(classifier.predict(images).probabilities, predictions.probabilities)
    trained = model.predict(images, verbose=0)
    assert predictions.kinds == pytest.approx(trained[:, 10:], abs=TOLERANCE)
    sizes = [(tmp_path / name).stat().st_size for name in (SERVED_FILE, KERAS_FILE)]
    assert sizes[0] < 0.7 * sizes[1]  # in float16
    assert 0 < latency(classifier, images) < 100


def test_an_export_that_cannot_be_served_is_refused(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(_: object, file: Path, **__: object) -> None:
        file.write_bytes(b"no model")

    monkeypatch.setattr(keras.Model, "export", spoil)
    with pytest.raises(ExportError, match="cannot be served"):
        export(build(TrainConfig("dense-8", 1, 64)), tmp_path, from_bytes(small.test.images[:10]))
