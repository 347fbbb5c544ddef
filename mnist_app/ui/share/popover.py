"""“Share”: a link to the drawing, its picture, and its reading as JSON."""

from __future__ import annotations

import json
from pathlib import Path

import streamlit as st

from mnist_app.domain import Drawing, Reading
from mnist_app.errors import DrawingError, InputError
from mnist_app.ink.drawing import plain_strokes
from mnist_app.ink.drawing_link import encode_drawing
from mnist_app.reading.annotate import png
from mnist_app.reading.formats import reading_to_json
from mnist_app.reading.reader import Reader
from mnist_app.ui.address import drawing_url
from mnist_app.ui.paper.paper import Paper
from mnist_app.ui.share import opened
from mnist_app.ui.share.card import card
from mnist_app.ui.widgets import CLIPBOARD, download

_FOLDER = Path(__file__).parent
_copy_link = st.components.v2.component(
    "copy_link",
    html='<button type="button"><span aria-live="polite">Copy link</span></button>',
    css=(_FOLDER / "copy_link.css").read_text(),
    js=f"{CLIPBOARD}\n{(_FOLDER / 'copy_link.js').read_text()}",
)


def show(paper: Paper, reading: Reading, reader: Reader, is_number: bool | None) -> None:
    """Show a button that opens what a drawing can be shared as; one that has just come by a link is replayed.

    What is behind the button is made when it is open.
    """
    opened.replay_once(paper, reading, reader)
    popover = st.popover("Share", icon=":material/share:", key="share", on_change="rerun")
    if not popover.open:
        return
    drawing = paper.drawing
    with popover:
        try:
            text = encode_drawing(drawing, lambda other: _reads_same(other, reading, reader, is_number))
            _copy_link(key="share-link", data={"link": drawing_url(text)}, height="content")
            st.caption("The drawing is in the link itself. Nothing is stored.")
        except DrawingError as error:
            st.info(str(error))
        with st.container(horizontal=True, gap="small"):
            download("Picture", lambda: png(card(drawing, reading)), "drawing.png", "image/png")
            download("JSON", lambda: to_json(drawing, reading), "drawing.json", "application/json")


def to_json(drawing: Drawing, reading: Reading) -> bytes:
    """Return a reading as `read --json` prints it, with the strokes, so that `read` can read it again."""
    return json.dumps({**reading_to_json(reading), "strokes": plain_strokes(drawing)}).encode()


def _reads_same(drawing: Drawing, reading: Reading, reader: Reader, is_number: bool | None) -> bool:
    """Return whether a drawing gets the same answer, in words."""
    try:
        other = reader.read_drawing(drawing, is_number)
    except InputError:
        return False
    certainties = [[digit.certainty for digit in each.digits] for each in (reading, other)]
    return reading.written == other.written and certainties[0] == certainties[1]
