"""What was read as files: CSV, JSON and the photo with its frames; of one photo, or of all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import streamlit as st

from mnist_app.domain import ByteArray
from mnist_app.errors import InputError
from mnist_app.reading.annotate import png
from mnist_app.reading.batch.tasks import Outcome, outcome_to_csv, outcome_to_json
from mnist_app.reading.formats import CSV_HEADER, to_csv
from mnist_app.ui.photo import session


def show(shot: session.UploadedPhoto, picture: ByteArray) -> None:
    """Three buttons; CSV and JSON have all photos that were dropped together."""
    shots = session.photos()
    stem = Path(shot.name).stem or "photo"
    whole = stem if len(shots) == 1 else "photos"
    with st.container(horizontal=True, gap="small"):
        _button("CSV", lambda: csv_of(shots), f"{whole}.csv", "text/csv")
        _button("JSON", lambda: json_of(shots), f"{whole}.json", "application/json")
        _button("PNG", lambda: png(picture), f"{stem}-read.png", "image/png")


def _button(label: str, make: Callable[[], bytes], name: str, kind: str) -> None:
    # Made when it is asked for: a large photo's PNG takes a tenth of a second.
    st.download_button(
        label, make, name, kind, on_click="ignore", icon=":material/download:", key=f"download-{label}"
    )


def csv_of(shots: Sequence[session.UploadedPhoto]) -> bytes:
    """A line for each number of each photo, and one for each photo that could not be read."""
    rows = [row for shot in shots for row in outcome_to_csv(_outcome(shot))]
    return to_csv([CSV_HEADER, *rows]).encode("utf-8-sig")  # Excel takes it for Latin-1 without the mark


def json_of(shots: Sequence[session.UploadedPhoto]) -> bytes:
    """A list with an object for each photo, as `read --json` prints them."""
    return json.dumps([outcome_to_json(_outcome(shot)) for shot in shots], indent=1).encode()


def _outcome(shot: session.UploadedPhoto) -> Outcome:
    error = InputError(shot.error) if shot.error else None
    return Outcome(Path(shot.name), None, None if error else shot.reading, error)
