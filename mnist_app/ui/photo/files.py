"""Photos in and results out: files, camera and samples; CSV, JSON and the photo with its frames."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from mnist_app.errors import InputError
from mnist_app.ink.decode import FORMATS, SUFFIXES, load_photo
from mnist_app.reading.annotate import annotated, png
from mnist_app.reading.batch.tasks import Outcome, outcome_to_csv, outcome_to_json
from mnist_app.reading.formats import CSV_HEADER, to_csv
from mnist_app.ui.photo import session
from mnist_app.ui.prediction_view import show_hint
from mnist_app.ui.widgets import one_of
from mnist_app.ui.words import counted

SAMPLES = Path(__file__).parent / "samples"
_HEIC = (".heic", ".heif")  # without them in the list, phones send JPEG instead
_TYPES = [suffix for suffix in SUFFIXES if suffix not in _HEIC or "HEIC" in FORMATS]
_CAMERA = "Camera"
_SAMPLE_WIDTH = 160  # pixels


def show_source() -> None:
    """Show the choice of a source, and its widget; above them an invitation if there are no photos yet."""
    if not session.photos():
        show_hint("Show a photo of handwritten numbers.")
    if one_of("From", ["Files", _CAMERA], "source") == _CAMERA:
        st.camera_input("Take a photo of your numbers", key="snapshot", on_change=_take, resolution="1080p")
        return
    uploaded = st.file_uploader(
        "Photos of handwritten numbers",
        _TYPES,
        accept_multiple_files=True,
        key=_key(),
        on_change=_upload,
        label_visibility="collapsed",
    )
    if "HEIC" not in FORMATS:
        st.caption("HEIC photos: save them as JPEG, or run `pip install pillow-heif` where this app runs.")
    if not uploaded:
        st.session_state["uploader_files"] = []
    if session.photos():
        st.button("Remove all photos", on_click=_remove, icon=":material/delete:")


def show_samples() -> None:
    """Show the sample photos, four in a row, on a phone two."""
    st.caption("Or try a sample")
    with st.container(horizontal=True, key="photo-samples"):
        for file in sorted(SAMPLES.glob("*.jpg")):
            title = file.stem.split("-", 1)[1].replace("-", " ").capitalize()
            with st.container(width=_SAMPLE_WIDTH):
                st.image(str(file), alt=f"Sample: {title}", width="stretch")
                st.button(title, on_click=_try, args=(file,), key=f"sample-{file.stem}", width="stretch")


def _key() -> str:
    """Return the uploader's key, another one after each removal: it can't be emptied in any other way."""
    return f"uploads-{st.session_state.get('removals', 0)}"


def _remove() -> None:
    st.session_state["removals"] = st.session_state.get("removals", 0) + 1
    session.replace_photos([])


def _try(file: Path) -> None:
    session.replace_photos([(file.name, file.read_bytes())])
    st.session_state["is_sample"] = True


def _upload() -> None:
    """Keep what the uploader lists now, and what it has forgotten since the page was left."""
    files = [(file.name, file.getvalue()) for file in st.session_state[_key()]]
    _add(files, instead_of=st.session_state.get("uploader_files", []))
    st.session_state["uploader_files"] = [content for _, content in files]


def _take() -> None:
    picture = st.session_state["snapshot"]
    if picture:
        _add([("camera.jpg", picture.getvalue())])


def _add(files: Sequence[tuple[str, bytes]], instead_of: Sequence[bytes] = ()) -> None:
    """Add to the photos that are there already, unless that is a sample."""
    photos = [] if st.session_state.pop("is_sample", False) else session.photos()
    gone = {*instead_of, *(content for _, content in files)}
    others = dict.fromkeys((p.name, p.content) for p in photos if p.content not in gone)  # once for all pages
    session.replace_photos([*others, *files])


def say_left_out() -> None:
    """Say how many photos were too many."""
    if more := session.left_out():
        verb = "was" if more == 1 else "were"
        least = "" if session.is_counted() else "At least "
        limits = f"{session.MAX_PHOTOS} photos or pages and {session.MAX_BYTES // 2**20} MB at most"
        gone = f"{least}{counted(more, 'photo')} {verb} left out"
        st.warning(f"{gone}: {limits}. The command line reads whole folders.")


def pick_photo() -> int:
    """Return the index of the photo to look at."""
    photos = session.photos()
    if len(photos) == 1:
        return 0
    # Titles alone: what was read may change, and a list with other texts would begin at its first again.
    names = [f"{k}. {photo.title}" for k, photo in enumerate(photos, 1)]
    key = f"photo-{hash(tuple(names))}"
    chosen = st.selectbox(
        "Photo", range(len(photos)), format_func=names.__getitem__, key=key, persist_state="session"
    )
    return chosen or 0


def show_downloads(photo: session.UploadedPhoto) -> None:
    """Show three buttons; CSV and JSON have all photos that were added together."""
    photos = session.photos()
    stem = Path(photo.name).stem or "photo"
    whole = stem if len({each.content for each in photos}) == 1 else "photos"
    page = f"-page-{photo.page}" if photo.pages > 1 else ""
    with st.container(horizontal=True, gap="small"):
        _download("CSV", lambda: csv_of(photos), f"{whole}.csv", "text/csv")
        _download("JSON", lambda: json_of(photos), f"{whole}.json", "application/json")
        _download("PNG", lambda: png_of(photo), f"{stem}{page}-read.png", "image/png")


def _download(label: str, make: Callable[[], bytes], name: str, mime: str) -> None:
    # Made when it is asked for: a large photo's PNG takes a tenth of a second.
    icon, key = ":material/download:", f"download-{label}"
    st.download_button(label, make, name, mime, on_click="ignore", icon=icon, key=key)


def csv_of(photos: Sequence[session.UploadedPhoto]) -> bytes:
    """Return a line for each number of each photo, and one for each photo that could not be read."""
    rows = [row for photo in photos for row in outcome_to_csv(_outcome(photo))]
    return to_csv([CSV_HEADER, *rows]).encode("utf-8-sig")  # Excel takes it for Latin-1 without the mark


def json_of(photos: Sequence[session.UploadedPhoto]) -> bytes:
    """Return a list with an object for each photo, as `read --json` prints them."""
    return json.dumps([outcome_to_json(_outcome(photo)) for photo in photos], indent=1).encode()


def png_of(photo: session.UploadedPhoto) -> bytes:
    """Return the photo with a frame around each digit."""
    assert photo.reading is not None
    return png(annotated(load_photo(photo.content, photo.page), photo.reading))


def _outcome(photo: session.UploadedPhoto) -> Outcome:
    error = InputError(photo.refusal) if photo.refusal else None
    reading = None if error else photo.reading
    return Outcome(Path(photo.name), None, reading, error, page=photo.page, pages=photo.pages)
