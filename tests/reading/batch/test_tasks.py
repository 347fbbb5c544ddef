from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from mnist_app.domain import Photo
from mnist_app.reading.batch.tasks import read_files
from mnist_app.reading.reader import Reader


@pytest.fixture
def ten(tmp_path: Path, pen_digits: list[dict[str, Any]]) -> Path:
    """A file with a drawing of each digit, in order."""
    (tmp_path / "ten.jsonl").write_text("\n".join(map(json.dumps, pen_digits)))
    return tmp_path / "ten.jsonl"


@pytest.mark.parametrize(
    "error",
    [MemoryError(), cv2.error("OpenCV: Failed to allocate 8589934592 bytes")],
    ids=["Python", "OpenCV"],
)
def test_too_little_memory_is_an_error_of_one_file(
    reader: Reader, ten: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    photo = ten.with_name("photo.png")
    cv2.imwrite(str(photo), np.full((50, 50, 3), 255, np.uint8))
    if isinstance(error, cv2.error):
        error.code = cv2.Error.StsNoMem

    def starved(_: Photo) -> None:
        raise error

    monkeypatch.setattr(reader, "read_photo", starved)
    outcomes = list(read_files(reader, [photo, ten]))
    assert "".join(outcome.reading.text if outcome.reading else "!" for outcome in outcomes) == "!0123456789"
    assert "not enough memory" in str(outcomes[0].error)


def test_a_mistake_in_the_program_is_not_taken_for_a_broken_file(
    reader: Reader, ten: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(_: Any) -> None:
        raise cv2.error("a wrong size")

    monkeypatch.setattr(reader, "read_drawing", mistaken)
    with pytest.raises(cv2.error, match="a wrong size"):
        list(read_files(reader, [ten]))
