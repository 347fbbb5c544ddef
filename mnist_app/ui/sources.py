"""Where photos come from, files, the camera or the samples, and which of them is looked at."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from mnist_app.ink.decode import FORMATS, SUFFIXES
from mnist_app.reading.reader import Reader
from mnist_app.ui import album

_HEIC = (".heic", ".heif")  # without them in the list, phones send JPEG instead
_TYPES = [suffix for suffix in SUFFIXES if suffix not in _HEIC or "HEIC" in FORMATS]
_SAMPLES = Path(__file__).parent / "samples"
_FILES, _CAMERA = "Files", "Camera"


def show() -> None:
    """The choice of a source, and its widget."""
    source = st.segmented_control(
        "From", [_FILES, _CAMERA], default=_FILES, required=True, label_visibility="collapsed", key="source"
    )
    if source == _CAMERA:
        st.camera_input("Take a photo of your numbers", key="snapshot", on_change=_taken, resolution="1080p")
        return
    st.file_uploader(
        "Photos of handwritten numbers", _TYPES, accept_multiple_files=True, key=_key(), on_change=_dropped
    )
    if album.photos():
        st.button("Remove photos", on_click=_remove, icon=":material/delete:")


def invite() -> None:
    """The sample photos, for those who have none at hand."""
    st.caption("Or try a sample")
    files = sorted(_SAMPLES.glob("*.jpg"))
    for column, file in zip(st.columns(len(files)), files, strict=True):
        title = file.stem.split("-", 1)[1].replace("-", " ").capitalize()
        column.image(str(file), alt=f"Sample: {title}", width="stretch")
        column.button(title, on_click=_try, args=(file,), key=f"sample-{file.stem}", width="stretch")


def _try(file: Path) -> None:
    album.put([(file.name, file.read_bytes())])


def _key() -> str:
    """The uploader's, another one after each removal: it can't be emptied in any other way."""
    return f"uploads-{st.session_state.get('removals', 0)}"


def _remove() -> None:
    st.session_state["removals"] = st.session_state.get("removals", 0) + 1
    album.put([])


def _dropped() -> None:
    album.put([(file.name, file.getvalue()) for file in st.session_state[_key()]])


def _taken() -> None:
    picture = st.session_state["snapshot"]
    if picture:
        album.put([("camera.jpg", picture.getvalue())])


def read_waiting(reader: Reader, model: str) -> None:
    """Read what is new, with a bar where there is something to wait for."""
    waiting = [shot for shot in album.photos() if shot.run != model]
    if more := album.left_out():
        most = f"{album.MOST_PHOTOS} photos and {album.MOST_BYTES // 2**20} MB at most"
        many = "1 photo was" if more == 1 else f"{more} photos were"
        st.warning(f"{many} left out: {most}. The command line reads whole folders.")
    if waiting:
        bar = st.progress(0.0)
        for k, shot in enumerate(waiting):
            bar.progress(k / len(waiting), f"Reading {shot.name} …")
            album.read(shot, reader, model)
        bar.empty()


def chosen() -> int:
    """The index of the photo that is looked at."""
    shots = album.photos()
    if len(shots) == 1:
        return 0
    names = [f"{shot.name}: {_summary(shot)}" for shot in shots]
    return st.selectbox("Photo", range(len(shots)), format_func=lambda k: names[k]) or 0


def _summary(shot: album.Shot) -> str:
    if shot.error or shot.reading is None:
        return "not read"
    count = len(shot.reading.digits)
    return "1 digit" if count == 1 else f"{count} digits"
