"""A visitor's photos: kept across pages, read once, and read again when boxes are corrected."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnist_app.domain import Box, Photo, Reading
from mnist_app.errors import InputError, NoDigitError
from mnist_app.ink.decode import count_pages, load_photo
from mnist_app.ink.limits import MAX_PAGES
from mnist_app.reading.batch.tasks import page_title
from mnist_app.reading.corrections import Sheet
from mnist_app.reading.reader import Reader
from mnist_app.reading.ways import OnTry, say_nothing
from mnist_app.runs.audit import Event, record
from mnist_app.ui.photo import memory
from mnist_app.ui.photo.memory import VisitorPhotos
from mnist_app.ui.photo.shown import jpeg

MAX_PHOTOS = 30
THUMBNAIL = 200  # pixels of its longer side
MAX_BYTES = 100 * 2**20  # of one visitor's photos; the command line reads folders of any size

_SHEET, _PICTURE = "sheet", "picture"  # what is made of the photo that is looked at: an _OpenPhoto, a JPEG
_READING = threading.BoundedSemaphore(2)  # at a time, of all visitors: one may take 150 MB while it is read
_T = TypeVar("_T")

LabelledBox = tuple[Box, str | None]  # in the photo's pixels, with the digit or sign that it is by a visitor


@dataclass(frozen=True, eq=False)
class UploadedPhoto:
    """One photo: a page of a file, the model that read it, what was read or why not, the visitor's boxes.

    `own` is what the reader read by itself, None if the photo has no ink; `reading` has the visitor's
    corrections, which are None while the reader's own boxes stand. `revision` counts the browser's changes.
    `shape` and `scale` are the decoded photo's, `thumbnail` is a small JPEG, upright as it was read.
    """

    name: str
    content: bytes
    run: str = ""
    own: Reading | None = None
    reading: Reading | None = None
    error: str = ""
    corrections: tuple[LabelledBox, ...] | None = None
    revision: int = 0
    page: int = 1
    pages: int = 1
    shape: tuple[int, ...] = (1, 1)
    scale: float = 1.0
    thumbnail: bytes = b""

    @property
    def title(self) -> str:
        """The file's name, and the page if there are several."""
        return page_title(self.name, self.page, self.pages)

    @property
    def key(self) -> tuple[bytes, int]:
        """Tells it from every other photo, also from those of the same name."""
        return self.content, self.page

    @property
    def refusal(self) -> str:
        """Why nothing was read; empty once there are corrections."""
        return self.error if self.corrections is None else ""


@dataclass(frozen=True)
class _OpenPhoto:
    """A photo's ink with what one model reads from it; `error` says why it reads nothing."""

    sheet: Sheet
    error: str = ""


def photos() -> VisitorPhotos:
    """Return all photos of this visitor, as a list to change."""
    if "photos" not in st.session_state:
        context = get_script_run_ctx(suppress_warning=True)
        st.session_state["photos"] = VisitorPhotos(context.session_id if context else "")
    found: VisitorPhotos = st.session_state["photos"]
    return found


def add_photos(files: Sequence[tuple[str, bytes]]) -> None:
    """Keep these files (name, content) too, each page a photo, and look at the first that is new."""
    kept, keys, contents = photos(), {p.key for p in photos()}, {p.content for p in photos()}
    before, asked, is_counted, is_full = len(kept), 0, True, False
    for name, own_content in files:
        content = memory.shared(own_content)
        pages = count_pages(content)
        is_counted = is_counted and pages <= MAX_PAGES
        every = (UploadedPhoto(name, content, page=page, pages=pages) for page in range(1, pages + 1))
        new = [photo for photo in every if photo.key not in keys]
        asked += len(new)
        size = sum(map(len, contents | {content}))
        is_full |= not memory.has_room(content)
        room = MAX_PHOTOS - len(kept) if size <= MAX_BYTES and not is_full else 0
        kept += new[:room]
        keys |= {photo.key for photo in new}
        contents |= {content} if room else set()
    st.session_state["photos_left_out"] = asked - (len(kept) - before)
    st.session_state["photos_counted"] = is_counted
    st.session_state["photos_full"] = is_full
    if before < len(kept):
        choose(before)
    else:
        wanted = {content for _, content in files}
        choose(next((k for k, photo in enumerate(kept) if photo.content in wanted), chosen()))


def remove(k: int) -> None:
    """Forget photo `k`, and look at the one behind it."""
    del photos()[k]
    st.session_state["photos_left_out"] = 0
    choose(max(0, min(k, len(photos()) - 1)))


