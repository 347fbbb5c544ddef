from __future__ import annotations

import csv
import io
import json

from mnist_app.ui.photo import files
from tests.ui.photo_page import ROWS, drop


def test_downloads_have_what_the_page_shows(page: bytes) -> None:
    app = drop(("bad.png", b"no image"), ("page.png", page))
    photos = app.session_state["photos"]
    lines = list(csv.DictReader(io.StringIO(files.csv_of(photos).decode("utf-8-sig"))))
    assert [line["text"] for line in lines] == ["", *ROWS]
    assert "not an image" in lines[0]["error"]
    photos = json.loads(files.json_of(photos))
    assert photos[1]["rows"] == ROWS
    assert len(photos[1]["digits"]) == 7
    assert "not an image" in photos[0]["error"]


def test_sample_photos_are_small() -> None:
    samples = list(files.SAMPLES.glob("*.jpg"))
    assert len(samples) == 4
    assert all(file.stat().st_size < 100_000 for file in samples)
