"""Writers of MNIST's images, as QMNIST found them.

Yadav and Bottou, "Cold Case: the Lost MNIST Digits" (2019; labels under a BSD licence).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mnist_app.learning.data.downloads import fetch, gunzip, read_npz, write_npz
from mnist_app.learning.data.published import Published

QMNIST_FILE = "qmnist-train-labels.tsv.gz"
QMNIST_URL = f"https://github.com/facebookresearch/qmnist/raw/HEAD/{QMNIST_FILE}"

Writers = npt.NDArray[np.int16]  # (60000,)


def load_writers(path: Path | str | None = None) -> Writers:
    """Return the writer of each of MNIST's 60,000 training images, (60000,).

    They come from `path`, else from MNIST_APP_DATA, the cache or GitHub. Raises DataError.
    """
    return WRITERS.load(path)


def parse_qmnist(content: bytes) -> Writers:
    """Return the writers in QMNIST's table, one line an image: class, NIST's series, writer, and so on."""
    rows = [line.split() for line in content.decode("latin-1").splitlines()]
    return np.array([row[2] for row in rows if len(row) > 2 and row[2].isdecimal()], np.int16)


WRITERS: Published[Writers] = Published(
    title="writers of MNIST",
    sha256="10804de73fa65ca45f6076e667137549cf9ae06d02951ed59eedf22380647e8c",
    parsers={
        "mnist-writers.npz": lambda content: read_npz(content, "train_writer")[0],
        QMNIST_FILE: parse_qmnist,
    },
    digest=lambda writers: hashlib.sha256(np.ascontiguousarray(writers, np.int16).data).hexdigest(),
    encode=lambda writers: write_npz(train_writer=writers),
    fetch=lambda: parse_qmnist(gunzip(fetch(QMNIST_URL))),
)
