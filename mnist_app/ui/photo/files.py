"""Photos in: files, the camera and samples."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from mnist_app.ink.decode import FORMATS, SUFFIXES
from mnist_app.ui import address
from mnist_app.ui.photo import session
from mnist_app.ui.prediction_view import show_hint
from mnist_app.ui.widgets import one_of
from mnist_app.ui.words import counted

SAMPLES = Path(__file__).parent / "samples"
_HEIC = (".heic", ".heif")  # without them in the list, phones send JPEG instead
_TYPES = [suffix for suffix in SUFFIXES if suffix not in _HEIC or "HEIC" in FORMATS]
_CAMERA = "Camera"
_SAMPLE_WIDTH = 168  # pixels
_PHONE_CAMERA = st.components.v2.component(
    "phone_camera", js=(Path(__file__).parent / "phone_camera.js").read_text()
)


def show_source() -> None:
    """Show the choice of a source, and its widget; above them an invitation if there are no photos yet."""
    if not session.photos():
        show_hint("Show a photo of handwritten numbers.")
    is_camera = one_of("From", ["Files", _CAMERA], "source") == _CAMERA
    if is_camera and address.is_secure():
        st.camera_input("Take a photo of your numbers", key="snapshot", on_change=_take, resolution="1080p")
        return
    with st.container(key="photo-files" if not is_camera else "phone-camera"):
        st.file_uploader(
            "Photos of handwritten numbers",
            _TYPES,
            accept_multiple_files=True,
            key=_key(),
            on_change=_upload,
            label_visibility="collapsed",
        )
    if is_camera:
        _PHONE_CAMERA(key="phone-camera-input")
        st.caption(
            "On a phone, this button opens its own camera. A camera within the page needs https, or the "
            "machine that the app runs on."
        )
    if "HEIC" not in FORMATS:
        st.caption("HEIC photos: save them as JPEG, or run `pip install pillow-heif` where this app runs.")
    if len(session.photos()) > 1:
        st.button("Remove all photos", on_click=session.remove_all, icon=":material/delete:")


def show_samples() -> None:
    """Show the sample photos, four in a row, on a phone two; the picture is the button."""
    st.caption("Or try a sample")
    with st.container(horizontal=True, key="photo-samples"):
        for file in sorted(SAMPLES.glob("*.jpg")):
            title = file.stem.split("-", 1)[1].replace("-", " ").capitalize()
            with st.container(width=_SAMPLE_WIDTH, key=f"photo-card-{file.stem}"):
                st.image(str(file), alt="", width="stretch")
                st.button(title, on_click=_try, args=(file,), key=f"sample-{file.stem}", width="stretch")


def _key() -> str:
    """Return the uploader's key, another one after each upload: it can't be emptied in any other way."""
    return f"uploads-{st.session_state.get('uploads', 0)}"


def _try(file: Path) -> None:
    session.remove_all()
    session.add_photos([(file.name, file.read_bytes())])
    st.session_state["is_sample"] = True


def _upload() -> None:
    """Take over what the uploader has; the thumbnails are the list, so it starts empty again."""
    files = st.session_state[_key()]
    _add([(file.name, file.getvalue()) for file in files])
    st.session_state["uploads"] = st.session_state.get("uploads", 0) + 1
    context = get_script_run_ctx()
    assert context is not None
    manager = context.uploaded_file_mgr
    assert isinstance(manager, MemoryUploadedFileManager)
    for file in files:  # or Streamlit keeps them, too, until the session ends
        manager.remove_file(context.session_id, file.file_id)


def _take() -> None:
    picture = st.session_state["snapshot"]
    if picture:
        _add([("camera.jpg", picture.getvalue())])


def _add(files: list[tuple[str, bytes]]) -> None:
    """Add to the photos that are there already, unless that is a sample."""
    if st.session_state.pop("is_sample", False):
        session.remove_all()
    session.add_photos(files)


def say_left_out() -> None:
    """Say how many photos were too many."""
    if more := session.left_out():
        verb = "was" if more == 1 else "were"
        least = "" if session.is_counted() else "At least "
        gone = f"{least}{counted(more, 'photo')} {verb} left out"
        limits = f"{session.MAX_PHOTOS} photos or pages and {session.MAX_BYTES // 2**20} MB at most"
        full = "the photos of all visitors fill the server. Try again in some minutes"
        st.warning(f"{gone}: {full if session.is_full() else limits}. The command line reads whole folders.")
