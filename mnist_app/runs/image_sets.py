"""Image sets on this machine, to look at: those that are trained on, and those that runs are scored on.

They are made from the data sets, never shipped, and kept in the cache under their digest, so that the
prediction for image k is shown with the very image k. Images are mapped from the disk: a look at one costs
a page of it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import numpy as np

from mnist_app.domain import DIGITS, ByteArray, ImageSet, Split
from mnist_app.errors import DataError
from mnist_app.runs.atomic import delete_abandoned, write_atomically
from mnist_app.runs.decoding import decode_json, read_npy
from mnist_app.runs.folders import cache_dir

COMMAND = "python -m mnist_app data prepare"
_IMAGES, _LABELS, _MEANS, _ABOUT = "images.npy", "labels.npy", "means.npy", "set.json"
_CLASSES = len(DIGITS) + 1  # and NOT_A_DIGIT
_DRAFT = ".draft-"

Use = Literal["test", "training", "validation", "varied"]


class SetFile(msgspec.Struct, frozen=True):
    """A set.json: what `ImageSet` has beside its arrays, and when it was written, in ns since 1970."""

    name: str
    use: Use
    digest: str
    written: int
    group: Annotated[int, msgspec.Meta(ge=1)] = 1
    whole: Annotated[int, msgspec.Meta(ge=0)] = 0
    title: str = ""
    origin: str = ""
    order: int = 0


class SetStore:
    """The image sets in one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = cache_dir() / "sets" if root is None else root

    def write(
        self,
        name: str,
        use: Use,
        split: Split,
        group: int = 1,
        whole: int = 0,
        title: str = "",
        origin: str = "",
        order: int = 0,
    ) -> str:
        """Keep a set, and replace it if it is damaged; the arguments are those of `ImageSet`. Returns its
        digest.

        Raises OSError if it cannot be written; nothing of it is left then.
        """
        digest = split.digest
        about = SetFile(name, use, digest, time.time_ns(), group, whole, title, origin, order)
        content = msgspec.json.format(msgspec.json.encode(about)) + b"\n"
        if self._is_whole(digest):
            with suppress(OSError):  # a read-only cache is no error
                write_atomically(self._folder(digest) / _ABOUT, content)
            return digest
        with self._draft() as draft:
            np.save(draft / _IMAGES, split.images)
            np.save(draft / _LABELS, split.labels)
            np.save(draft / _MEANS, _means(split))
            write_atomically(draft / _ABOUT, content)
            _put(draft, self._folder(digest))
        return digest

    def open(self, digest: str) -> ImageSet:
        """Return the set with this digest, verified. Raises DataError if it is not here, or damaged."""
        folder = self._folder(digest)
        try:
            about = decode_json((folder / _ABOUT).read_bytes(), SetFile)
            images = read_npy(folder / _IMAGES, mapped=True)
            labels, means = read_npy(folder / _LABELS), read_npy(folder / _MEANS)
            return _checked(about, digest, Split(images, labels), means)
        except FileNotFoundError:
            if folder.exists():
                raise _damaged(folder, "a file of it is missing") from None
            raise DataError(f"These images are not on this machine. `{COMMAND}` makes them.") from None
        except (OSError, ValueError) as error:
            raise _damaged(folder, f"{error!s:.60}") from None

    def has(self, digest: str) -> bool:
        """Return True if the set with this digest is here."""
        return self._folder(digest).exists()

    def newest(self, use: Use) -> dict[str, str]:
        """Return the digests of all sets for one use, by name; of several with one name the newest."""
        return {about.name: about.digest for about in self.listed(use)}

    def listed(self, use: Use) -> list[SetFile]:
        """Return the descriptions of all sets for one use, as lists show them; of one name the newest."""
        abouts = sorted((about for about in self._abouts() if about.use == use), key=lambda a: a.written)
        newest = {about.name: about for about in abouts}
        return sorted(newest.values(), key=lambda about: (about.order, about.name))

    def _abouts(self) -> Iterator[SetFile]:
        """Descriptions of the sets, in no order; `open` says what is wrong with those that can't be read."""
        for file in self.root.glob(f"*/{_ABOUT}"):
            with suppress(OSError, ValueError):
                if not file.parent.name.startswith("."):
                    yield decode_json(file.read_bytes(), SetFile)

    def delete_abandoned(self) -> None:
        """Delete what killed processes left half done, and the job files of earlier versions."""
        delete_abandoned(self.root, _DRAFT)
        for file in self.root.glob("preparing.*"):
            file.unlink(missing_ok=True)

    def _folder(self, digest: str) -> Path:
        return self.root / "".join(c for c in digest if c in "0123456789abcdef")[:32]

    def _is_whole(self, digest: str) -> bool:
        try:
            self.open(digest)
        except DataError:
            return False
        return True

    @contextmanager
    def _draft(self) -> Iterator[Path]:
        self.root.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=_DRAFT, dir=self.root))
        try:
            draft.chmod(0o755)
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)


def _put(draft: Path, folder: Path) -> None:
    if folder.exists():  # damaged, or another process was faster
        shutil.rmtree(folder, ignore_errors=True)
    try:
        draft.rename(folder)
    except OSError:
        if not folder.exists():
            raise


def _checked(about: SetFile, digest: str, split: Split, means: ByteArray) -> ImageSet:
    """Return the set if it is what was written. Raises ValueError."""
    if split.images.shape != (len(split), 28, 28) or split.labels.ndim != 1:
        raise ValueError(f"its images are {split.images.shape}, its labels {split.labels.shape}")
    if not split.images.dtype == split.labels.dtype == means.dtype == np.uint8:
        raise ValueError("its numbers are no bytes")
    if means.shape != (_CLASSES, 28, 28):
        raise ValueError(f"its means are {means.shape}")
    if len(split) % about.group:
        raise ValueError(f"{_ABOUT} does not belong to it")
    if about.digest != digest or split.digest != digest:  # 5 ms for 10,000 images
        raise ValueError("its images are not those that were kept")
    return ImageSet(
        about.name,
        about.use,
        digest,
        split,
        means,
        about.group,
        about.whole,
        about.title,
        about.origin,
        about.order,
    )


def _damaged(folder: Path, why: str) -> DataError:
    return DataError(f"{folder} is damaged ({why}). `{COMMAND}` makes it anew.")


def unwritable(error: OSError) -> DataError:
    """Return the error for a cache that cannot be written."""
    return DataError(
        f"{SetStore().root} cannot be written ({error.strerror}). Make room, or name another cache with "
        "XDG_CACHE_HOME."
    )


def _means(split: Split) -> ByteArray:
    """Return (11, 28, 28): the mean image of each class, black for a class without images."""
    means = np.zeros((_CLASSES, *split.images.shape[1:]))
    for label in np.unique(split.labels):
        means[label] = split.images[split.labels == label].mean(axis=0)
    return means.round().astype(np.uint8)
