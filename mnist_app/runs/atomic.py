"""Write and delete files and folders in one step, whoever else reads or writes them at that moment."""

from __future__ import annotations

import os
import secrets
import shutil
import time
from pathlib import Path

DELETED = ".deleted-"  # prefix of a folder that is being deleted
_ABANDONED = 3_600.0  # seconds, after which a half-made or half-deleted folder was left by a killed process


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


def flush(file: Path) -> None:
    """Force a file to the disk: after a power cut, one that was only renamed may be empty. Raises OSError."""
    with file.open("rb") as stream:
        os.fsync(stream.fileno())


def delete_atomically(folder: Path) -> None:
    """Delete a folder, for everybody else in one step, and on a full disk too. Raises OSError."""
    doomed = folder.with_name(f"{DELETED}{secrets.token_hex(8)}")
    folder.rename(doomed)
    shutil.rmtree(doomed, ignore_errors=True)


def delete_abandoned(root: Path, *prefixes: str) -> None:
    """Delete folders with these prefixes that killed processes have left."""
    for prefix in prefixes:
        for folder in root.glob(f"{prefix}*"):
            try:
                is_abandoned = time.time() - folder.stat().st_mtime > _ABANDONED
            except OSError:  # it has just gone
                continue
            if is_abandoned:
                shutil.rmtree(folder, ignore_errors=True)
