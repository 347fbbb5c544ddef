from __future__ import annotations

import numpy as np

from mnist_app.domain import Split
from mnist_app.explaining.occlusion import occlusion
from mnist_app.ink.canonical import from_bytes
from mnist_app.reading.reader import Reader


def test_only_covered_pixels_have_evidence(mnist: Split, reader: Reader) -> None:
    image = from_bytes(mnist.images[0])
    evidence = occlusion(image, reader.classifier)
    assert evidence.shape == (10, 28, 28)
    assert not evidence[:, :2, :2].any()
    assert evidence.any()


def test_removing_what_speaks_most_hurts_more_than_removing_what_speaks_least(
    mnist: Split, reader: Reader
) -> None:
    images = from_bytes(mnist.images[:30])
    answers = reader.classifier.predict(images).probabilities.argmax(axis=1)
    falls: dict[int, list[float]] = {+1: [], -1: []}
    for image, answer in zip(images, answers, strict=True):
        evidence = occlusion(image, reader.classifier)[answer]
        for sign, found in falls.items():
            order = np.argsort(np.where(image > 0, -sign * evidence, np.inf), axis=None)
            less = image.copy()
            less.flat[order[: int((image > 0).sum() * 0.15)]] = 0
            found.append(1 - reader.classifier.predict(less[None]).probabilities[0, answer])
    assert np.mean(falls[+1]) > 2 * np.mean(falls[-1])


def test_an_empty_image_has_no_evidence(reader: Reader) -> None:
    assert not occlusion(np.zeros((28, 28), np.float32), reader.classifier).any()
