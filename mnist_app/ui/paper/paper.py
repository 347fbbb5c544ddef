"""The paper, and what is on it.

The companion in the browser knows every point of every stroke, and sends them. Where it cannot find the
canvas, what the canvas itself sends after each stroke is what is on the paper.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import streamlit as st

from mnist_app.domain import Drawing, Reading
from mnist_app.ink.drawing import parse_drawing
from mnist_app.reading.reader import Reader
from mnist_app.reading.recall import Recall
from mnist_app.ui.colours import WHITE
from mnist_app.ui.paper import companion
from mnist_app.ui.paper.pace import PACE
from mnist_app.ui.paper.samples import sample_objects, sample_strokes

SIDE = 300  # units of a stroke's coordinates, however large the paper is shown
CANVAS_SIDE = 1200  # the canvas's own pixels, as in the style sheet; enough for 600 pixels on a phone
INK = WHITE  # the style sheet shows its difference from the paper
_SCALE = CANVAS_SIDE / SIDE


class Paper:
    """The drawing on the paper, kept across pages: the companion's strokes, or the canvas's objects.

    The Draw page's has no name. One with a name, such as "quiz-", with which its keys begin, knows nothing of
    that, and has neither samples nor drawings to go back to.
    """

    def __init__(self, pen: int, name: str = "") -> None:
        self.pen = pen  # its width in units
        self.name = name
        self._companion, self._link = companion.keys(name)
        self._state = st.session_state.setdefault(f"{name}paper", {}) if name else st.session_state
        self._state.setdefault("paper", {"objects": []})
        self._state.setdefault("paper_sheet", 0)
        self._state.setdefault("paper_found", False)
        if companion.received(self._companion, "found") is True:
            self._state["paper_found"] = True  # on other pages the component forgets
        self._state.setdefault("paper_number", 0)  # of the companion's drawing on it
        self._state.setdefault("paper_put", None)  # what the companion should draw
        self._state.setdefault("paper_recall", None)  # what the model said of the drawing before

    @property
    def is_empty(self) -> bool:
        """True if nothing is drawn."""
        paper = self._state["paper"]
        return not paper.get("strokes") and not paper.get("objects")

    @property
    def is_found(self) -> bool:
        """True if the companion has found the canvas, so that its strokes count."""
        return bool(self._state["paper_found"])

    def read(self, reader: Reader, is_number: bool | None) -> Reading:
        """Read what is drawn, as `Reader.read_drawing`. Raises DrawingError if that is malformed."""
        recall = Recall(reader.classifier, self._state["paper_recall"])
        self._state["paper_recall"] = recall
        return reader.read_drawing(self.drawing, is_number, recall)

    @property
    def drawing(self) -> Drawing:
        """The strokes in units of the paper. Raises DrawingError if what the browser sent is malformed."""
        parsed = parse_drawing(self._state["paper"])
        if "strokes" in self._state["paper"]:
            return parsed
        return Drawing(tuple(stroke / _SCALE for stroke in parsed.strokes), parsed.given)

    def show(self) -> None:
        """Show the canvas."""
        from streamlit_drawable_canvas import st_canvas  # only a running app can import it

        key = f"{self.name}sheet-{self._state['paper_sheet']}"
        if key not in st.session_state:
            # Only for a new canvas: feeding its own drawing back would reset its undo.
            self._state["paper_start"] = {"objects": self._state["paper"].get("objects", [])}
        with st.container(key="paper"):
            result = st_canvas(
                stroke_width=round(self.pen * _SCALE),
                stroke_color=INK,
                width=CANVAS_SIDE,
                height=CANVAS_SIDE,
                initial_drawing=self._state["paper_start"],
                update_streamlit=not self.is_found,
                key=key,
            )
        if not self.is_found:
            self._take_objects(result.json_data)

    def show_tools(self) -> None:
        """Show the companion: the buttons below the paper."""
        data = {"found": self.is_found, "empty": self.is_empty, "pen": self.pen, "paper": self.name}
        companion.show_companion(self._companion, data, on_press=self._press)

    def receive(self) -> None:
        """Take what the companion sent, if it is new."""
        sent = companion.received(self._link, "sent")
        if not isinstance(sent, dict) or not self.is_found:
            return
        strokes, number = sent.get("strokes"), sent.get("number")
        is_new = isinstance(number, int) and number != self._state["paper_number"]
        if is_new and isinstance(strokes, list):
            self._state["paper"] = {"strokes": strokes}
            self._state["paper_number"] = number
            self._state["paper_put"] = None  # it has been drawn, or drawn over

    def answer(self, left_out: Sequence[int] = ()) -> None:
        """Tell the companion that its drawing is answered, which strokes were not read, and its pace."""
        data = {
            "paper": self.name,
            "answered": self._state["paper_number"],
            "leftOut": tuple(left_out),  # of a list, Streamlit asks pandas whether it is a table
            "put": self._state["paper_put"],
            "interval": round(1000 * PACE.interval()),  # ms
        }
        companion.link(self._link, data, on_sample=self._sample)

    def undo(self) -> None:
        """Take the last stroke back, where the companion cannot."""
        self._replace(self._state["paper"].get("objects", [])[:-1])

    def clear(self) -> None:
        """Start on a new sheet, where the companion cannot."""
        self._replace([])

    def put(self, digit: int) -> None:
        """Put the sample of a digit, 0-9, on the paper."""
        if self.is_found:
            self.put_strokes(sample_strokes(digit, SIDE))
        else:
            self._replace(sample_objects(digit, CANVAS_SIDE, round(self.pen * _SCALE), INK))

    def put_strokes(self, strokes: list[list[list[float]]], is_new: bool = False) -> None:
        """Put strokes on the paper, in its units, once the companion is found.

        That is a step that can be undone, unless it `is_new`: then nothing is left of what was drawn before.
        """
        self._state["paper"] = {"strokes": strokes}
        self._state["paper_put"] = {"id": time.time_ns() // 1000, "strokes": strokes, "isNew": is_new}

    def start_over(self) -> None:
        """Take everything off the paper for good."""
        self._state["paper_sheet"] += not self.is_found
        self.put_strokes([], is_new=True)

    def _replace(self, objects: list[dict[str, Any]]) -> None:
        self._state["paper"] = {"objects": objects}
        self._state["paper_sheet"] += 1

    def _take_objects(self, raw: Any) -> None:
        objects = raw.get("objects") if isinstance(raw, dict) else None
        if isinstance(objects, list) and all(isinstance(item, dict) for item in objects):
            self._state["paper"] = {"objects": objects}

    def _press(self) -> None:
        actions = {"undo": self.undo, "clear": self.clear}
        action = companion.received(self._companion, "press")
        if isinstance(action, str) and action in actions:
            actions[action]()

    def _sample(self) -> None:
        digit = companion.received(self._link, "sample")
        if isinstance(digit, int) and 0 <= digit <= 9 and not self.name:
            self.put(digit)
