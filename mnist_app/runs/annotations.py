"""Annotations of a run: a note and tags, beside the files that its training wrote.

They are unpinned, so that they can change, and anybody may have written the files: what is read from them is
cut to what may be written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from mnist_app.errors import RunError
from mnist_app.runs.files import MAX_NOTE, NOTE_FILE

TAGS_FILE = "tags.txt"  # a tag a line
MAX_TAGS = 12
MAX_TAG = 32  # characters
_TAG = re.compile(rf"\w[\w.+-]{{0,{MAX_TAG - 1}}}")
_MAX_BYTES = MAX_TAGS * (4 * MAX_TAG + 2)


def read_note(folder: Path) -> str:
    """Return the note in a run's folder; empty without one."""
    try:
        with (folder / NOTE_FILE).open(encoding="utf-8", errors="replace") as file:
            return file.read(MAX_NOTE)
    except OSError:  # most runs have none
        return ""


def read_tags(folder: Path) -> tuple[str, ...]:
    """Return the tags in a run's folder; what can't be one is left out."""
    try:
        with (folder / TAGS_FILE).open("rb") as file:
            return parse_tags(file.read(_MAX_BYTES))
    except OSError:
        return ()


def parse_tags(content: bytes) -> tuple[str, ...]:
    """Return the tags of a file's content; what can't be one is left out."""
    words = dict.fromkeys(content.decode("utf-8", "replace").split())
    return tuple(word for word in words if _TAG.fullmatch(word))[:MAX_TAGS]


def encode_tags(tags: Iterable[str]) -> bytes:
    """Return the content of a file of tags."""
    return "".join(f"{tag}\n" for tag in tags).encode()


def checked_tags(words: Iterable[str]) -> tuple[str, ...]:
    """Return tags in lower case, each once. Raises RunError for what can't be a tag, or too many."""
    tags = tuple(dict.fromkeys(word.strip().lower() for word in words if word.strip()))
    for tag in tags:
        if not _TAG.fullmatch(tag):
            raise RunError(
                f"{tag!r:.80} is no tag: use letters, digits, '.', '_', '+' and '-', at most {MAX_TAG}."
            )
    if len(tags) > MAX_TAGS:
        raise RunError(f"A run has at most {MAX_TAGS} tags, these are {len(tags)}.")
    return tags
