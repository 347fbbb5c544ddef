from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mnist_app
from mnist_app.domain import Split
from mnist_app.errors import RunDamagedError, RunNotFoundError
from mnist_app.ink.canonical import from_bytes
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.reader import Reader, open_reader
from mnist_app.runs import SERVED_FILE, RunStore

PenDigits = list[dict[str, Any]]


def test_real_handwriting_is_read(pen_digits: PenDigits) -> None:
    assert [mnist_app.read_drawing(drawing).text for drawing in pen_digits] == list("0123456789")


@pytest.mark.parametrize("run", ["dense-128", "dense-128-128", "convnet", "world"])
def test_every_shipped_run_reads_mnist(mnist: Split, run: str) -> None:
    predicted = (
        open_reader(run).classifier.predict(from_bytes(mnist.images[:1000])).probabilities.argmax(axis=1)
    )
    assert np.mean(predicted == mnist.labels[:1000]) >= 0.97


def test_a_reading_holds_the_digit_and_what_the_model_saw(pen_digits: PenDigits, reader: Reader) -> None:
    reading = reader.read_drawing(pen_digits[7])
    (digit,) = reading.digits
    assert reading.lines == ("7",)
    assert digit.digit == 7
    assert digit.confidence == digit.probabilities.max()
    assert digit.probabilities.sum() == pytest.approx(1, abs=1e-5)
    assert digit.ranking[0] == 7
    assert sorted(digit.ranking) == list(range(10))
    again = reader.classifier.predict(digit.image[None]).probabilities[0]
    assert np.array_equal(again, digit.probabilities)


def test_the_box_is_around_the_strokes(reader: Reader) -> None:
    box = reader.read_drawing({"strokes": [[[60, 50], [200, 60], [120, 240]]]}).digits[0].box
    assert (box.left, box.top, box.width, box.height) == (60, 50, 140, 190)


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


def test_an_unknown_run_is_refused(pen_digits: PenDigits) -> None:
    with pytest.raises(RunNotFoundError, match="convnet"):
        mnist_app.read_drawing(pen_digits[0], run="nope")


def test_photos_are_read_from_paths_and_arrays(mnist: Split, tmp_path: Path) -> None:
    from PIL import Image

    file = tmp_path / "digit.png"
    Image.fromarray(mnist.images[0]).save(file)
    label = str(mnist.labels[0])
    assert mnist_app.read_photo(file).text == label
    assert mnist_app.read_photo(str(file)).text == label
    assert mnist_app.read_photo(file.read_bytes()).text == label
    assert mnist_app.read_photo(mnist.images[0]).text == label


def test_the_error_tree_is_as_drawn() -> None:
    """The tree in errors.py's docstring names every class under its parent."""
    import mnist_app.errors as errors

    lines = [
        line for line in (errors.__doc__ or "").splitlines() if "Error " in line or line.endswith("Error")
    ]
    names = [next(word for word in line.split() if word.endswith("Error")) for line in lines]
    parents: dict[int, str] = {}
    for line, name in zip(lines, names, strict=True):
        depth = line.index(name)
        above = [parents[d] for d in sorted(parents) if d < depth]
        parents = {d: n for d, n in parents.items() if d < depth} | {depth: name}
        if above:
            assert getattr(errors, name).__bases__ == (getattr(errors, above[-1]),)
    defined = {n for n, c in vars(errors).items() if isinstance(c, type)}
    assert set(names) == defined
