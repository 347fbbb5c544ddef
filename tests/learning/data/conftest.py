"""Fixtures that the tests of data sets share."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import matplotlib
import pytest

from mnist_app.learning.data import fonts
from mnist_app.learning.data.fonts import Font

FACE = (Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf").read_bytes()


def archive(face: bytes) -> bytes:
    """A package as npm makes it, with one weight in two forms."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name in ("files/some-latin-400-normal.woff2", "files/some-greek-400-normal.woff2", "LICENSE"):
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(face)
            tar.addfile(member, io.BytesIO(face))
    return content.getvalue()


ARCHIVE = archive(FACE)


@pytest.fixture
def one_font(monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> Path:
    """One font for every use, that has to be fetched. Gives its place in the cache."""
    font = Font("some", "1.0.0", hashlib.sha512(ARCHIVE).hexdigest())
    monkeypatch.setattr(fonts, "list_fonts", lambda _: [font])
    return clean_environment / "mnist-app" / "fonts" / font.archive


@pytest.fixture
def cached(one_font: Path) -> Path:
    """The font, fetched."""
    one_font.parent.mkdir(parents=True)
    one_font.write_bytes(ARCHIVE)
    return one_font
