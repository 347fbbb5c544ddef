from __future__ import annotations

import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import Split
from mnist_app.errors import RunDamagedError
from mnist_app.ink.canonical import from_bytes
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.reader import Reader
from mnist_app.runs import SERVED_FILE, RunStore


def test_a_batch_gives_what_single_images_give(mnist: Split, reader: Reader) -> None:
    images = from_bytes(mnist.images[:150])
    single = np.concatenate([reader.classifier.predict(image[None]).probabilities for image in images])
    assert np.allclose(reader.classifier.predict(images).probabilities, single, atol=1e-5)


def test_no_images_give_no_probabilities(reader: Reader) -> None:
    assert reader.classifier.predict(np.zeros((0, 28, 28), np.float32)).probabilities.shape == (0, 10)


def test_images_of_another_size_are_refused(reader: Reader) -> None:
    with pytest.raises(ValueError, match="28, 28"):
        reader.classifier.predict(np.zeros((1, 32, 32), np.float32))


def test_many_threads_share_one_classifier(mnist: Split, reader: Reader) -> None:
    images = from_bytes(mnist.images[:200])
    expected = reader.classifier.predict(images).probabilities
    parts = [slice(i, i + 1 + i % 3) for i in range(0, 190, 3)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(
            pool.map(lambda part: reader.classifier.predict(images[part]).probabilities, parts * 5)
        )
    for part, answer in zip(parts * 5, answers, strict=True):
        assert np.allclose(answer, expected[part], atol=1e-5)


def test_whoever_has_one_image_does_not_wait_for_another_threads_hundreds(
    mnist: Split, reader: Reader
) -> None:
    images = from_bytes(mnist.images[:400])
    long = threading.Thread(target=reader.classifier.predict, args=(images,))
    long.start()
    for _ in range(5):
        reader.classifier.predict(images[:1])
    assert long.is_alive()
    long.join()


def test_a_tampered_model_is_never_loaded(tiny_store: RunStore, tmp_path: Path) -> None:
    shutil.copytree(tiny_store.root, tmp_path / "models")
    store = RunStore(tmp_path / "models")
    file = store.root / "tiny" / SERVED_FILE
    file.write_bytes(file.read_bytes() + b"\0")
    with pytest.raises(RunDamagedError, match="SHA-256"):
        Classifier.load(store.open("tiny"))


@pytest.mark.parametrize("model", [b"", b"not a model", b"TFL3" * 100])
def test_what_is_no_model_is_refused(model: bytes) -> None:
    with pytest.raises(RunDamagedError, match="cannot be loaded"):
        Classifier(model, "broken")
