"""Check that a served model can be run: first in a process of its own, once on each machine.

LiteRT trusts much of what a model says of itself: of mutated ones, one in a thousand ends the process.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

from mnist_app.ink.canonical import SIZE
from mnist_app.reading import model_process
from mnist_app.runs.folders import cache_dir

IMAGES = 16  # an invocation
MAX_SECONDS = 20  # of computing; the largest preset takes a tenth of one
MAX_MEMORY = 2 * 2**30  # bytes of address space
PATIENCE = 120.0  # seconds; a busy machine may take long
PROGRAM = model_process.__file__
_checked: set[str] = set()  # digests of models that this process need not check again


def check_model(model: bytes) -> None:
    """Raise ValueError for a model that fails, crashes, or takes too much time or memory."""
    digest = hashlib.sha256(model).hexdigest()
    mark = cache_dir() / "checked-models" / f"{digest}-{version('ai-edge-litert')}"
    if digest in _checked or _exists(mark):
        return
    limits = map(str, (MAX_SECONDS, MAX_MEMORY, SIZE, IMAGES))
    command = [sys.executable, "-P", "-W", "ignore", PROGRAM, *limits]
    try:
        done = subprocess.run(command, input=model, capture_output=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise ValueError("it takes too long to run") from None
    if done.returncode:
        error = (
            done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].partition(": ")[2]
            or "it cannot be run"
        )
        raise ValueError(
            error if done.returncode > 0 else f"it ends the process that runs it: {-done.returncode}"
        )
    _checked.add(digest)
    with suppress(OSError):  # a read-only cache is no error
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()


def _exists(mark: Path) -> bool:
    try:
        return mark.exists()
    except OSError:  # nobody may look
        return False
