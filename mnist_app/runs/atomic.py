"""Files that are there whole or not at all, whoever else writes or reads them at this moment."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import time
from pathlib import Path
from typing import Any

DELETED = ".deleted-"  # what a folder is called that is being deleted
_ABANDONED = 3_600.0  # seconds, after which what was to be made or deleted is what a killed process left


def write_atomically(file: Path, content: bytes) -> None:
    """Write a file whole or not at all. Raises OSError."""
    # A name of its own: threads of one process may write the same file.
    unfinished = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    try:
        unfinished.write_bytes(content)
        flush(unfinished)
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def write_json(file: Path, value: Any) -> None:
    """Write a value as JSON for people, whole or not at all. Raises OSError."""
    write_atomically(file, (json.dumps(value, indent=2) + "\n").encode())


def flush(file: Path) -> None:
    """Force a file to the disk: after a power cut, one that was only renamed may be empty. Raises OSError."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def delete_atomically(folder: Path) -> None:
    """Delete a folder, for everybody else in one step, and on a full disk too. Raises OSError."""
    grave = folder.with_name(f"{DELETED}{secrets.token_hex(8)}")
    folder.rename(grave)
    shutil.rmtree(grave, ignore_errors=True)


def tidy(root: Path, *prefixes: str) -> None:
    """Delete folders with these prefixes that killed processes have left."""
    for prefix in prefixes:
        for folder in root.glob(f"{prefix}*"):
            try:
                is_abandoned = time.time() - folder.stat().st_mtime > _ABANDONED
            except OSError:  # it has just gone
                continue
            if is_abandoned:
                shutil.rmtree(folder, ignore_errors=True)
