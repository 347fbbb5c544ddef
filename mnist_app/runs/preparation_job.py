"""Image sets in the making: by one process at a time, which every page can watch, start and survive.

That process holds a lock as long as it lives, so that nobody has to believe a file that says "running", and
writes beside the sets what it has made.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from mnist_app.errors import DataError, MnistAppError
from mnist_app.runs import process
from mnist_app.runs.atomic import write_json
from mnist_app.runs.folders import MNIST_FILE, cache_dir
from mnist_app.runs.image_sets import SetStore, unwritable

STATUS_FILE, LOG_FILE, LOCK_FILE = "preparing.json", "preparing.log", "preparing.lock"
PATIENCE = 2.0  # seconds; who asks whether a process is at it holds its lock for a moment
_STARTING = threading.Lock()
_CRASHED = "It ended without a word: it was killed, or the machine stopped."


@dataclass(frozen=True)
class Preparing:
    """How far it has come: a line for each set.

    `missing` says which sets could not be had and why, `failed` why it ended before its end, "" where it did
    not. `was_begun` is False where nobody has ever prepared anything here.
    """

    is_running: bool
    lines: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    failed: str = ""
    was_begun: bool = True


def state() -> Preparing:
    """What is being made at this moment, or was at last."""
    status = _status()
    lines, missing = _texts(status, "lines"), _texts(status, "missing")
    phase = status.get("state")
    if process.is_held(_root() / LOCK_FILE) or (
        phase == "starting" and 0 <= time.time() - _time(status) < process.STARTING
    ):
        return Preparing(True, lines, missing)
    crashed = _CRASHED if phase in ("starting", "running") else ""
    return Preparing(False, lines, missing, crashed or str(status.get("failed", "")), bool(status))


def is_at_hand() -> bool:
    """Whether MNIST may be had without a download: it is named, or in the cache."""
    return bool(os.environ.get("MNIST_APP_DATA")) or (cache_dir() / MNIST_FILE).is_file()


def start(offline: bool) -> None:
    """Start a process that prepares, unless one is at it; `offline`, it downloads nothing.

    It does not end with this process. Raises DataError where it can't be started.
    """
    with _STARTING:  # the first visitors may come at once
        if state().is_running:
            return
        try:
            _root().mkdir(parents=True, exist_ok=True)
            _report({"state": "starting", "at": time.time()})
            log = _root() / LOG_FILE
            log.unlink(missing_ok=True)  # what it said the last time
            process.spawn(["data", "prepare", *["--offline"] * offline], log)
        except OSError as error:
            raise unwritable(error) from error


class Progress:
    """What has been made so far, written beside the sets; a full disk does not stop it here."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def say(self, line: str) -> None:
        """Another set is there."""
        self._lines.append(line)
        self.write("running")

    def end(self, missing: list[str]) -> None:
        """All is there but what is missing."""
        self.write("ended", missing=missing)

    def write(self, phase: str, **more: Any) -> None:
        """Say what there is to say."""
        with suppress(OSError):
            _report({"state": phase, "lines": self._lines, **more})


@contextmanager
def alone() -> Iterator[Progress]:
    """Be the process that prepares. Raises DataError where another is at it, or nothing can be written.

    Whatever is raised inside is written down as the reason why it ended.
    """
    lock = _lock()
    try:
        _root().mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise DataError("The images are being prepared already, by another process.") from None
    except OSError as error:
        raise unwritable(error) from error
    progress = Progress()
    try:
        progress.write("running")
        SetStore().tidy()
        yield progress
    except KeyboardInterrupt:
        progress.write("ended", failed="It was stopped.")
        raise
    except MnistAppError as error:
        progress.write("ended", failed=str(error))
        raise
    except BaseException as error:
        progress.write("ended", failed=f"A bug in this app: {error!r:.200}")
        raise
    finally:
        lock.release()


def _root() -> Path:
    return SetStore().root


def _lock() -> FileLock:
    return FileLock(_root() / LOCK_FILE)


def _report(status: dict[str, Any]) -> None:
    write_json(_root() / STATUS_FILE, status)


def _status() -> dict[str, Any]:
    try:
        raw = json.loads((_root() / STATUS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _texts(status: dict[str, Any], key: str) -> tuple[str, ...]:
    texts = status.get(key)
    return tuple(map(str, texts)) if isinstance(texts, list) else ()


def _time(status: dict[str, Any]) -> float:
    at = status.get("at")
    return float(at) if isinstance(at, int | float) else 0.0
