from __future__ import annotations

import numpy as np
import pytest

from mnist_app.domain import FloatArray, Split
from mnist_app.explaining.changes import Change, addition, removal
from mnist_app.explaining.occlusion import occlusion
from mnist_app.ink.canonical import canonical, from_bytes
from mnist_app.reading.reader import Reader

Found = list[tuple[FloatArray, Change | None, Change | None]]


@pytest.fixture(scope="module")
def changes(mnist: Split, reader: Reader) -> Found:
    """Ten images, and what removal and addition found for each."""
    classifier = reader.classifier
    return [
        (image, removal(image, occlusion(image, classifier), classifier), addition(image, classifier))
        for image in from_bytes(mnist.images[:10])
    ]


def test_a_changed_image_is_read_as_another_digit(changes: Found, reader: Reader) -> None:
    for image, *found in changes:
        answer = int(reader.classifier.predict(image[None]).probabilities.argmax())
        for change in found:
            if change is not None:
                again = reader.classifier.predict(canonical(change.image)[None]).probabilities[0]
                assert change.digit == again.argmax() != answer
                assert change.probability == pytest.approx(again.max(), abs=1e-4)


def test_most_digits_are_a_small_change_from_another(changes: Found) -> None:
    found = [change for _, *both in changes for change in both]
    assert sum(change is not None for change in found) >= 14
    shares = [c.mask.sum() / image.sum() for image, *both in changes for c in both if c is not None]
    assert np.median(shares) < 0.35


def test_removal_takes_and_addition_gives(changes: Found) -> None:
    for image, less, more in changes:
        assert less is None or np.allclose(image - less.mask, less.image, atol=1e-6)
        assert more is None or np.allclose(image + more.mask, more.image, atol=1e-6)


def test_nothing_is_found_for_an_image_without_ink(reader: Reader) -> None:
    blank = np.zeros((28, 28), np.float32)
    assert removal(blank, np.zeros((10, 28, 28), np.float32), reader.classifier) is None
    assert addition(blank, reader.classifier) is None
