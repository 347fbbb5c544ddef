from __future__ import annotations

import gc
from typing import Any

import pytest

from mnist_app.ui.photo import memory
from mnist_app.ui.photo.memory import VisitorPhotos
from mnist_app.ui.photo.session import UploadedPhoto


@pytest.fixture(autouse=True)
def nobody_else() -> None:
    """No visitors of other tests."""
    gc.collect()
    for photos in memory._all():
        memory._everybody.discard(photos)


def visitor(*contents: bytes) -> VisitorPhotos:
    photos = VisitorPhotos()
    photos += [UploadedPhoto("a.png", content) for content in contents]
    return photos


def test_the_same_file_is_kept_once() -> None:
    first = visitor(b"x" * 100)
    content = memory.shared(bytes(bytearray(b"x" * 100)))
    assert content is first[0].content
    assert memory.shared(b"y") == b"y"


def test_all_visitors_together_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_BYTES", 100)
    kept = [visitor(b"a" * 40), visitor(b"b" * 40)]
    assert memory.has_room(b"c" * 20)
    assert not memory.has_room(b"c" * 21)
    assert memory.has_room(kept[0][0].content)  # it is there already
    del kept[0]
    assert memory.has_room(b"c" * 60)


def test_what_was_made_is_forgotten_by_who_looked_at_it_least_recently(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(memory, "MAX_OPEN_BYTES", 100)
    first, second, third = visitor(), visitor(), visitor()
    first.keep("sheet", 1, "of the first", 40)
    second.keep("sheet", 1, "of the second", 40)
    assert first.made("sheet", 1, made_anew, len) == "of the first"
    third.keep("sheet", 1, "of the third", 40)
    assert [photos.open_bytes for photos in (first, second, third)] == [40, 0, 40]
    assert second.made("sheet", 1, made_anew, len) == "made anew"


def made_anew() -> str:
    return "made anew"


def test_one_too_large_for_all_is_kept_while_it_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MAX_OPEN_BYTES", 10)
    photos = visitor()
    photos.keep("sheet", 1, "large", 40)
    assert photos.open_bytes == 40


def test_only_the_last_photo_is_open() -> None:
    photos = visitor()
    for key in range(5):
        photos.keep("sheet", key, "ink", 40)
    assert photos.open_bytes == 40


def test_nothing_outlives_its_visitor() -> None:
    photos: Any = visitor(b"x" * 100)
    photos.keep("sheet", 1, "ink", 40)
    del photos
    assert memory._all() == []
