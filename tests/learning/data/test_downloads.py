from __future__ import annotations

import gzip

import numpy as np
import pytest
import unlzw3

from mnist_app.errors import DataError
from mnist_app.learning.data import downloads
from mnist_app.learning.data.downloads import fetch, gunzip, offline, read_npz, unzip, unzip_file, write_npz
from tests.learning.data.conftest import compressed, zipped

URL = "https://example.org/file"


def test_a_file_is_fetched(web: dict[str, bytes]) -> None:
    web[URL] = b"content"
    assert fetch(URL) == b"content"


def test_nothing_is_fetched_offline(web: dict[str, bytes]) -> None:
    web[URL] = b"content"
    with offline("no network here"), pytest.raises(DataError, match="no network here"):
        fetch(URL)
    assert URL in web


def test_a_file_that_is_too_large_is_refused(web: dict[str, bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "MAX_BYTES", 7)
    web[URL] = b"content"
    assert fetch(URL) == b"content"
    web[URL] = b"content."
    with pytest.raises(DataError, match="has more than 7 bytes"):
        fetch(URL)


@pytest.mark.usefixtures("web")
def test_a_failed_download_names_its_url() -> None:
    with pytest.raises(DataError, match=rf"{URL} cannot be downloaded .*no route"):
        fetch(URL)


def test_files_of_a_zip_are_chosen_by_their_paths() -> None:
    content = zipped({"a/1.png": b"1", "b/2.png": b"2", "a/2.txt": b"t"})
    assert unzip(content, r"\.png$") == {"a/1.png": b"1", "b/2.png": b"2"}
    assert unzip_file(content, "2.txt") == b"t"


def test_a_file_of_a_zip_must_be_there_once() -> None:
    content = zipped({"a/1.txt": b"1", "b/1.txt": b"2", "other1.txt": b""})
    with pytest.raises(DataError, match=r"2 files named 1\.txt"):
        unzip_file(content, "1.txt")
    with pytest.raises(DataError, match="0 files named"):
        unzip_file(content, "2.txt")


@pytest.mark.parametrize("damage", [lambda c: c[:0], lambda c: c[:-20], lambda c: b"<html>" + c[:40]])
def test_a_broken_archive_is_an_error_that_is_understood(damage: object) -> None:
    assert callable(damage)
    with pytest.raises(DataError, match="cannot be unpacked"):
        unzip(damage(zipped({"a": b"content"})), "a")
    with pytest.raises(DataError, match=r"no \.gz"):
        gunzip(damage(gzip.compress(bytes(range(200)))) or b"no")


def test_arrays_come_back() -> None:
    content = write_npz(x=np.arange(6).reshape(2, 3), y=np.array(["a"]))
    y, x = read_npz(content, "y", "x")
    assert (x.tolist(), y.tolist()) == ([[0, 1, 2], [3, 4, 5]], ["a"])


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04", write_npz(x=np.zeros(3)), write_npz(x=np.zeros(9))[:-9]]
)
def test_anything_but_the_arrays_is_refused(content: bytes) -> None:
    with pytest.raises(DataError, match=r"no \.npz with x and y"):
        read_npz(content, "x", "y")


def test_what_the_tests_compress_is_what_is_unpacked() -> None:
    content = b"0000000011110000\n" * 60
    assert bytes(unlzw3.unlzw(compressed(content))) == content
