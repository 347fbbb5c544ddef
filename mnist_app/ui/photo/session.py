"""A visitor's photos: kept across pages, read once, and read again where boxes are changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from mnist_app.domain import Box, Photo, Reading
from mnist_app.errors import InputError, NoDigitError
from mnist_app.ink.decode import load_photo
from mnist_app.reading.corrections import Sheet
from mnist_app.reading.reader import Reader

MAX_PHOTOS = 30
MAX_BYTES = 100 * 2**20  # of one visitor's photos; the command line reads folders of any size

Mark = tuple[Box, int | None]  # where a digit is, in the photo's pixels, and what the visitor says it is


@dataclass(frozen=True, eq=False)
class UploadedPhoto:
    """One photo: its file, the model that read it, what was read or why not, and the visitor's marks.

    `marks` is None where the reader's own boxes stand.
    """

    name: str
    content: bytes
    run: str = ""
    reading: Reading | None = None
    error: str = ""
    marks: tuple[Mark, ...] | None = None


@dataclass(frozen=True)
class Opened:
    """A photo's ink with what one model reads from it, or blank and why nothing was read."""

    content: bytes
    run: str
    sheet: Sheet
    error: str = ""


def photos() -> list[UploadedPhoto]:
    """All photos of this visitor, to look at and to change."""
    shots: list[UploadedPhoto] = st.session_state.setdefault("album", [])
    return shots


def put(files: Sequence[tuple[str, bytes]]) -> None:
    """Instead of all photos, keep these (name, content). What was read of the same file stays."""
    known = {shot.content: shot for shot in photos()}
    kept, size = [], 0
    for name, content in files[:MAX_PHOTOS]:
        if size + len(content) <= MAX_BYTES:
            size += len(content)
            kept.append(replace(known.get(content, UploadedPhoto(name, content)), name=name))
    st.session_state["album"] = kept
    st.session_state["left_out"] = len(files) - len(kept)
    st.session_state.pop("pixels", None)
    st.session_state.pop("opened", None)


def left_out() -> int:
    """How many photos were too many."""
    return int(st.session_state.get("left_out", 0))


def read(shot: UploadedPhoto, reader: Reader, run: str) -> None:
    """Read a photo of the album with this model."""
    photos()[photos().index(shot)] = _read(reader, run, shot)


def mark(k: int, marks: Sequence[Mark], reader: Reader) -> None:
    """Read a photo again with the visitor's own boxes."""
    shot = photos()[k]
    reading = _marked(reader, _opened(reader, shot).sheet, marks)
    photos()[k] = replace(shot, marks=tuple(marks), reading=reading, error="")


def unmark(k: int) -> None:
    """Back to the reader's own boxes."""
    photos()[k] = replace(photos()[k], marks=None, run="")


def pixels(shot: UploadedPhoto) -> Photo:
    """The photo itself; some megabytes, so only the last one is kept. Raises ImageError."""
    content, photo = st.session_state.get("pixels", (b"", None))
    if photo is None or content != shot.content:
        photo = load_photo(shot.content)
        st.session_state["pixels"] = shot.content, photo
    return photo


def _opened(reader: Reader, shot: UploadedPhoto) -> Opened:
    """Its ink, of which only the last one is kept as well. Raises InputError where there is none."""
    opened: Opened | None = st.session_state.get("opened")
    if opened is None or (opened.content, opened.run) != (shot.content, shot.run):
        photo = pixels(shot)
        try:
            opened = Opened(shot.content, shot.run, reader.open_sheet(photo))
        except NoDigitError as error:
            opened = Opened(shot.content, shot.run, reader.blank_sheet(photo), str(error))
        st.session_state["opened"] = opened
    return opened


def _read(reader: Reader, run: str, shot: UploadedPhoto) -> UploadedPhoto:
    shot = replace(shot, run=run, reading=None, error="")
    try:
        opened = _opened(reader, shot)
    except InputError as error:
        return replace(shot, error=str(error))
    if shot.marks is not None:
        return replace(shot, reading=_marked(reader, opened.sheet, shot.marks))
    return replace(shot, reading=opened.sheet.reading, error=opened.error)


def _marked(reader: Reader, sheet: Sheet, marks: Sequence[Mark]) -> Reading:
    return reader.read_boxes(sheet, [box for box, _ in marks], [label for _, label in marks])
