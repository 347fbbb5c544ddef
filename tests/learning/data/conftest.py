"""Fixtures and helpers that the tests of data sets share."""

from __future__ import annotations

import hashlib
import io
import tarfile
import urllib.error
import urllib.request
import zipfile
from collections.abc import Mapping
from pathlib import Path

import matplotlib
import pytest

from mnist_app.learning.data import fonts
from mnist_app.learning.data.fonts import Font

FACE = (Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf").read_bytes()


def packed(files: Mapping[str, bytes]) -> bytes:
    """A .tgz with these files."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return content.getvalue()


def archive(face: bytes) -> bytes:
    """A package as npm makes it, with one weight in two forms."""
    names = ("files/some-latin-400-normal.woff2", "files/some-greek-400-normal.woff2", "LICENSE")
    return packed({f"package/{name}": face for name in names})


def unipen_archive(files: Mapping[str, str]) -> bytes:
    """UNIPEN's archive, with these files."""
    folder = "unipen/CDROM/train_r01_v07"
    return packed({f"{folder}/{name}": text.encode("latin-1") for name, text in files.items()})


def zipped(files: Mapping[str, bytes]) -> bytes:
    """A .zip with these files."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in files.items():
            file.writestr(name, data)
    return content.getvalue()


def compressed(content: bytes) -> bytes:
    """A little content as Unix's `compress` packs it (.Z): LZW in codes of nine bits."""
    codes, known, found = [], {bytes([k]): k for k in range(256)}, b""
    for k in range(len(content)):
        longer = found + content[k : k + 1]
        if longer not in known:
            codes.append(known[found])
            known[longer] = len(known) + 1  # 256 would begin anew
            longer = content[k : k + 1]
        found = longer
    codes.append(known[found])
    assert len(codes) < 255, "codes of ten bits would follow"
    bits = sum(code << 9 * k for k, code in enumerate(codes))
    return b"\x1f\x9d\x90" + bits.to_bytes((9 * len(codes) + 7) // 8, "little")


ARCHIVE = archive(FACE)


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch, clean_environment: Path) -> dict[str, bytes]:
    """What can be downloaded, once each, by URL; no data set is anywhere else."""
    assert not clean_environment.exists()
    contents: dict[str, bytes] = {}

    def urlopen(url: str, timeout: float) -> io.BytesIO:
        assert timeout > 0
        if url not in contents:
            raise urllib.error.URLError("no route")
        return io.BytesIO(contents.pop(url))

    monkeypatch.setattr(urllib.request, "urlopen", urlopen)
    return contents


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
