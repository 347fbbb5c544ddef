"""Decode JSON and NumPy's arrays that anybody may have written: ValueError is all that comes of damage.

Headers are checked before anything is allocated, since a few bytes can claim to be an array of terabytes.
"""

from __future__ import annotations

import io
import math
import tokenize
import zipfile
from pathlib import Path
from typing import IO, Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt

from mnist_app.runs.safe_zip import BROKEN

MAX_ARRAY = 2**30  # bytes; 80,000 images have 63 MB
_SUFFIX = ".npy"
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
# What NumPy raises for a header that is no Python literal, or one of odd values.
_ODD = (ValueError, SyntaxError, tokenize.TokenError, TypeError, ArithmeticError, RecursionError, Warning)
_T = TypeVar("_T")
Array = npt.NDArray[Any]


def decode_json(content: bytes, type: type[_T]) -> _T:
    """Return JSON as a value of this type. Raises ValueError for anything else, however deeply nested."""
    try:
        return msgspec.json.decode(content, type=type)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_npz(content: bytes, *names: str) -> dict[str, Array]:
    """Return the arrays of these names in an .npz, or all of them, by name. Raises ValueError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            known = [name.removesuffix(_SUFFIX) for name in archive.namelist() if name.endswith(_SUFFIX)]
            if missing := sorted(set(names) - set(known)):
                raise ValueError(f"there is no array {missing[0]!r:.80} in it")
            return {name: _unpacked(archive, f"{name}{_SUFFIX}") for name in names or known}
    except BROKEN as error:
        raise ValueError(str(error)) from error


def read_npy(file: Path, mapped: bool = False) -> Array:
    """Return the array of an .npy; if `mapped`, its pages are read as they are looked at.

    Raises ValueError or OSError.
    """
    with file.open("rb") as stream:
        _check_header(stream, file.stat().st_size)
    return np.load(file, mmap_mode="r" if mapped else None, allow_pickle=False)


def _unpacked(archive: zipfile.ZipFile, name: str) -> Array:
    size = archive.getinfo(name).file_size  # zipfile reads no more of it than it says here
    if size > MAX_ARRAY:
        raise ValueError(f"{name!r:.80} has more than {MAX_ARRAY // 2**20:,} MB")
    content = archive.read(name)
    _check_header(io.BytesIO(content), len(content))
    return np.load(io.BytesIO(content), allow_pickle=False)


def _check_header(stream: IO[bytes], size: int) -> None:
    """Raise ValueError unless a header states an array of plain values that fills the rest of the bytes."""
    try:
        version = np.lib.format.read_magic(stream)
        shape, _, dtype = _HEADERS[version](stream)
        expected = math.prod(shape) * dtype.itemsize
    except KeyError:
        raise ValueError("its header is of another version") from None
    except _ODD as error:
        raise ValueError(f"its header is damaged ({error!s:.80})") from error
    if dtype.hasobject or min(shape, default=0) < 0 or expected != size - stream.tell():
        raise ValueError(f"its header states {shape!r:.40} of {dtype!s:.20}, and it has {size:,} bytes")
