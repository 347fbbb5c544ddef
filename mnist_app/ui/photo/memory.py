"""The memory that photos take: bounded for all visitors together, shared where it is the same, given back.

A visitor's photos belong to the session, and go with it. What was made of the one that is looked at, tens of
megabytes, can be made again: only the last few visitors keep it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakSet

if TYPE_CHECKING:
    from mnist_app.ui.photo.session import UploadedPhoto

MAX_BYTES = 200 * 2**20  # of all visitors' files
MAX_OPEN_BYTES = 64 * 2**20  # of what was made of all photos that are looked at

_T = TypeVar("_T")


class VisitorPhotos(list["UploadedPhoto"]):
    """A visitor's photos, and what was made of the one that is looked at."""

    __hash__ = object.__hash__  # type: ignore[assignment] # each visitor's are their own

    def __init__(self, session: str = "") -> None:
        super().__init__()
        self.session = session
        self.used = time.monotonic()
        self._made: dict[str, tuple[object, Any, int]] = {}  # key, value and bytes by kind
        with _LOCK:
            _everybody.add(self)

    def made(self, kind: str, key: object, make: Callable[[], _T], size: Callable[[_T], int]) -> _T:
        """Return what is made of the photo with this key, of which only the last one is kept."""
        self.used = time.monotonic()
        known, value, _ = self._made.get(kind, (None, None, 0))
        if known != key:
            value = make()
            self.keep(kind, key, value, size(value))
        return value

    def keep(self, kind: str, key: object, value: object, size: int) -> None:
        """Keep what was made of a photo, and let those who looked at theirs least recently make room."""
        self._made[kind] = (key, value, size)
        self.used = time.monotonic()
        others = sorted(_all(), key=lambda photos: photos.used, reverse=True)
        total = 0
        for photos in others:
            total += photos.open_bytes
            if total > MAX_OPEN_BYTES and photos is not self:
                photos.close()

    def close(self) -> None:
        """Forget what was made; it is made again when it is needed."""
        self._made = {}

    @property
    def open_bytes(self) -> int:
        """The bytes of what was made."""
        return sum(size for _, _, size in list(self._made.values()))


_LOCK = threading.Lock()
_everybody: WeakSet[VisitorPhotos] = WeakSet()


def close_photo(session: str) -> bool:
    """Forget what was made of a session's photo. Returns whether there was something."""
    own = [photos for photos in _all() if photos.session == session and photos.open_bytes]
    for photos in own:
        photos.close()
    return bool(own)


def shared(content: bytes) -> bytes:
    """Return the same bytes, those that another visitor has already if there are some."""
    return next((known for known in _contents() if known == content), content)


def has_room(content: bytes) -> bool:
    """Return whether a file fits."""
    kept = {id(known): len(known) for known in [*_contents(), content]}
    return sum(kept.values()) <= MAX_BYTES


def _contents() -> Iterable[bytes]:
    return (photo.content for photos in _all() for photo in list(photos))


def _all() -> list[VisitorPhotos]:
    with _LOCK:
        return list(_everybody)
