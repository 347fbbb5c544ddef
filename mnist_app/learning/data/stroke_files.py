"""Files of pen strokes: one JSON object a line, verified by a digest of what they say.

A line is `{"label": 8, "writer": 12, "strokes": [[[x, y], ...], ...]}`; other keys are not read. The digest
is of these three, so that it does not depend on how the file was written or compressed.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy as np

from mnist_app.domain import Drawing
from mnist_app.errors import DataError
from mnist_app.learning.data.pen_strokes import PenStrokes
from mnist_app.learning.data.published import Published


class Record(msgspec.Struct, frozen=True):
    """One character: its label, its writer, and strokes of integer points, y pointing down."""

    label: int | str
    writer: int | str
    strokes: tuple[tuple[tuple[int, int], ...], ...]

    @property
    def drawing(self) -> Drawing:
        """Its strokes as a Drawing, without empty ones."""
        return Drawing(tuple(np.array(stroke, np.float32) for stroke in self.strokes if stroke))


def published_strokes(
    title: str,
    name: str,
    sha256: str,
    fetch: Callable[[], list[Record]],
    originals: Mapping[str, Callable[[bytes], list[Record]]] | None = None,
) -> Published[list[Record]]:
    """Describe published pen strokes: `name` is a file of lines, `originals` parse files as published."""
    return Published(
        title=title,
        sha256=sha256,
        parsers={name: parse_lines, **(originals or {})},
        digest=digest,
        encode=lambda records: gzip.compress(encode_lines(records)),
        fetch=fetch,
    )


def strokes_of(records: Sequence[Record], label_of: Callable[[int | str], int] = int) -> PenStrokes:
    """Return records as labelled drawings; `label_of` gives the label of what a record says."""
    return PenStrokes(
        drawings=tuple(record.drawing for record in records),
        labels=np.array([label_of(record.label) for record in records], np.uint8),
        writers=np.array([record.writer for record in records]),
    )


def parse_lines(content: bytes) -> list[Record]:
    """Read lines of JSON. Raises DataError if one is no record."""
    try:
        return msgspec.json.Decoder(Record).decode_lines(content)
    except msgspec.DecodeError as error:
        raise DataError(f"not lines of pen strokes ({error})") from None


def encode_lines(records: Sequence[Record]) -> bytes:
    """Write records as lines of JSON, always in the same way."""
    return msgspec.json.Encoder().encode_lines(records)


def digest(records: Sequence[Record]) -> str:
    """Return the SHA-256 of records in their order."""
    return hashlib.sha256(encode_lines(records)).hexdigest()
