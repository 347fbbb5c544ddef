from __future__ import annotations

from pathlib import Path

import pytest

from mnist_app.errors import RunError, RunNotFoundError
from mnist_app.runs import RunStore
from mnist_app.runs.annotations import MAX_TAG, MAX_TAGS, TAGS_FILE, checked_tags, parse_tags, read_tags
from mnist_app.runs.archive import export_run, keep_import, open_import
from tests.helpers.runs import make_runs


@pytest.fixture
def store(tiny_store: RunStore, tmp_path: Path) -> RunStore:
    make_runs(tmp_path / "models", tiny_store.root / "tiny", count=1, epochs=2)
    return RunStore(tmp_path / "models")


def test_tags_are_kept_in_lower_case_each_once_and_can_be_taken_away(store: RunStore) -> None:
    store.tag("run-01", ["Paper", "paper", " best-so-far ", ""])
    assert store.open("run-01").tags == ("paper", "best-so-far")
    store.tag("run-01", [])
    assert store.open("run-01").tags == ()


@pytest.mark.parametrize(
    "tags", [["two words"], ["-"], ["<b>"], ["x" * (MAX_TAG + 1)], [f"t{k}" for k in range(MAX_TAGS + 1)]]
)
def test_what_can_be_no_tag_is_refused_and_the_others_stay(store: RunStore, tags: list[str]) -> None:
    store.tag("run-01", ["kept"])
    with pytest.raises(RunError):
        store.tag("run-01", tags)
    assert store.open("run-01").tags == ("kept",)


def test_a_run_that_is_not_there_gets_no_tags(store: RunStore) -> None:
    with pytest.raises(RunNotFoundError):
        store.tag("gone", ["a"])


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a " * 10_000, b"<script>\n../x\nfine\n"])
def test_of_a_file_that_somebody_edited_only_tags_are_read(tmp_path: Path, content: bytes) -> None:
    (tmp_path / TAGS_FILE).write_bytes(content)
    tags = read_tags(tmp_path)
    assert tags == checked_tags(tags)
    assert tags == parse_tags(content)


def test_tags_travel_with_an_exported_run(store: RunStore, tmp_path: Path) -> None:
    store.tag("run-01", ["paper"])
    (tmp_path / "run.zip").write_bytes(export_run(store, store.open("run-01")))
    assert keep_import(store, open_import(store, tmp_path / "run.zip", "again")).tags == ("paper",)
