"""A visitor's photos: kept across pages, read once, and read again when boxes are corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from mnist_app.domain import Box, Photo, Reading
from mnist_app.errors import InputError, NoDigitError
from mnist_app.ink.decode import count_pages, load_photo
from mnist_app.ink.limits import MAX_PAGES
from mnist_app.reading.batch.tasks import page_title
from mnist_app.reading.corrections import Sheet
from mnist_app.reading.reader import Reader

MAX_PHOTOS = 30
MAX_BYTES = 100 * 2**20  # of one visitor's photos; the command line reads folders of any size

LabelledBox = tuple[Box, int | None]  # in the photo's pixels, with the digit that the visitor says it is


@dataclass(frozen=True, eq=False)
class UploadedPhoto:
    """One photo: a page of a file, the model that read it, what was read or why not, the visitor's boxes.

    `corrections` is None while the reader's own boxes stand.
    """

    name: str
    content: bytes
    run: str = ""
    reading: Reading | None = None
    error: str = ""
    corrections: tuple[LabelledBox, ...] | None = None
    page: int = 1
    pages: int = 1

    @property
    def title(self) -> str:
        """The file's name, and the page if there are several."""
        return page_title(self.name, self.page, self.pages)

    @property
    def key(self) -> tuple[bytes, int]:
        """Tells it from every other photo, also from those of the same name."""
        return self.content, self.page

    @property
    def boxes(self) -> list[LabelledBox]:
        """Every box with its label, in reading order."""
        return [(digit.box, digit.label) for digit in (self.reading.digits if self.reading else ())]


@dataclass(frozen=True)
class _OpenPhoto:
    """A photo's ink with what one model reads from it; `error` says why it reads nothing."""

    key: tuple[bytes, int]
    run: str
    sheet: Sheet
    error: str = ""


def photos() -> list[UploadedPhoto]:
    """Return all photos of this visitor, as a list to change."""
    found: list[UploadedPhoto] = st.session_state.setdefault("photos", [])
    return found


def replace_photos(files: Sequence[tuple[str, bytes]]) -> None:
    """Keep these files (name, content) and no others, each page a photo. Readings that are there stay."""
    known = {photo.key: photo for photo in photos()}
    kept: list[UploadedPhoto] = []
    size, total, is_counted = 0, 0, True
    for name, content in files:
        before = known.get((content, 1))
        pages = before.pages if before else count_pages(content)
        total, is_counted = total + pages, is_counted and pages <= MAX_PAGES
        room = min(pages, MAX_PHOTOS - len(kept)) if size + len(content) <= MAX_BYTES else 0
        size += len(content) if room else 0
        every = (UploadedPhoto(name, content, page=page, pages=pages) for page in range(1, room + 1))
        kept += [replace(known.get(photo.key, photo), name=name) for photo in every]
    st.session_state["photos"] = kept
    st.session_state["photos_left_out"] = total - len(kept)
    st.session_state["photos_counted"] = is_counted
    st.session_state.pop("photo_pixels", None)
    st.session_state.pop("photo_open", None)


def left_out() -> int:
    """Return how many photos were too many; at least so many, unless `is_counted`."""
    return int(st.session_state.get("photos_left_out", 0))


def is_counted() -> bool:
    """Return False if a document has so many pages that they were not counted."""
    return bool(st.session_state.get("photos_counted", True))


def read(k: int, reader: Reader, run: str) -> None:
    """Read photo `k` with a model, with the visitor's boxes if there are any."""
    photo = replace(photos()[k], run=run, reading=None, error="")
    try:
        opened = _open(reader, photo)
    except InputError as error:
        photos()[k] = replace(photo, error=str(error))
        return
    if photo.corrections is not None:
        photos()[k] = replace(photo, reading=_read_boxes(reader, opened.sheet, photo.corrections))
    else:
        photos()[k] = replace(photo, reading=opened.sheet.reading, error=opened.error)


def correct(k: int, boxes: Sequence[LabelledBox], reader: Reader) -> None:
    """Read photo `k` again with the visitor's own boxes."""
    photo = photos()[k]
    reading = _read_boxes(reader, _open(reader, photo).sheet, boxes)
    photos()[k] = replace(photo, corrections=tuple(boxes), reading=reading, error="")


def undo_corrections(k: int) -> None:
    """Go back to the reader's own boxes."""
    photos()[k] = replace(photos()[k], corrections=None, run="")


def pixels(photo: UploadedPhoto) -> Photo:
    """Return the photo itself. It has some megabytes, so only the last one is kept. Raises ImageError."""
    key, decoded = st.session_state.get("photo_pixels", (None, None))
    if decoded is None or key != photo.key:
        decoded = load_photo(photo.content, photo.page)
        st.session_state["photo_pixels"] = photo.key, decoded
    return decoded


def _open(reader: Reader, photo: UploadedPhoto) -> _OpenPhoto:
    """Return its ink, of which only the last one is kept as well. Raises InputError if it has none."""
    opened: _OpenPhoto | None = st.session_state.get("photo_open")
    if opened is None or (opened.key, opened.run) != (photo.key, photo.run):
        decoded = pixels(photo)
        try:
            opened = _OpenPhoto(photo.key, photo.run, reader.open_sheet(decoded))
        except NoDigitError as error:
            opened = _OpenPhoto(photo.key, photo.run, reader.blank_sheet(decoded), str(error))
        st.session_state["photo_open"] = opened
    return opened


def _read_boxes(reader: Reader, sheet: Sheet, boxes: Sequence[LabelledBox]) -> Reading:
    return reader.read_boxes(sheet, [box for box, _ in boxes], [label for _, label in boxes])
