"""Results out: CSV, JSON and the photo with its frames, each made when it is asked for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from mnist_app.errors import InputError
from mnist_app.ink.decode import load_photo
from mnist_app.reading.annotate import annotated, png
from mnist_app.reading.batch.tasks import Outcome, outcome_to_csv, outcome_to_json
from mnist_app.reading.formats import CSV_HEADER, to_csv
from mnist_app.ui.photo import session
from mnist_app.ui.widgets import download


def show(photo: session.UploadedPhoto) -> None:
    """Show three buttons; CSV and JSON have all photos that were added together."""
    photos = session.photos()
    stem = Path(photo.name).stem or "photo"
    whole = stem if len({each.content for each in photos}) == 1 else "photos"
    page = f"-page-{photo.page}" if photo.pages > 1 else ""
    with st.container(horizontal=True, gap="small", key="downloads"):
        download("CSV", lambda: csv_of(photos), f"{whole}.csv", "text/csv")
        download("JSON", lambda: json_of(photos), f"{whole}.json", "application/json")
        download("PNG", lambda: png_of(photo), f"{stem}{page}-read.png", "image/png")


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
