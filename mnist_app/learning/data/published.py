"""Published data sets: nothing but what their authors published is ever used or cached."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from mnist_app.errors import DataError
from mnist_app.learning.data.downloads import read_uncompressed, save
from mnist_app.runs.folders import cache_dir

T = TypeVar("T")


@dataclass(frozen=True)
class Published(Generic[T]):
    """A published data set, as a T.

    `title` names it to people; `sha256` is what `digest` gives for it. `parsers` maps the names of the files
    that may hold it to functions of their uncompressed content. The first is the one in the cache, which
    `encode` writes. `fetch` gets the data set from its publisher. It and the parsers raise DataError or
    ValueError if they meet something else.
    """

    title: str
    sha256: str
    parsers: Mapping[str, Callable[[bytes], T]]
    digest: Callable[[T], str]
    encode: Callable[[T], bytes]
    fetch: Callable[[], T]

    def load(self, path: Path | str | None = None) -> T:
        """Return the data set from `path`, else from MNIST_APP_DATA, the local cache or its publisher.

        `path` and MNIST_APP_DATA name one of its files, or a folder that may have one. Raises DataError, at
        once if a file with one of these names is not the published one.
        """
        named = [Path(place) for place in (path, os.environ.get("MNIST_APP_DATA")) if place]
        cached = cache_dir() / next(iter(self.parsers))
        for file in [*(file for place in named for file in self._files(place)), cached]:
            if file.name in self.parsers and file.is_file():
                return self._read(file)
        try:
            content = self._verified(self.fetch())
        except (DataError, ValueError) as error:
            names = " or ".join(self.parsers)
            remedy = f"Put {names} in a folder and name it with MNIST_APP_DATA."
            raise DataError(f"The {self.title} could not be had: {error}. {remedy}") from None
        save(self.encode(content), cached)
        return content

    def _files(self, place: Path) -> list[Path]:
        return [place, *(place / name for name in self.parsers)]

    def _read(self, file: Path) -> T:
        content = read_uncompressed(file)
        try:
            return self._verified(self.parsers[file.name](content))
        except (DataError, ValueError) as error:
            raise DataError(f"{file}: {error}. Get the file again.") from None

    def _verified(self, content: T) -> T:
        found = self.digest(content)
        if found != self.sha256:
            raise DataError(f"not the published {self.title}: the digest starts with {found[:12]}")
        return content
