"""Corrections for other programs: CSV, npz and JSON lines, in the order of their ids.

A `label` is 0-9, or 10 for no digit. Nothing says who made a correction.
"""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import numpy as np

from mnist_app.corrections.schema import strokes_of
from mnist_app.domain import SIGNS, Correction

_FACTS = ("id", "time", "run", "read", "confidence", "label")
CSV_HEADER = (*_FACTS, *(f"pixel{k}" for k in range(28 * 28)))  # as MNIST's own CSV files name them


def to_csv(corrections: Sequence[Correction]) -> bytes:
    """Return a line for each: its facts, then its 784 pixels, 0-255, 255 = ink, row by row.

    A sign stands behind an apostrophe: a spreadsheet would take "=" for a formula.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for each in corrections:
        read = f"'{each.read}" if each.read in SIGNS else each.read
        facts = (each.id, each.time.isoformat(), each.run, read, round(each.confidence, 6), each.label)
        writer.writerow((*facts, *each.image.ravel().tolist()))
    return text.getvalue().encode()


def to_npz(corrections: Sequence[Correction]) -> bytes:
    """Return arrays of N: `images` (N, 28, 28) uint8, `labels` uint8, and the facts; none needs pickle.

    `times` are microseconds in UTC.
    """
    content = io.BytesIO()
    arrays: dict[str, Any] = {
        "images": np.array([each.image for each in corrections], np.uint8).reshape(-1, 28, 28),
        "labels": np.array([each.label for each in corrections], np.uint8),
        "ids": np.array([each.id for each in corrections], np.int64),
        "times": np.array([each.time.replace(tzinfo=None) for each in corrections], "datetime64[us]"),
        "runs": np.array([each.run for each in corrections], np.str_),
        "read": np.array([each.read for each in corrections], np.str_),
        "confidences": np.array([each.confidence for each in corrections], np.float32),
    }
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()


def to_jsonl(corrections: Sequence[Correction]) -> bytes:
    """Return a JSON object a line: the facts, the `image` as Base64 of its 784 bytes, and `strokes` or null.

    Where there are strokes, the command `read` reads them from such a file.
    """
    return msgspec.json.Encoder().encode_lines([to_json(each) for each in corrections])


def to_json(correction: Correction) -> dict[str, object]:
    """Return the object that a line of `to_jsonl` is."""
    return {
        **{name: getattr(correction, name) for name in _FACTS},
        "time": correction.time.isoformat(),
        "strokes": strokes_of(correction.drawing) if correction.drawing else None,
        "image": base64.b64encode(correction.image.tobytes()).decode(),
    }


FORMATS: dict[str, Callable[[Sequence[Correction]], bytes]] = {
    "csv": to_csv,
    "npz": to_npz,
    "jsonl": to_jsonl,
}
