"""Documents of several pages: a reading, or an error, for each."""

from __future__ import annotations

from dataclasses import dataclass

from mnist_app.domain import Reading
from mnist_app.errors import InputError


@dataclass(frozen=True)
class Page:
    """One page of a document, its `number` counted from 1: its reading, or the error that says why not."""

    number: int
    reading: Reading | None
    error: InputError | None
