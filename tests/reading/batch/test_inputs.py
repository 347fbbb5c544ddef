from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_app.domain import Photo
from mnist_app.reading.batch.inputs import Source, find_sources
from mnist_app.reading.batch.pictures import write_picture
from tests.helpers.readings import reading, row

FILES = [
    "page10.jpg",
    "page9.PNG",
    "sub/a.jsonl.gz",
    "sub/deep/b.json",
    "we[ir]d*.jpg",
    "notes.txt",
    "sub/code.py",
    ".hidden.png",
    ".folder/c.png",
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder `scans`, beside which we are."""
    for name in FILES:
        file = tmp_path / "scans" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "scans"


def found(*paths: str | Path) -> list[str]:
    """Each file that is found, or what is said of it."""
    return [
        str(item.file) if isinstance(item, Source) else f"{item.file}: {item.error}"
        for item in find_sources(map(Path, paths))
    ]


def below(names: Iterable[str]) -> list[str]:
    return [f"scans/{name}" for name in names]


ALL = ["page9.PNG", "page10.jpg", "we[ir]d*.jpg", "sub/a.jsonl.gz", "sub/deep/b.json"]


@pytest.mark.usefixtures("folder")
def test_a_folder_gives_all_that_can_be_read_in_natural_order() -> None:
    assert found("scans") == below(ALL)


def test_names_are_relative_to_the_folder_that_was_named(folder: Path) -> None:
    sources = list(find_sources([folder, folder / "notes.txt", Path("scans/*/*/*.json")]))
    assert [str(s.name) for s in sources if isinstance(s, Source)] == [*ALL, "notes.txt"]
    (nested,) = find_sources([Path("scans/*/*/*.json")])
    assert isinstance(nested, Source)
    assert nested.name == Path("sub/deep/b.json")


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("pattern", "names"),
    [
        ("scans/*.jpg", ["page10.jpg", "we[ir]d*.jpg"]),
        ("scans/**/*.json*", ["sub/a.jsonl.gz", "sub/deep/b.json"]),
        ("scans/page?.PNG", ["page9.PNG"]),
        ("scans/page[19]*", ["page9.PNG", "page10.jpg"]),
        ("scans/*", ALL),
        ("scans/**", ALL),
        ("scans/**/*", ALL),
        ("*/page9.PNG", ["page9.PNG"]),
        ("scans/.*", [".hidden.png", ".folder/c.png"]),
        ("scans/.folder/*", [".folder/c.png"]),
    ],
)
def test_a_pattern_gives_what_a_shell_would(pattern: str, names: list[str]) -> None:
    assert found(pattern) == below(names)


@pytest.mark.usefixtures("folder")
def test_a_file_that_is_called_like_a_pattern_is_found_first() -> None:
    Path("scans/page?.PNG").touch()
    assert found("scans/page?.PNG", "scans/we[ir]d*.jpg") == ["scans/page?.PNG", "scans/we[ir]d*.jpg"]


@pytest.mark.usefixtures("folder")
def test_what_is_named_itself_is_tried_whatever_it_is() -> None:
    assert found("scans/notes.txt", "scans/.hidden.png", "nothing") == [
        "scans/notes.txt",
        "scans/.hidden.png",
        "nothing",
    ]


def test_a_file_that_is_named_twice_is_read_once(folder: Path) -> None:
    twice: list[str | Path] = [
        "scans/page9.PNG",
        "./scans/../scans/page9.PNG",
        folder / "page9.PNG",
        "scans/page9*",
        "scans",
    ]
    assert found(*twice) == below(ALL)


def test_a_link_to_a_file_is_a_file_of_its_own(folder: Path) -> None:
    (folder / "latest.png").symlink_to("page9.PNG")
    assert found("scans/*.png", "scans/page9.PNG") == ["scans/latest.png", "scans/page9.PNG"]


@pytest.mark.parametrize("path", ["scans", "scans/*", "scans/**/*"])
def test_links_to_folders_are_not_followed_round_and_round_nor_away(folder: Path, path: str) -> None:
    (folder.parent / "away").mkdir()
    (folder.parent / "away" / "c.png").touch()
    (folder / "sub" / "away").symlink_to(folder.parent / "away")
    (folder / "sub" / "round").symlink_to(folder)
    (folder / "sub" / "again").symlink_to(folder)
    (folder / "itself").symlink_to("itself")
    assert found(path) == below(ALL)


@pytest.mark.parametrize("path", ["scans", "scans/*"])
def test_nothing_waits_for_a_pipe_and_a_dead_link_is_tried(folder: Path, path: str) -> None:
    os.mkfifo(folder / "pipe.png")
    (folder / "zdead.png").symlink_to("nowhere")
    assert found(path) == below([*ALL[:3], "zdead.png", *ALL[3:]])


def test_a_folder_called_like_a_file_is_a_folder(folder: Path) -> None:
    shutil.copytree(folder / "sub", folder / "a.png")
    assert found("scans/a.png") == ["scans/a.png/a.jsonl.gz", "scans/a.png/deep/b.json"]


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("path", ["scans/.folder/empty", "scans/*.tif", "none/**/*.png", "scans/*.txt"])
def test_where_there_is_nothing_to_read_that_is_said(path: str) -> None:
    Path("scans/.folder/empty").mkdir()
    (line,) = found(path)
    assert line.startswith(f"{path}: No image and no drawing ")


@pytest.mark.usefixtures("folder")
def test_names_that_the_system_refuses_are_said_to_be() -> None:
    assert found("x" * 5_000) == ["x" * 5_000]  # whoever reads it says so
    pattern = "*/" + "x" * 300
    assert found(pattern) == [f"{pattern}: The folder cannot be read: File name too long."]
    (line,) = found("scans/**.png")
    assert line.endswith("Write **/ for folders at any depth.")


def test_a_folder_that_cannot_be_opened_is_said_and_the_rest_is_found(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scandir = os.scandir

    def closed(path: Any) -> Any:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert found(folder.name) == [
        *below(ALL[:-1]),
        "scans/sub/deep: The folder cannot be read: Permission denied.",
    ]


def test_pictures_of_readings_are_no_photos_unless_they_are_named(folder: Path) -> None:
    picture = folder / "out" / "page9.png"
    write_picture(picture, Photo(np.zeros((50, 50, 3), np.uint8), 1), reading(row("7")))
    assert found("scans") == found("scans/**/*") == below(ALL)
    assert found(picture) == [str(picture)]
