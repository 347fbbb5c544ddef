"""Annotated photos of a batch as PNG files, none of them in the place of a file that others have made."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mnist_app.domain import Photo, Reading
from mnist_app.errors import PictureError
from mnist_app.reading.annotate import SOFTWARE, annotated, png

HEAD = 100  # bytes of a PNG that name the program that wrote it


class Pictures:
    """Names for the pictures below one folder, each given once."""

    def __init__(self, folder: Path, inputs: Iterable[Path]) -> None:
        """Make the folder; `inputs` are all files that are read. Raises PictureError if that fails."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PictureError(
                f"Pictures can't be saved in {folder}: {error.strerror}. Choose another folder."
            ) from None
        self._folder = folder
        self._inputs = {identity for file in inputs if (identity := _identity(file))}
        self._given: set[str] = set()

    def place_for(self, name: Path, page: str = "") -> Path:
        """Return a file for the photo `name`, a relative path; -2, -3 … is added if the name is taken.

        What names one page of several is added before.

        Taken are names that were given before, files that are read in this batch, and files that this program
        has not written.
        """
        for number in itertools.count(1):
            stem = f"{name.stem}{page}" if number == 1 else f"{name.stem}{page}-{number}"
            file = self._folder / name.parent / f"{stem}.png"
            identity = _identity(file)
            is_ours = identity is None or (identity not in self._inputs and is_picture(file))
            if is_ours and str(file).casefold() not in self._given:
                break
        self._given.add(str(file).casefold())  # many file systems don't tell A from a
        return file


def is_picture(file: Path) -> bool:
    """Return True if it is a picture that this program has written."""
    try:
        if not file.is_file():  # a pipe could keep us waiting
            return False
        with file.open("rb") as stream:
            return f"Software\0{SOFTWARE}".encode() in stream.read(HEAD)
    except OSError:
        return False


def write_picture(file: Path, photo: Photo, reading: Reading) -> None:
    """Draw a reading on its photo and write it, whole or not at all. Raises PictureError."""
    content = png(annotated(photo, reading))
    unfinished = file.with_name(f".{file.name}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise PictureError(f"It was read, but {file} can't be written: {error.strerror}.") from None


def _identity(file: Path) -> tuple[int, int] | None:
    """Return the same value for every name of a file, None if there is no file."""
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