def remove_all() -> None:
    """Forget all photos."""
    photos().clear()
    photos().close()
    st.session_state["photos_left_out"] = 0


def chosen() -> int:
    """Return the index of the photo to look at."""
    return min(int(st.session_state.get("photo_chosen", 0)), max(0, len(photos()) - 1))


def choose(k: int) -> None:
    """Look at photo `k`."""
    st.session_state["photo_chosen"] = k


def left_out() -> int:
    """Return how many photos were too many; at least so many, unless `is_counted`."""
    return int(st.session_state.get("photos_left_out", 0))


def is_full() -> bool:
    """Return whether the photos of all visitors left no room for some."""
    return bool(st.session_state.get("photos_full", False))


def is_counted() -> bool:
    """Return False if a document has so many pages that they were not counted."""
    return bool(st.session_state.get("photos_counted", True))


def read(k: int, reader: Reader, run: str, keep: bool = True, on_try: OnTry = say_nothing) -> None:
    """Read photo `k` with a model, and with the visitor's boxes if there are any; `keep` its ink for more."""
    found = photos()
    photo = replace(found[k], run=run, own=None, reading=None, error="", revision=0)
    thumbnail = b""
    try:
        with _READING:
            decoded = pixels(photo)
            thumbnail = jpeg(decoded.pixels, 0, THUMBNAIL)
            opened = _opened(decoded, reader, on_try)
    except InputError as error:
        found[k] = replace(photo, error=str(error), thumbnail=thumbnail)
        record(Event.READING_REFUSED, kind="photo", reason=type(error).__name__)
        return
    own = reading = opened.sheet.reading
    if photo.corrections is not None:
        reading = _read_boxes(reader, opened.sheet, photo.corrections)
    # In one step: a click may end this run wherever it looks at the session's state.
    found[k] = replace(
        photo,
        own=own,
        reading=reading,
        error=opened.error,
        shape=decoded.pixels.shape,
        scale=decoded.scale,
        thumbnail=jpeg(decoded.pixels, own.turned, THUMBNAIL) if own.turned else thumbnail,
    )
    record(Event.READING, kind="photo", digits=len(own.digits), doubtful=len(own.doubtful))
    if keep:
        found.keep(_SHEET, (photo.key, run), opened, _ink_bytes(opened))
        shown = jpeg(decoded.pixels, own.turned)
        found.keep(_PICTURE, (photo.key, run), shown, len(shown))


def correct(k: int, boxes: Sequence[LabelledBox], reader: Reader, revision: int = 0) -> None:
    """Read photo `k` again with the visitor's own boxes, after the browser's `revision`-th change."""
    photo = photos()[k]
    if photo.own and list(boxes) == [(item.box, None) for item in photo.own.items]:
        photos()[k] = replace(photo, corrections=None, reading=photo.own, revision=revision)
        return
    opened = _made(_SHEET, photo, lambda: _opened(pixels(photo), reader), _ink_bytes)
    reading = _read_boxes(reader, opened.sheet, boxes)
    photos()[k] = replace(photo, corrections=tuple(boxes), reading=reading, revision=revision)


def picture(photo: UploadedPhoto) -> bytes:
    """Return the photo as a JPEG, upright as it was read. Raises ImageError."""
    return _made(_PICTURE, photo, lambda: jpeg(pixels(photo).pixels, _turned(photo)), len)


def pixels(photo: UploadedPhoto) -> Photo:
    """Return the photo itself, which has some megabytes. Raises ImageError."""
    return load_photo(photo.content, photo.page)


def _turned(photo: UploadedPhoto) -> int:
    return photo.own.turned if photo.own else 0


def _made(kind: str, photo: UploadedPhoto, make: Callable[[], _T], size: Callable[[_T], int]) -> _T:
    """Return what is made of a photo for a model, of which only the last one is kept."""
    return photos().made(kind, (photo.key, photo.run), make, size)


def _ink_bytes(opened: _OpenPhoto) -> int:
    return opened.sheet.page.ink.nbytes


def _opened(decoded: Photo, reader: Reader, on_try: OnTry = say_nothing) -> _OpenPhoto:
    """Return a photo's ink. Raises InputError if it has none."""
    try:
        return _OpenPhoto(reader.open_sheet(decoded, on_try))
    except NoDigitError as error:
        return _OpenPhoto(reader.blank_sheet(decoded), str(error))


def _read_boxes(reader: Reader, sheet: Sheet, boxes: Sequence[LabelledBox]) -> Reading:
    return reader.read_boxes(sheet, [box for box, _ in boxes], [label for _, label in boxes])
