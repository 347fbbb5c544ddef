from __future__ import annotations

import base64
import csv
import io
import json

import numpy as np
import pytest

from mnist_app.corrections.exports import FORMATS, to_csv, to_jsonl, to_npz
from mnist_app.domain import NOT_A_DIGIT, Correction
from mnist_app.ink.drawing import parse_drawing
from tests.helpers.corrections import TIME, correction

SOME = [correction(4, id=1), correction(NOT_A_DIGIT, id=5, read="=", drawing=None)]


def test_csv_has_facts_and_pixels_as_mnists_own_files_have_them() -> None:
    first, second = csv.DictReader(io.StringIO(to_csv(SOME).decode()))
    assert (first["id"], first["time"], first["label"]) == ("1", TIME.isoformat(), "4")
    assert [int(first[f"pixel{k}"]) for k in range(784)] == SOME[0].image.ravel().tolist()
    assert second["read"] == "'=", "a spreadsheet takes '=' for a formula"


def test_npz_has_arrays_that_need_no_pickle() -> None:
    with np.load(io.BytesIO(to_npz(SOME)), allow_pickle=False) as arrays:
        assert arrays["images"].shape == (2, 28, 28)
        assert arrays["labels"].tolist() == [4, NOT_A_DIGIT]
        assert arrays["ids"].tolist() == [1, 5]
        assert arrays["times"][0] == np.datetime64("2026-11-21T09:30:15.123456")


def test_json_lines_have_everything_and_strokes_that_can_be_read() -> None:
    first, second = map(json.loads, to_jsonl(SOME).splitlines())
    assert len(parse_drawing(first).strokes) == 1
    assert base64.b64decode(first["image"]) == SOME[0].image.tobytes()
    assert (second["strokes"], second["label"], second["read"]) == (None, NOT_A_DIGIT, "=")


@pytest.mark.parametrize("some", [SOME, []], ids=["some", "none"])
@pytest.mark.parametrize("name", FORMATS)
def test_nothing_says_who_made_a_correction(name: str, some: list[Correction]) -> None:
    assert b"visitor" not in FORMATS[name](some)
