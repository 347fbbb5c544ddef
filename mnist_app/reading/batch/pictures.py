"""Where the annotated photos of a batch go: one PNG each, and never over a file that is somebody else's."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from mnist_app.domain import Photo, Reading
from mnist_app.errors import MnistAppError
from mnist_app.reading.annotate import SOFTWARE, annotated, png

HEAD = 100  # bytes of a PNG that say whose it is


class Pictures:
    """Names for the pictures below one folder, each given once."""

    def __init__(self, folder: Path, inputs: Iterable[Path]) -> None:
        """Make the folder; `inputs` are all files that are read. Raises MnistAppError where that fails."""
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise MnistAppError(
                f"Pictures can't be saved in {folder}: {error.strerror}. Choose another folder."
            ) from None
        self._folder = folder
        self._inputs = {identity for file in inputs if (identity := _identity(file))}
        self._given: set[str] = set()

    def place_for(self, name: Path) -> Path:
        """A file for the photo `name`, a relative path: as it, or with -2, -3 … where that is taken.

        Taken is what was given before, what is read in this batch, and what this program hasn't written.
        """
        stems = (name.stem if n == 1 else f"{name.stem}-{n}" for n in itertools.count(1))
        files = (self._folder / name.parent / f"{stem}.png" for stem in stems)
        file = next(file for file in files if self._is_free(file))
        self._given.add(str(file).casefold())  # many file systems don't tell A from a
        return file

    def _is_free(self, file: Path) -> bool:
        if str(file).casefold() in self._given:
            return False
        identity = _identity(file)
        return identity is None or (identity not in self._inputs and is_picture(file))


def is_picture(file: Path) -> bool:
    """Whether it is a picture that this program has written."""
    try:
        if not file.is_file():  # a pipe could keep us waiting
            return False
        with file.open("rb") as stream:
            return f"Software\0{SOFTWARE}".encode() in stream.read(HEAD)
    except OSError:
        return False


def write_picture(file: Path, photo: Photo, reading: Reading) -> None:
    """Draw what was read on the photo and write it, whole or not at all. Raises MnistAppError."""
    content = png(annotated(photo, reading))
    unfinished = file.with_name(f".{file.name}.tmp")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise MnistAppError(f"It was read, but {file} can't be written: {error.strerror}.") from None


def _identity(file: Path) -> tuple[int, int] | None:
    """The same for every name of a file, None where there is none."""
    try:
        facts = file.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
