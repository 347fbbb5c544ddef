"""Commands of this app as processes that outlive the one that starts them: a log, and a lock while they live.

Nobody has to believe a file that says "running": who holds the lock is alive.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from filelock import lock_descriptor

STARTING = 20.0  # seconds that a process has to take its lock; it imports Python's libraries before
_LOOKS, _BETWEEN = 3, 0.002  # at a lock, and seconds between them: who else looks holds it for microseconds
_TAIL = 16_384  # bytes of a log that are enough for its last lines
# What TensorFlow and LiteRT say whatever they are told.
_CHATTER = re.compile(r"[IW]\d{4} \d\d:\d\d:|WARNING: All log messages before absl|INFO: Created TensorFlow")
_REWRITTEN = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[^\n]*\r(?!\n)|\x08")  # colours, and a line's earlier states


def spawn(arguments: list[str], log: Path, **environment: str) -> None:
    """Start a command of this app, with these environment variables, that does not end with this process.

    What it says is added to its log. Raises OSError.
    """
    package = Path(__file__).resolve().parents[1]
    for name in ("MNIST_APP_DATA", "XDG_CACHE_HOME"):
        if place := os.environ.get(name):
            environment[name] = str(Path(place).resolve())  # it is started in another folder
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", package.name, *arguments],  # -u: lines are there once they are said
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=package.parent,
            env={**os.environ, **environment},
            start_new_session=True,  # a Ctrl-C for the server is none for it
        )
    # Somebody has to ask how it ended, or it stays in the table of processes.
    threading.Thread(target=process.wait, name=f"process {process.pid}", daemon=True).start()


def is_held(lock: Path) -> bool:
    """Whether a process holds this lock file. Nothing is made to find out, as its folder may be gone."""
    with suppress(OSError), lock.open("rb") as file:
        for _ in range(_LOOKS):
            if lock_descriptor(file.fileno(), blocking=False):
                return False
            time.sleep(_BETWEEN)
        return True
    return False


def last_lines(log: Path, lines: int) -> list[str]:
    """The last lines of a log; one that was written anew again and again counts as its last state."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            text = _REWRITTEN.sub("", file.read().decode("utf-8", "replace"))
    except OSError:
        return []
    said = [line for line in text.splitlines() if line.strip() and not _CHATTER.match(line)]
    return said[-lines:]
