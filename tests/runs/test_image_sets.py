from __future__ import annotations

import json
import os
import time
from pathlib import Path

import numpy as np
import pytest

from mnist_app.domain import Split
from mnist_app.errors import DataError
from mnist_app.runs.image_sets import SetStore


def split(seed: int = 0, images: int = 30) -> Split:
    rng = np.random.default_rng(seed)
    return Split(rng.integers(0, 256, (images, 28, 28), np.uint8), np.arange(images, dtype=np.uint8) % 10)


@pytest.fixture
def store(tmp_path: Path) -> SetStore:
    return SetStore(tmp_path / "sets")


def only_folder(store: SetStore) -> Path:
    (folder,) = store.root.iterdir()
    return folder


def test_what_is_opened_is_what_was_written(store: SetStore) -> None:
    written = split()
    digest = store.write("mnist", "training", written, whole=300)
    opened = store.open(digest)
    assert (opened.name, opened.use, opened.digest, opened.whole) == ("mnist", "training", digest, 300)
    assert np.array_equal(opened.split.images, written.images)
    assert np.array_equal(opened.split.labels, written.labels)
    assert store.has(digest)
    assert not store.has("0" * 64)


def test_means_are_of_each_digit_and_black_where_there_is_none_of_it(store: SetStore) -> None:
    written = split()
    means = store.open(store.write("x", "test", written)).means
    expected = written.images[written.labels == 3].mean(axis=0)
    assert np.abs(means[3] - expected).max() <= 0.5
    assert not means[10].any()


def test_images_stay_on_the_disk_until_they_are_looked_at(store: SetStore) -> None:
    assert isinstance(store.open(store.write("x", "test", split())).split.images, np.memmap)


def test_of_sets_with_one_name_the_last_written_counts(store: SetStore) -> None:
    first, second = split(1), split(2)
    store.write("a", "test", first)
    store.write("a", "test", second)
    assert store.newest("test") == {"a": second.digest}
    store.write("a", "test", first)
    assert store.newest("test") == {"a": first.digest}
    assert store.newest("training") == {}


def test_what_is_not_here_says_how_it_can_be_had(store: SetStore) -> None:
    with pytest.raises(DataError, match=r"not on this machine.*data prepare"):
        store.open("ab" * 32)
    assert store.newest("test") == {}


def truncate(file: Path) -> None:
    os.truncate(file, file.stat().st_size - 100)


def flip(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)


def open_bracket(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b"}", b"{", 1).replace(b")", b"(", 1))


def empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("name", ["images.npy", "labels.npy", "means.npy", "set.json"])
@pytest.mark.parametrize("damage", [truncate, empty, Path.unlink, open_bracket])
def test_a_damaged_set_is_a_sentence_and_is_made_anew(store: SetStore, name: str, damage: object) -> None:
    written = split()
    digest = store.write("x", "test", written)
    damage(only_folder(store) / name)  # type: ignore[operator]
    with pytest.raises(DataError, match=r"is damaged \(.*data prepare` makes it anew"):
        store.open(digest)
    assert store.write("x", "test", written) == digest
    assert np.array_equal(store.open(digest).split.images, written.images)


@pytest.mark.parametrize("name", ["images.npy", "labels.npy"])
def test_other_images_than_those_that_were_kept_are_refused(store: SetStore, name: str) -> None:
    digest = store.write("x", "test", split())
    flip(only_folder(store) / name)
    with pytest.raises(DataError, match="not those that were kept"):
        store.open(digest)


@pytest.mark.parametrize(
    ("key", "value"),
    [("group", 0), ("group", 7), ("group", "x"), ("use", "none"), ("whole", -1), ("digest", "00")],
)
def test_a_hand_edited_description_is_refused(store: SetStore, key: str, value: object) -> None:
    digest = store.write("x", "test", split())
    file = only_folder(store) / "set.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), key: value}))
    with pytest.raises(DataError, match="is damaged"):
        store.open(digest)


@pytest.mark.parametrize("content", ["", "[]", "{}", "null", '{"use": "test"}'])
def test_sets_that_cannot_be_read_are_not_listed_and_hide_no_others(store: SetStore, content: str) -> None:
    store.write("broken", "test", split(1))
    (only_folder(store) / "set.json").write_text(content)
    store.write("whole", "test", split(2))
    assert list(store.newest("test")) == ["whole"]


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_what_is_interrupted_leaves_nothing(
    store: SetStore, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    def fail(file: Path, _: object) -> None:
        file.write_bytes(b"half")
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(np, "save", fail)
        with pytest.raises(type(error)):
            store.write("x", "test", split())
    assert list(store.root.iterdir()) == []


def test_what_killed_processes_left_is_deleted_but_not_what_others_are_at(store: SetStore) -> None:
    store.write("x", "test", split())
    for name, age in (("old", 2 * 3600), ("new", 60)):
        draft = store.root / f".draft-{name}"
        draft.mkdir()
        os.utime(draft, (time.time() - age, time.time() - age))
    store.delete_abandoned()
    assert [draft.name for draft in store.root.glob(".draft-*")] == [".draft-new"]
    assert store.newest("test")


def test_a_digest_never_leads_out_of_the_folder(store: SetStore) -> None:
    with pytest.raises(DataError):
        store.open("../../etc/passwd")
    assert not store.has("/")
