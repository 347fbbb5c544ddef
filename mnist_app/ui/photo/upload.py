"""Where photos come from, files, the camera or the samples, and which of them is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from mnist_app.ink.decode import FORMATS, SUFFIXES
from mnist_app.reading.reader import Reader
from mnist_app.ui.photo import session

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
    title = "Photos of handwritten numbers"
    if not st.file_uploader(title, _TYPES, accept_multiple_files=True, key=_key(), on_change=_dropped):
        st.session_state["listed"] = []
    if session.photos():
        st.button("Remove all photos", on_click=_remove, icon=":material/delete:")


def invite() -> None:
    """The sample photos, for those who have none at hand."""
    st.caption("Or try a sample")
    files = sorted(_SAMPLES.glob("*.jpg"))
    for column, file in zip(st.columns(len(files)), files, strict=True):
        title = file.stem.split("-", 1)[1].replace("-", " ").capitalize()
        column.image(str(file), alt=f"Sample: {title}", width="stretch")
        column.button(title, on_click=_try, args=(file,), key=f"sample-{file.stem}", width="stretch")


def _key() -> str:
    """The uploader's, another one after each removal: it can't be emptied in any other way."""
    return f"uploads-{st.session_state.get('removals', 0)}"


def _remove() -> None:
    st.session_state["removals"] = st.session_state.get("removals", 0) + 1
    session.put([])


def _try(file: Path) -> None:
    session.put([(file.name, file.read_bytes())])
    st.session_state["is_sample"] = True


def _dropped() -> None:
    """Keep what the uploader lists now, and what it has forgotten since the page was left."""
    files = [(file.name, file.getvalue()) for file in st.session_state[_key()]]
    _add(files, instead_of=st.session_state.get("listed", []))
    st.session_state["listed"] = [content for _, content in files]


def _taken() -> None:
    picture = st.session_state["snapshot"]
    if picture:
        _add([("camera.jpg", picture.getvalue())])


def _add(files: Sequence[tuple[str, bytes]], instead_of: Sequence[bytes] = ()) -> None:
    """To the photos that are there already, but for samples, which nobody wants to keep."""
    shots = [] if st.session_state.pop("is_sample", False) else session.photos()
    gone = {*instead_of, *(content for _, content in files)}
    session.put([*((shot.name, shot.content) for shot in shots if shot.content not in gone), *files])


def read_waiting(reader: Reader, model: str) -> None:
    """Read what is new, with a bar where there is something to wait for."""
    waiting = [shot for shot in session.photos() if shot.run != model]
    if more := session.left_out():
        most = f"{session.MAX_PHOTOS} photos and {session.MAX_BYTES // 2**20} MB at most"
        many = "1 photo was" if more == 1 else f"{more} photos were"
        st.warning(f"{many} left out: {most}. The command line reads whole folders.")
    if waiting:
        bar = st.progress(0.0)
        for k, shot in enumerate(waiting):
            bar.progress(k / len(waiting), f"Reading {shot.name} …")
            session.read(shot, reader, model)
        bar.empty()


def chosen() -> int:
    """The index of the photo that is looked at."""
    shots = session.photos()
    if len(shots) == 1:
        return 0
    # Names alone: what was read may change, and a list with other texts would begin at its first again.
    names = [f"{k}. {shot.name}" for k, shot in enumerate(shots, 1)]
    key = f"photo-{hash(tuple(names))}"
    return (
        st.selectbox(
            "Photo", range(len(shots)), format_func=names.__getitem__, key=key, persist_state="session"
        )
        or 0
    )
