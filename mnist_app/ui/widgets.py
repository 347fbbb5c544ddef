"""Widgets that pages share: the paper with its pens and sample drawings, choices, and pictures."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import streamlit as st

from mnist_app.domain import ByteArray
from mnist_app.runs import DEFAULT_RUN, RunStore
from mnist_app.ui.colours import WHITE

STYLE = Path(__file__).with_name("style.css")
PAPER_SIDE = 300  # pixels, as in the style sheet; fits a 390-pixel phone with its margins
INK = WHITE  # the style sheet shows its difference from the paper
PENS = {"Fine": 8, "Medium": 16, "Broad": 28}  # pixels
_PEN, _MEDIUM = "pen", "Medium"


def picture_url(image: ByteArray) -> str:
    """Return a (H, W) uint8 image as a data URL: a PNG with exactly its values."""
    _, content = cv2.imencode(".png", image)
    return "data:image/png;base64," + base64.b64encode(content.tobytes()).decode("ascii")


def model_picker() -> str:
    """Return the name of the run to read with, the same on every page; DEFAULT_RUN if there are no runs."""
    names = RunStore().models()
    index = names.index(DEFAULT_RUN) if DEFAULT_RUN in names else 0
    help_ = "The trained run that reads"
    chosen = st.selectbox("Model", names, index, key="model", help=help_, persist_state="session")
    return chosen or DEFAULT_RUN


def one_of(label: str, options: Iterable[str], key: str | None = None, **look: Any) -> str:
    """Show a row of options, at first without the label. Returns the chosen one: the first until a click."""
    names = list(options)
    look = {"default": names[0], "label_visibility": "collapsed"} | look
    return st.segmented_control(label, names, key=key, required=True, **look)


def pen_picker() -> None:
    """Show the choice of `pen_width`."""
    st.select_slider("Pen", list(PENS), _MEDIUM, key=_PEN, persist_state="session")


def pen_width() -> int:
    """Return the chosen pen's width in pixels."""
    return PENS[st.session_state.get(_PEN, _MEDIUM)]


class Paper:
    """The drawing surface, and what is on it: the canvas's JSON, kept across pages."""

    def __init__(self) -> None:
        self._state = st.session_state
        self._state.setdefault("paper", {"objects": []})
        self._state.setdefault("paper_sheet", 0)

    @property
    def is_empty(self) -> bool:
        """True if nothing is drawn."""
        return not self._state["paper"]["objects"]

    def show(self, pen: int) -> dict[str, Any]:
        """Show the canvas. Returns its JSON, as untrusted as all that browsers send."""
        from streamlit_drawable_canvas import st_canvas  # only a running app can import it

        key = f"sheet-{self._state['paper_sheet']}"
        if key not in self._state:
            # Only for a new canvas: feeding its own drawing back would reset its undo.
            self._state["paper_start"] = self._state["paper"]
        with st.container(key="paper", width=PAPER_SIDE):
            result = st_canvas(
                stroke_width=pen,
                stroke_color=INK,
                width=PAPER_SIDE,
                height=PAPER_SIDE,
                initial_drawing=self._state["paper_start"],
                key=key,
            )
        objects = result.json_data.get("objects") if isinstance(result.json_data, dict) else None
        if isinstance(objects, list) and all(isinstance(item, dict) for item in objects):
            self._state["paper"] = {"objects": objects}
        return self._state["paper"]

    def undo(self) -> None:
        """Take the last stroke back."""
        self.replace(self._state["paper"]["objects"][:-1])

    def clear(self) -> None:
        """Start on a new sheet."""
        self.replace([])

    def replace(self, objects: list[dict[str, Any]]) -> None:
        """Put another drawing on a new sheet."""
        self._state["paper"] = {"objects": objects}
        self._state["paper_sheet"] += 1


# Sample drawings: pen positions on a 100×100 sheet; the pen runs in smooth curves between them.
_STROKES: dict[int, list[list[tuple[int, int]]]] = {
    0: [[(54, 14), (36, 20), (27, 45), (31, 76), (50, 87), (68, 75), (74, 48), (66, 22), (52, 14)]],
    1: [[(36, 32), (46, 25), (54, 13), (53, 30), (52, 60), (51, 87)]],
    2: [[(29, 32), (36, 17), (54, 13), (67, 24), (64, 42), (47, 64), (29, 85), (44, 84), (74, 85)]],
    3: [[(31, 21), (48, 12), (65, 22), (62, 38), (45, 46), (64, 52), (70, 70), (54, 87), (30, 79)]],
    4: [[(56, 13), (43, 36), (27, 61), (46, 61), (78, 59)], [(62, 38), (61, 62), (58, 88)]],
    5: [
        [(38, 15), (35, 32), (32, 47), (49, 42), (68, 52), (68, 73), (51, 87), (29, 81)],
        [(38, 15), (54, 15), (72, 13)],
    ],
    6: [[(63, 13), (45, 26), (32, 52), (33, 77), (50, 88), (67, 78), (66, 60), (50, 53), (34, 67)]],
    7: [[(27, 17), (46, 17), (74, 14), (62, 40), (50, 64), (42, 89)], [(38, 50), (52, 49), (68, 48)]],
    8: [
        [
            *[(64, 23), (49, 12), (34, 23), (38, 38), (56, 52), (69, 69), (55, 88), (37, 82)],
            *[(33, 65), (46, 50), (62, 36), (65, 23)],
        ]
    ],
    9: [[(66, 30), (52, 14), (34, 24), (34, 42), (50, 50), (64, 38), (67, 22), (66, 52), (61, 88)]],
}


def sample_objects(digit: int, side: int, pen: int, ink: str) -> list[dict[str, Any]]:
    """Return the canvas objects of a digit, 0-9, on a sheet of `side` pixels, with a pen of `pen` pixels."""
    return [
        _path([(x * side / 100, y * side / 100) for x, y in points], pen, ink) for points in _STROKES[digit]
    ]


def _path(points: Sequence[tuple[float, float]], pen: int, ink: str) -> dict[str, Any]:
    """Return a freehand path as the canvas itself makes one: curves from midpoint to midpoint."""
    middles = [((ax + bx) / 2, (ay + by) / 2) for (ax, ay), (bx, by) in pairwise(points)]
    curves = [["Q", *control, *middle] for control, middle in zip(points, middles, strict=False)]
    return {
        "type": "Path",
        "path": [["M", *points[0]], *curves, ["L", *points[-1]]],
        "fill": None,
        "stroke": ink,
        "strokeWidth": pen,
        "strokeLineCap": "round",
        "strokeLineJoin": "round",
    }
