"""Stroke by stroke: the drawing replayed, with what the model would have said at each moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from mnist_app.domain import DIGITS, Drawing
from mnist_app.explaining.replay import Moment, replay, turning_points
from mnist_app.ui import resources
from mnist_app.ui.why.subject import Subject
from mnist_app.ui.words import percent

PEN = 0.08  # of the drawing's longer side, as it is shown
_FOLDER = Path(__file__).parent
_ROWS = "".join(f'<tr><th scope="row">{d}</th><td><i></i></td><td></td></tr>' for d in DIGITS)
_component = st.components.v2.component(
    "drawing_replay",
    html='<div class="replay"><svg role="img" aria-label="The drawing so far"></svg>'
    f'<table><tbody>{_ROWS}</tbody></table></div><div class="controls"><button type="button">Play</button>'
    '<input type="range" min="0" step="1" aria-label="Moment of the drawing"></div><p></p>',
    css=(_FOLDER / "replay.css").read_text(),
    js=(_FOLDER / "replay.js").read_text(),
)


def show(subject: Subject) -> None:
    """Show the drawing with a slider over the pen's way."""
    if subject.drawing is None:
        return
    moments = replay(subject.drawing, resources.reader(subject.model).classifier)
    show_moments(subject.drawing, moments, turns(moments), key="why-replay")
    st.caption("The model was asked at each moment as if the drawing had ended there.")


def turns(moments: Sequence[Moment]) -> dict[int, str]:
    """Return the moments at which the answer changes, by their index, in words."""
    return {k: _turn(moments[k]) for k in turning_points(moments)}


def show_moments(
    drawing: Drawing, moments: Sequence[Moment], turns: Mapping[int, str], key: str, plays: bool = False
) -> None:
    """Show moments of a drawing with the ten probabilities, if they have any; it may begin to play."""
    points = np.concatenate(drawing.strokes)
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    pen = PEN * float(extent.max())
    view = [*(low - pen), *(extent + 2 * pen)]
    data = {
        "view": " ".join(f"{value:.1f}" for value in view),
        "pen": round(pen, 1),
        "moments": [
            {
                "strokes": [" ".join(f"{x:.1f},{y:.1f}" for x, y in s) for s in moment.drawing.strokes],
                "shares": None
                if moment.probabilities is None
                else [round(float(p), 3) for p in moment.probabilities],
            }
            for moment in moments
        ],
        "turns": [{"at": k, "text": text} for k, text in turns.items()],
        "plays": plays,
    }
    _component(key=key, data=data)


def _turn(moment: Moment) -> str:
    answer = "" if moment.probabilities is None else int(moment.probabilities.argmax())
    return f"{answer} from {percent(moment.share, 0)}"
