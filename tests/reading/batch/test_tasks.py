from __future__ import annotations

import json
import os
import threading
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from mnist_app.domain import Photo
from mnist_app.ink.drawing import parse_drawing
from mnist_app.reading.batch import tasks
from mnist_app.reading.batch.tasks import outcome_to_csv, outcome_to_json, read_files
from mnist_app.reading.reader import Reader
from tests.ink.documents import tiff_of_pages
from tests.reading.photos import photo_of


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


def two_pages(pen_digits: list[dict[str, Any]]) -> list[Image.Image]:
    hand = {digit: [parse_drawing(pen_digits[digit])] for digit in range(10)}
    return [Image.fromarray(photo_of([text], hand)) for text in ("604", "23")]


def test_every_page_is_an_outcome_with_its_number(
    reader: Reader, ten: Path, pen_digits: list[dict[str, Any]]
) -> None:
    first, last = two_pages(pen_digits)
    scan = ten.with_name("scan.pdf")
    first.save(scan, save_all=True, append_images=[Image.new("L", (300, 300), "white"), last])
    outcomes = list(read_files(reader, [scan]))
    assert [outcome.place for outcome in outcomes] == [f"{scan}, page {k}" for k in (1, 2, 3)]
    answers = [outcome_to_json(outcome) for outcome in outcomes]
    assert [(each["text"], each["page"], each["pages"]) for each in answers] == [
        ("604", 1, 3),
        ("", 2, 3),
        ("23", 3, 3),
    ]
    assert ["error" in each for each in answers] == [False, True, False]
    assert [row[-2] for outcome in outcomes for row in outcome_to_csv(outcome)] == [1, 2, 3]


def test_a_damaged_page_is_an_error_and_those_before_it_are_read(
    reader: Reader, ten: Path, pen_digits: list[dict[str, Any]]
) -> None:
    cut = ten.with_name("cut.tif")
    cut.write_bytes(tiff_of_pages(*two_pages(pen_digits))[:-100])
    first, second = read_files(reader, [cut])
    assert first.reading
    assert (first.reading.text, first.error) == ("604", None)
    assert (second.reading, second.page) == (None, 2)
    assert "damaged" in str(second.error)


def test_a_pipe_is_read_once_for_all_of_its_pages(
    reader: Reader, ten: Path, pen_digits: list[dict[str, Any]]
) -> None:
    pipe = ten.with_name("scan.tif")
    os.mkfifo(pipe)
    content = tiff_of_pages(*two_pages(pen_digits))
    threading.Thread(target=pipe.write_bytes, args=(content,), daemon=True).start()
    assert [o.reading.text if o.reading else o.error for o in read_files(reader, [pipe])] == ["604", "23"]


def test_a_file_that_takes_too_long_is_an_error_and_the_next_is_read(
    monkeypatch: pytest.MonkeyPatch, ten: Path, tmp_path: Path, reader: Reader
) -> None:
    def read_for_ever(self: Reader, photo: Photo) -> None:  # noqa: ARG001 (a method's signature)
        while True:
            pass

    monkeypatch.setattr(tasks, "MAX_SECONDS", 0.2)
    monkeypatch.setattr(Reader, "read_photo", read_for_ever)
    Image.new("L", (20, 20)).save(tmp_path / "slow.png")
    outcomes = read_files(reader, [tmp_path / "slow.png", ten])
    assert str(next(outcomes).error) == "It takes over 0 seconds to read. Show less of it, then try again."
    monkeypatch.undo()
    assert [outcome.error for outcome in outcomes] == [None] * 10


def test_a_mistake_in_the_program_is_not_taken_for_a_broken_file(
    reader: Reader, ten: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def mistaken(_: Any) -> None:
        raise cv2.error("a wrong size")

    monkeypatch.setattr(reader, "read_drawing", mistaken)
    with pytest.raises(cv2.error, match="a wrong size"):
        list(read_files(reader, [ten]))
