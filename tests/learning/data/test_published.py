from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path

import pytest

from mnist_app.errors import DataError
from mnist_app.learning.data.downloads import ask_for_download, offline
from mnist_app.learning.data.published import Published
from mnist_app.runs.folders import cache_dir

POEM = "Roses are red"


def fetched() -> str:
    ask_for_download()
    return POEM


def unreachable() -> str:
    raise DataError("no route")


POEMS = Published(
    title="poem",
    sha256=hashlib.sha256(POEM.encode()).hexdigest(),
    parsers={"poem.txt": bytes.decode, "poem-backwards.txt": lambda content: content.decode()[::-1]},
    digest=lambda poem: hashlib.sha256(poem.encode()).hexdigest(),
    encode=str.encode,
    fetch=unreachable,
)


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("named", ["file", "folder", "variable"])
@pytest.mark.parametrize("name", ["poem.txt", "poem-backwards.txt"])
def test_every_form_is_found_where_it_is_named(
    name: str, named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / name).write_text(POEM if name == "poem.txt" else POEM[::-1])
    if named == "variable":
        monkeypatch.setenv("MNIST_APP_DATA", str(tmp_path))
        assert POEMS.load() == POEM
    else:
        assert POEMS.load(tmp_path / name if named == "file" else tmp_path) == POEM
    assert not cache_dir().exists()


@pytest.mark.usefixtures("clean_environment")
def test_a_path_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "poem.txt").write_text(POEM)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.setenv("MNIST_APP_DATA", str(tmp_path))
    assert POEMS.load(tmp_path / "elsewhere") == POEM  # a path may name what has other data sets
    (tmp_path / "elsewhere" / "poem.txt").write_text("Violets")
    with pytest.raises(DataError, match=r"elsewhere/poem\.txt: not the published poem"):
        POEMS.load(tmp_path / "elsewhere")


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize("content", [b"", b"Roses are Red", b"\xff"])
def test_anything_else_is_refused_by_name(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "poem.txt").write_bytes(content)
    with pytest.raises(DataError, match=r"poem\.txt: .*Get the file again"):
        POEMS.load(tmp_path)


@pytest.mark.usefixtures("clean_environment")
def test_what_is_fetched_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MNIST_APP_DATA", str(tmp_path))  # a folder without it is passed over
    assert dataclasses.replace(POEMS, fetch=fetched).load() == POEM
    assert (cache_dir() / "poem.txt").read_text() == POEM
    assert POEMS.load() == POEM


@pytest.mark.usefixtures("clean_environment")
@pytest.mark.parametrize(
    ("fetch", "why"), [(unreachable, "no route"), (lambda: POEM.upper(), "not the published poem")]
)
def test_what_cannot_be_fetched_says_what_to_do_and_leaves_nothing(fetch: object, why: str) -> None:
    assert callable(fetch)
    with pytest.raises(DataError, match=rf"The poem could not be had: {why}.*Put poem\.txt.*MNIST_APP_DATA"):
        dataclasses.replace(POEMS, fetch=fetch).load()
    assert not cache_dir().exists()


@pytest.mark.usefixtures("clean_environment")
def test_nothing_is_fetched_offline() -> None:
    with offline("no network here"), pytest.raises(DataError, match="no network here"):
        dataclasses.replace(POEMS, fetch=fetched).load()


@pytest.mark.usefixtures("clean_environment")
def test_a_damaged_cache_is_named_and_not_used() -> None:
    cache_dir().mkdir(parents=True)
    (cache_dir() / "poem.txt").write_text("Violets")
    with pytest.raises(DataError, match=r"mnist-app/poem\.txt: not the published poem"):
        dataclasses.replace(POEMS, fetch=fetched).load()
