"""Image sets on this machine, for looking at: what is trained on, and what runs are scored on.

They are made from the data sets, never shipped, and kept in the cache under their digest, so that what a run
said of image k is said of the very image k. Images are mapped from the disk: any of them costs a page.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import itemgetter
from pathlib import Path
from typing import Any

import numpy as np

from mnist_app.domain import DIGITS, ByteArray, ImageSet, Split
from mnist_app.errors import DataError
from mnist_app.runs.atomic import tidy, write_json
from mnist_app.runs.folders import cache_dir

USES = ("test", "training", "validation", "varied")
COMMAND = "python -m mnist_app data prepare"
_IMAGES, _LABELS, _MEANS, _ABOUT = "images.npy", "labels.npy", "means.npy", "set.json"
_CLASSES = len(DIGITS) + 1  # and what is no digit
_DRAFT = ".draft-"
_KEYS = {"name", "use", "digest", "written"}


class SetStore:
    """The image sets in one folder."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = cache_dir() / "sets" if root is None else root

    def write(
        self,
        name: str,
        use: str,
        split: Split,
        group: int = 1,
        whole: int = 0,
        title: str = "",
        origin: str = "",
        order: int = 0,
    ) -> str:
        """Keep a set, anew where it is damaged; what `ImageSet` has. Returns its digest.

        Raises OSError where it cannot be written; nothing of it is left then.
        """
        digest = split.digest
        about = {
            "name": name,
            "use": use,
            "digest": digest,
            "group": group,
            "whole": whole,
            "title": title,
            "origin": origin,
            "order": order,
            "written": time.time_ns(),
        }
        if self._is_whole(digest):
            with suppress(OSError):  # a read-only cache is no error
                write_json(self._folder(digest) / _ABOUT, about)
            return digest
        with self._draft() as draft:
            np.save(draft / _IMAGES, split.images)
            np.save(draft / _LABELS, split.labels)
            np.save(draft / _MEANS, _means(split))
            write_json(draft / _ABOUT, about)
            _put(draft, self._folder(digest))
        return digest

    def open(self, digest: str) -> ImageSet:
        """The set with this digest, verified. Raises DataError where it is not here, or damaged."""
        folder = self._folder(digest)
        try:
            about = json.loads((folder / _ABOUT).read_text(encoding="utf-8"))
            images = np.load(folder / _IMAGES, mmap_mode="r", allow_pickle=False)
            labels = np.load(folder / _LABELS, allow_pickle=False)
            means = np.load(folder / _MEANS, allow_pickle=False)
            return _checked(about, digest, Split(images, labels), means)
        except FileNotFoundError:
            if folder.exists():
                raise _damaged(folder, "a file of it is missing") from None
            raise DataError(f"These images are not on this machine. `{COMMAND}` makes them.") from None
        except (OSError, EOFError, ValueError, TypeError, KeyError) as error:
            raise _damaged(folder, f"{error!s:.60}") from None

    def has(self, digest: str) -> bool:
        """Whether the set with this digest is here."""
        return self._folder(digest).exists()

    def newest(self, use: str) -> dict[str, str]:
        """The digests of all sets for one use, by name; of several with one name the newest."""
        found: dict[str, str] = {}
        for _, about in sorted(((about["written"], about) for about in self._abouts()), key=itemgetter(0)):
            if about["use"] == use:
                found[str(about["name"])] = str(about["digest"])
        return found

    def _abouts(self) -> Iterator[dict[str, Any]]:
        """What the sets say of themselves, in no order; `open` says what is wrong with the others."""
        for file in self.root.glob(f"*/{_ABOUT}"):
            with suppress(OSError, ValueError):
                about = json.loads(file.read_text(encoding="utf-8"))
                if not file.parent.name.startswith(".") and isinstance(about, dict) and set(about) >= _KEYS:
                    yield about

    def tidy(self) -> None:
        """Delete what killed processes left half done."""
        tidy(self.root, _DRAFT)

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


def _checked(about: Any, digest: str, split: Split, means: ByteArray) -> ImageSet:
    """Raises ValueError, TypeError or KeyError where it is not what was written."""
    group, whole = int(about["group"]), int(about["whole"])
    if split.images.shape != (len(split), 28, 28) or split.labels.ndim != 1:
        raise ValueError(f"its images are {split.images.shape}, its labels {split.labels.shape}")
    if not split.images.dtype == split.labels.dtype == means.dtype == np.uint8:
        raise ValueError("its numbers are no bytes")
    if means.shape != (_CLASSES, 28, 28):
        raise ValueError(f"its means are {means.shape}")
    if about["use"] not in USES or group < 1 or len(split) % group or whole < 0:
        raise ValueError(f"{_ABOUT} does not belong to it")
    if about["digest"] != digest or split.digest != digest:  # 5 ms for 10,000 images
        raise ValueError("its images are not those that were kept")
    texts = str(about.get("title", "")), str(about.get("origin", ""))
    order = int(about.get("order", 0))
    return ImageSet(str(about["name"]), about["use"], digest, split, means, group, whole, *texts, order)


def _damaged(folder: Path, why: str) -> DataError:
    return DataError(f"{folder} is damaged ({why}). `{COMMAND}` makes it anew.")


def unwritable(error: OSError) -> DataError:
    """What to say where the sets cannot be written."""
    return DataError(
        f"{SetStore().root} cannot be written ({error.strerror}). Make room, or name another cache with "
        "XDG_CACHE_HOME."
    )


def _means(split: Split) -> ByteArray:
    """(11, 28, 28): the mean image of each digit, and of what is none; black where there is none of it."""
    means = np.zeros((_CLASSES, *split.images.shape[1:]))
    for label in np.unique(split.labels):
        means[label] = split.images[split.labels == label].mean(axis=0)
    return means.round().astype(np.uint8)
