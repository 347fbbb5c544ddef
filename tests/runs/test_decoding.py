from __future__ import annotations

import io
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_app.runs.decoding import decode_json, read_npy, read_npz
from mnist_app.runs.files import pack
from tests.helpers.zips import zipped

REFUSED = r"header|magic|shape"
HEADER = 128  # bytes that NumPy writes before a small array's values


def npy(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def stating(shape: str, dtype: str = "|u1") -> bytes:
    """An .npy of 10 bytes whose header says something else."""
    header = f"{{'descr': '{dtype}', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + bytes(10)


def in_npz(content: bytes) -> bytes:
    """An .npz whose one array, `x`, has this content."""
    return zipped({"x.npy": content})


@pytest.mark.parametrize("array", [np.arange(10, dtype=np.uint8), np.array("text"), np.zeros((2, 0, 3))])
def test_what_was_written_is_read(tmp_path: Path, array: np.ndarray) -> None:
    (tmp_path / "x.npy").write_bytes(npy(array))
    for mapped in (False, bool(array.size)):
        assert np.array_equal(read_npy(tmp_path / "x.npy", mapped), array)
    assert np.array_equal(read_npz(pack({"a": np.zeros(3), "x": array}), "x")["x"], array)
    assert list(read_npz(pack({"a": np.zeros(3), "x": array}))) == ["a", "x"]


def test_a_flipped_bit_anywhere_in_a_header_is_a_value_error_or_does_no_harm(tmp_path: Path) -> None:
    content = npy(np.arange(10, dtype=np.uint8))
    for bit in range(8 * HEADER):
        damaged = bytearray(content)
        damaged[bit // 8] ^= 1 << bit % 8
        (tmp_path / "x.npy").write_bytes(damaged)
        with suppress(ValueError):
            assert read_npy(tmp_path / "x.npy").nbytes == 10
        with suppress(ValueError):
            assert read_npz(in_npz(bytes(damaged)), "x")["x"].nbytes == 10


@pytest.mark.parametrize(
    "content",
    [
        stating("(100_000_000_000,)"),
        stating("(1" + "0" * 400 + ",)"),
        stating("(-10,)"),
        stating("(10,)", "|O"),
        stating("(10,)", "<U0"),
        stating("((" * 50 + "))" * 50),
        stating("10"),
        b"\x93NUMPY\x09\x00",
        b"",
    ],
)
def test_a_header_that_claims_too_much_is_refused_before_anything_is_allocated(
    tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "x.npy").write_bytes(content)
    for mapped in (False, True):
        with pytest.raises(ValueError, match=REFUSED):
            read_npy(tmp_path / "x.npy", mapped)
    with pytest.raises(ValueError, match=REFUSED):
        read_npz(in_npz(content), "x")


def test_an_array_that_is_not_there_is_named() -> None:
    with pytest.raises(ValueError, match="no array 'y'"):
        read_npz(pack({"x": np.zeros(3)}), "y")


@pytest.mark.parametrize(
    "content", [b"[" * 100_000, b'{"a":' * 100_000, b"", b"nan", b"\xff", b"1" + b"0" * 10_000]
)
def test_whatever_is_wrong_with_json_is_a_value_error(content: bytes) -> None:
    for kind in (Any, dict[str, Any], list[int]):
        try:
            decode_json(content, kind)
        except ValueError:
            continue
        assert content.startswith(b"10")
