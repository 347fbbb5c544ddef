"""A link with a drawing, as it is opened: the drawing comes onto the paper, and is replayed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import streamlit as st

from mnist_app.domain import Drawing, Reading
from mnist_app.errors import DrawingError, NoDigitError
from mnist_app.explaining.replay import MOMENTS, Moment, replay, until
from mnist_app.ink.drawing import plain_strokes
from mnist_app.ink.drawing_link import decode_drawing
from mnist_app.reading.reader import Reader
from mnist_app.ui.address import DRAWING
from mnist_app.ui.paper.paper import Paper
from mnist_app.ui.why.replay import show_moments, turns

_REPLAY = "share_replay"  # in the session: the drawing of a link waits to be replayed


def put_on(paper: Paper) -> None:
    """Put the drawing of the visitor's link on the paper, once, and take it out of the address.

    So a reload shows what has been drawn since, which the browser keeps.
    """
    if not paper.is_found or DRAWING not in st.query_params:
        return
    try:
        paper.put_strokes(plain_strokes(decode_drawing(st.query_params.pop(DRAWING))))
    except DrawingError as error:
        st.toast(str(error), icon=":material/link_off:", duration="long")
    else:
        st.session_state[_REPLAY] = True


def replay_once(paper: Paper, reading: Reading, reader: Reader) -> None:
    """Replay the drawing if it has just come by a link."""
    if st.session_state.pop(_REPLAY, False):
        _show(paper.drawing, reading, reader)


@st.dialog("Shared with you", width="medium")
def _show(drawing: Drawing, reading: Reading, reader: Reader) -> None:
    if len(reading.digits) == 1 and not reading.signs:
        moments = replay(drawing, reader.classifier)
        answers = turns(moments)
    else:
        shares = [k / MOMENTS for k in range(1, MOMENTS + 1)]
        moments = [Moment(share, until(drawing, share), None, None) for share in shares]
        answers = _answers(moments, reader)
    show_moments(drawing, moments, answers, key="share-replay", plays=True)


def _answers(moments: Sequence[Moment], reader: Reader) -> dict[int, str]:
    """Return what is read at the moments at which that changes, by their index."""
    found: dict[int, str] = {}
    for k, moment in enumerate(moments):
        with suppress(NoDigitError):
            text = ", ".join(reader.read_drawing(moment.drawing, number=True).written)
            if text not in list(found.values())[-1:]:
                found[k] = text
    return found
