from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mnist_app.errors import DataError
from mnist_app.learning.data.fonts import glyphs, list_fonts, load_fonts
from mnist_app.runs.folders import cache_dir
from tests.learning.data.conftest import ARCHIVE, FACE


def npm(content: bytes) -> Any:
    def pack(command: list[str], cwd: Path, **_: Any) -> None:
        assert "--ignore-scripts" in command
        assert command[-1] == "@fontsource/some@1.0.0"
        (Path(cwd) / "fontsource-some-1.0.0.tgz").write_bytes(content)

    return pack


def test_training_validation_and_test_share_no_font() -> None:
    names = [{font.name for font in list_fonts(use)} for use in ("training", "validation", "test")]
    assert sum(map(len, names)) == len(set.union(*names))
    assert sum(name.startswith("playwrite-") for name in names[0]) >= 40
    assert all(len(font.sha512) == 128 for font in list_fonts("training"))


def test_fonts_are_fetched_verified_and_kept(one_font: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess, "run", npm(ARCHIVE))
    assert load_fonts("training") == [FACE]
    assert one_font.read_bytes() == ARCHIVE
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("fetched twice"))
    assert load_fonts("training") == [FACE]


def test_another_archive_than_the_published_is_refused(
    one_font: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subprocess, "run", npm(ARCHIVE + b" "))
    with pytest.raises(DataError, match="not the published some"):
        load_fonts("training")
    assert not one_font.exists()


@pytest.mark.usefixtures("one_font")
def test_without_npm_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(*_: Any, **__: Any) -> None:
        raise FileNotFoundError

    monkeypatch.setattr(subprocess, "run", missing)
    with pytest.raises(DataError, match=r"npm is not on the PATH.*MNIST_APP_DATA"):
        load_fonts("training")
    assert not cache_dir().exists()


def test_a_tampered_cache_is_refused(cached: Path) -> None:
    cached.write_bytes(ARCHIVE[:-1])
    with pytest.raises(DataError, match="Delete it and try again"):
        load_fonts("training")


def test_characters_that_a_font_lacks_are_left_out() -> None:
    drawn = dict(glyphs([FACE], "07\U000f0000"))
    assert set(drawn) == {"0", "7"}
    assert all(0 < ink.mean() < 1 and ink.dtype == np.float32 for ink in drawn.values())
