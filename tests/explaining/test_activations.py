from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import Split
from mnist_app.explaining.activations import Inspector
from mnist_app.ink.canonical import from_bytes
from mnist_app.reading.classifier import Classifier
from mnist_app.runs import SERVED_FILE, RunStore
from mnist_app.runs.results import read_file

SHIPPED = ["world", "convnet", "dense-128", "dense-128-128"]


def served(run: str) -> bytes:
    return read_file(RunStore().open(run), SERVED_FILE)


@pytest.mark.parametrize("run", SHIPPED)
def test_the_inspected_model_answers_as_the_served_one(run: str, mnist: Split) -> None:
    inspector, classifier = Inspector(served(run)), Classifier(served(run), run)
    images = from_bytes(mnist.images[:20])
    logits = np.array([inspector.activations(image).logits for image in images])
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = classifier.predict(images).probabilities
    assert np.allclose(odds / odds.sum(axis=1, keepdims=True), expected, atol=1e-5)


def test_a_network_without_convolutions_has_no_maps() -> None:
    assert Inspector(served("dense-128")).activations(np.zeros((28, 28), np.float32)).layers == {}


def test_layers_are_named_and_shaped_as_they_follow() -> None:
    layers = Inspector(served("convnet")).activations(np.zeros((28, 28), np.float32)).layers
    assert {name: maps.shape for name, maps in layers.items()} == {
        "Convolution 1": (28, 28, 24),
        "Convolution 2": (28, 28, 24),
        "Pooling 1": (14, 14, 24),
        "Convolution 3": (14, 14, 48),
        "Convolution 4": (14, 14, 48),
        "Pooling 2": (7, 7, 48),
        "Convolution 5": (7, 7, 96),
        "Convolution 6": (7, 7, 96),
    }


def test_features_of_many_images_are_those_of_each(mnist: Split) -> None:
    inspector, images = Inspector(served("world")), from_bytes(mnist.images[:70])
    one = inspector.activations(images[69]).features
    assert np.allclose(inspector.features(images)[69], one, atol=1e-4)
    assert inspector.features(images[:0]).shape == (0, one.size)
