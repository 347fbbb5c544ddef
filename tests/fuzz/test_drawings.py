"""Drawings that no pen draws: only an InputError comes of them, and soon."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mnist_app.errors import InputError
from mnist_app.ink.drawing import MAX_POINTS, MAX_STROKES
from mnist_app.reading.batch.tasks import parse_json
from mnist_app.reading.reader import Reader
from tests.helpers.fuzzing import EDITS, JSON, Edits, at_most, corrupted, fuzzed, with_value
from tests.ink.drawings import SEVEN, canvas

SECONDS = 15.0  # of computing; the worst drawing that is read takes six
DRAWINGS = [canvas(SEVEN * 3), {"strokes": SEVEN * 3}]


def assert_read_or_refused(reader: Reader, content: bytes) -> None:
    with at_most(SECONDS):
        error = ""
        try:
            reader.read_drawing(parse_json(content))
        except InputError as refusal:
            error = str(refusal)
        assert not error or (error.endswith(".") and len(error) < 300)


@fuzzed(250)
@given(st.sampled_from(DRAWINGS), st.floats(0, 1), JSON)
def test_any_value_anywhere(reader: Reader, drawing: Any, place: float, value: Any) -> None:
    assert_read_or_refused(reader, json.dumps(with_value(drawing, place, value)).encode())


@fuzzed(250)
@given(st.sampled_from(DRAWINGS), EDITS)
def test_any_bytes_anywhere(reader: Reader, drawing: Any, edits: Edits) -> None:
    assert_read_or_refused(reader, corrupted(json.dumps(drawing).encode(), edits))


@fuzzed(4)
@given(
    strokes=st.sampled_from([1, 7, 60, 150, MAX_STROKES]),
    spread=st.sampled_from([0.0, 20.0, 2_000.0, 90_000.0]),
    size=st.sampled_from([2.0, 60.0, 300.0]),
    seed=st.integers(0, 99),
    form=st.sampled_from(["strokes", "curves"]),
)
def test_as_many_strokes_and_points_as_there_may_be(
    reader: Reader, strokes: int, spread: float, size: float, seed: int, form: str
) -> None:
    rng = np.random.default_rng(seed)
    points = MAX_POINTS // strokes // (4 if form == "curves" else 1)
    at = np.arange(points)[:, None] / points * size
    drawn = [
        (at * rng.uniform(-1, 1, 2) + rng.uniform(0, spread + 1, 2)).round(1).tolist() for _ in range(strokes)
    ]
    raw: dict[str, Any] = {"strokes": drawn}
    if form == "curves":
        raw = {"objects": [{"type": "path", "path": [["Q", *p, *p] for p in stroke]} for stroke in drawn]}
    assert_read_or_refused(reader, json.dumps(raw).encode())
