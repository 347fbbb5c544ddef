"""Files to read, from names of files, folders and patterns such as scans/**/*.jpg."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from mnist_app.errors import InputError
from mnist_app.ink.decode import SUFFIXES
from mnist_app.reading.batch.pictures import is_picture
from mnist_app.reading.batch.tasks import Outcome, is_drawing

MAGIC = frozenset("*?[")  # make a pattern of a name, unless a file is called so


@dataclass(frozen=True)
class Source:
    """A file to read, and its path below the folder that was named, or its name if it was named itself."""

    file: Path
    name: Path


def find_sources(paths: Iterable[Path]) -> Iterator[Source | Outcome]:
    """Return every file that was named, or is in a named folder or pattern, in natural order and once.

    A named file is tried, whatever it is called. Of folders and patterns all images and drawings are taken,
    at any depth, except hidden ones, links to folders, and pictures that `--annotate` wrote. An Outcome says
    if there is nothing to read.
    """
    seen = set()
    for path in paths:
        for item in _found(path):
            identity = _identity(item.file)
            if identity not in seen:
                seen.add(identity)
                yield item


def _found(path: Path) -> Iterator[Source | Outcome]:
    mode = _mode(path)
    if mode is not None and stat.S_ISDIR(mode):
        yield from _or_error(_walk(path, path), path, "is in this folder")
    elif mode is None and any(MAGIC & set(part) for part in path.parts):
        yield from _or_error(_matching(path), path, "matches this pattern")
    else:  # also if there is no such file: reading it gives the error
        yield Source(path, Path(path.name))


def _or_error(items: Iterator[Source | Outcome], path: Path, where: str) -> Iterator[Source | Outcome]:
    """Pass items on, or an error if there is none."""
    found = False
    for item in items:
        found = True
        yield item
    if not found:
        yield _error(path, f"No image and no drawing {where}. Name another.")


def _walk(folder: Path, root: Path) -> Iterator[Source | Outcome]:
    """Return everything readable below a folder, its own files first."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        try:
            with os.scandir(here) as entries:
                visible = [entry for entry in entries if not entry.name.startswith(".")]
        except OSError as error:
            yield _error(here, f"The folder cannot be read: {error.strerror}.")
            continue
        visible.sort(key=lambda entry: _natural(entry.name))
        files = (here / entry.name for entry in visible)
        yield from (Source(file, file.relative_to(root)) for file in files if _is_readable(file))
        folders = [here / entry.name for entry in visible if entry.is_dir(follow_symlinks=False)]
        waiting += reversed(folders)


def _matching(pattern: Path) -> Iterator[Source | Outcome]:
    """Return the readable files that match, and those below the folders that match."""
    first = next(k for k, part in enumerate(pattern.parts) if MAGIC & set(part))
    root, rest = Path(*pattern.parts[:first]), Path(*pattern.parts[first:])
    if ".." in rest.parts:  # the matches could lie anywhere, and their pictures as well
        yield _error(pattern, "There is .. behind a wildcard. Name the folder that it leads to.")
        return
    try:
        # Not glob.glob, which follows links to folders, round and round.
        matches = sorted(root.glob(str(rest)), key=_by_folder)
    except ValueError as error:
        yield _error(pattern, f"{error}. Write **/ for folders at any depth.")
        return
    except OSError as error:
        yield _error(pattern, f"The folder cannot be read: {error.strerror}.")
        return
    for match in matches:
        name = match.relative_to(root)
        if _is_hidden(name) and not _is_hidden(rest):
            continue
        if _is_readable(match):
            yield Source(match, name)
        elif stat.S_ISDIR(_mode(match) or 0) and not match.is_symlink():
            yield from _walk(match, root)


def _is_readable(file: Path) -> bool:
    """Return True if a file's name is an image's or a drawing's; a pipe could keep us waiting."""
    mode = _mode(file)
    known = file.name.lower().endswith(SUFFIXES) or is_drawing(file)
    return known and (mode is None or stat.S_ISREG(mode)) and not is_picture(file)


def _is_hidden(name: Path) -> bool:
    return any(part.startswith(".") for part in name.parts)


def _natural(name: str) -> list[tuple[str, int]]:
    """Return a key that sorts page 9 before page 10, in either case; the name decides between equals."""
    parts = re.findall(r"(\D*)(\d*)", name.casefold())
    return [(text, int(number or 0)) for text, number in parts] + [(name, 0)]


def _by_folder(match: Path) -> list[tuple[bool, list[tuple[str, int]]]]:
    """Return a key that sorts a folder's own files before those below it, as `_walk` does."""
    folders = len(match.parts) - (0 if match.is_dir() else 1)
    return [(k < folders, _natural(part)) for k, part in enumerate(match.parts)]


def _mode(path: Path) -> int | None:
    """Return the mode of a file or folder, None if there is nothing or it can't be examined."""
    try:
        return path.stat().st_mode
    except (OSError, ValueError):
        return None


def _identity(file: Path) -> object:
    """Return the same value for every way to write a file's name; links are files of their own."""
    try:
        folder = file.parent.stat()
    except (OSError, ValueError):
        return file
    return folder.st_dev, folder.st_ino, file.name


def _error(path: Path, message: str) -> Outcome:
    return Outcome(path, None, None, InputError(message))
