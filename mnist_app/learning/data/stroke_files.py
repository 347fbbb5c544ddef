"""Files of pen strokes: one JSON object a line, verified by a digest of what they say.

A line is `{"label": 8, "writer": 12, "strokes": [[[x, y], ...], ...]}`; other keys are not read. The digest
is of these three, so that it does not depend on how the file was written or compressed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np

from mnist_app.domain import Drawing
from mnist_app.errors import DataError
from mnist_app.learning.data.downloads import read_uncompressed, save
from mnist_app.runs.folders import cache_dir

MAX_BYTES = 128 * 2**20  # of a file, uncompressed; the largest real one has 50 MB


class Record(msgspec.Struct, frozen=True):
    """One character: its label, its writer, and strokes of integer points, y pointing down."""

    label: int | str
    writer: int | str
    strokes: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def drawing(self) -> Drawing:
        """Its strokes as a Drawing, without empty ones."""
        return Drawing(tuple(np.array(stroke, np.float32) for stroke in self.strokes if stroke))


@dataclass(frozen=True)
class StrokeFile:
    """A published set of pen strokes.

    `title` names it to people, `name` is its file's, with one JSON object a line, and `sha256` what `digest`
    gives for its records. `fetch` gets the records from where they were published, and raises DataError.
    `originals` maps the names of files in other forms to functions that parse them.
    """

    title: str
    name: str
    sha256: str
    fetch: Callable[[], Iterable[Record]]
    originals: tuple[tuple[str, Callable[[bytes], Iterable[Record]]], ...] = ()

    def load(self, path: Path | str | None = None) -> list[Record]:
        """Return the records from `path`, else MNIST_APP_DATA, the local cache or the publisher.

        `path` and MNIST_APP_DATA name one of its files, or a folder with one. Raises DataError, at once if a
        file that was named is not the published one.
        """
        parsers = {self.name: parse_lines, **dict(self.originals)}
        named = path if path is not None else os.environ.get("MNIST_APP_DATA")
        files = [Path(named), *(Path(named) / name for name in parsers)] if named else []
        cached = cache_dir() / self.name
        for file in files if path is not None else [*files, cached]:
            if file.name in parsers and file.is_file():
                content = read_uncompressed(file, MAX_BYTES)
                return self._verified(_parsed(parsers[file.name], content, file), file)
        if path is not None:
            raise DataError(f"{path} does not hold {' or '.join(parsers)}.")
        records = self._verified(self.fetch(), f"The download of the {self.title}")
        save(gzip.compress(encode_lines(records)), cached)
        return records

    def _verified(self, records: Iterable[Record], source: object) -> list[Record]:
        every = list(records)
        found = digest(every)
        if found != self.sha256:
            raise DataError(
                f"{source}: not the published {self.title}: their digest starts with {found[:12]}."
            )
        return every


def parse_lines(content: bytes) -> list[Record]:
    """Read lines of JSON. Raises DataError if one is no record."""
    try:
        return msgspec.json.Decoder(Record).decode_lines(content)
    except msgspec.DecodeError as error:
        raise DataError(f"not lines of pen strokes ({error}). Get the file again.") from None


def encode_lines(records: Sequence[Record]) -> bytes:
    """Write records as lines of JSON, always in the same way."""
    return msgspec.json.Encoder().encode_lines(records)


def digest(records: Sequence[Record]) -> str:
    """Return the SHA-256 of records in their order."""
    return hashlib.sha256(encode_lines(records)).hexdigest()


def _parsed(parse: Callable[[bytes], Iterable[Record]], content: bytes, source: object) -> Iterable[Record]:
    try:
        return parse(content)
    except DataError as error:
        raise DataError(f"{source}: {error}") from None
