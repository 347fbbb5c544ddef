from __future__ import annotations

import dataclasses
import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest

from mnist_app.errors import DataError
from mnist_app.learning.data import mnist_writers
from mnist_app.learning.data.mnist_writers import QMNIST_FILE, QMNIST_URL, load_writers, parse_qmnist

# Class, NIST's series, writer, its digit's index, NIST's class, index in NIST's set, and two unused columns.
QMNIST = b"5\t4\t2154\t85\t35\t229421\t0\t0\n0\t0\t17\t9\t30\t102\t0\t0\n"


@pytest.fixture
def writers(monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> np.ndarray:
    """The writers in QMNIST, taken for the published ones."""
    assert not clean_environment.exists()
    made = np.array([2154, 17], np.int16)
    sha256 = hashlib.sha256(made.tobytes()).hexdigest()
    monkeypatch.setattr(mnist_writers, "WRITERS", dataclasses.replace(mnist_writers.WRITERS, sha256=sha256))
    return made


def test_writers_are_read_from_qmnists_table_with_or_without_a_head(writers: np.ndarray) -> None:
    for table in (QMNIST, b"class\tseries\twriter\n" + QMNIST):
        assert np.array_equal(parse_qmnist(table), writers)


@pytest.mark.parametrize("name", ["mnist-writers.npz", QMNIST_FILE])
def test_writers_are_found_in_a_folder(name: str, writers: np.ndarray, tmp_path: Path) -> None:
    if name == QMNIST_FILE:
        (tmp_path / name).write_bytes(gzip.compress(QMNIST))
    else:
        np.savez(tmp_path / name, train_writer=writers, test_writer=writers[::-1])
    assert np.array_equal(load_writers(tmp_path), writers)


def test_writers_are_fetched_verified_and_kept(writers: np.ndarray, web: dict[str, bytes]) -> None:
    web[QMNIST_URL] = gzip.compress(QMNIST)
    assert np.array_equal(load_writers(), writers)
    assert not web
    assert np.array_equal(load_writers(), writers)


@pytest.mark.usefixtures("writers")
@pytest.mark.parametrize("answer", [b"<html>", gzip.compress(QMNIST.replace(b"17", b"18"), mtime=0)])
def test_other_writers_are_refused(answer: bytes, web: dict[str, bytes]) -> None:
    web[QMNIST_URL] = answer
    with pytest.raises(DataError, match=r"writers of MNIST could not be had.*MNIST_APP_DATA"):
        load_writers()
