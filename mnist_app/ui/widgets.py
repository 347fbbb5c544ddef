"""What several pages share: the canvas, the model picker and the style."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit_drawable_canvas import st_canvas

from mnist_app.runs import DEFAULT_RUN, RunStore

PAPER_SIDE = 300  # pixels; fits a 390-pixel phone with its margins
PENS = {"Fine": 8, "Medium": 16, "Broad": 28}  # pixels
_PEN, _MEDIUM = "pen", "Medium"
_PAPER = "paper"
# On touch, a table's toolbar is always there, above it: what is above needs its own room.
_WIDE_STYLE = """
<style>
[data-testid='stMainBlockContainer'] {max-width: 1180px}
@media (hover: none) {.st-key-runs-place {padding-top: 2.5rem}}
</style>
"""
MENU = "menu"
CHART = "probabilities"
PICTURES = "pictures"
TEXT = "text"

# Ink is white and shown as its difference from the paper: dark on light paper, light on dark. The browser
# does that by itself, since the script is not told when a visitor changes the theme.
INK = "#FFFFFF"
_STYLE = f"""
<style>
.st-key-{_PAPER} {{isolation: isolate; min-height: {PAPER_SIDE}px; background: light-dark(#FCFBF7, #1D2129);
  box-shadow: 0 0 0 1px color-mix(in srgb, currentColor 22%, transparent); border-radius: 2px}}
.st-key-{_PAPER} [data-testid="stBidiComponentIsolated"] {{mix-blend-mode: difference}}
.answer {{display: flex; align-items: center; justify-content: space-between; gap: 1rem; min-height: 9.5rem}}
.answer .digit {{font-size: 7.5rem; font-weight: 650; line-height: 1; font-variant-numeric: tabular-nums}}
.answer .words {{font-size: 1.15rem; margin-top: .35rem; min-height: 1.6rem}}
.answer figure {{margin: 0; text-align: center; flex: none}}
.answer img {{width: 112px; height: 112px; image-rendering: pixelated; border-radius: 4px; display: block}}
.answer figcaption {{font-size: .8rem; opacity: .75; margin-top: .35rem}}
.answer.number {{display: block; min-height: 6.5rem}}
.answer.number .digit {{font-size: min(7.5rem, calc(28rem / var(--digits))); letter-spacing: .02em;
  overflow-wrap: anywhere}}
.st-key-{TEXT} code {{font-size: 1.35rem; line-height: 1.5}}
[class*="st-key-{PICTURES}"] img {{height: 28px !important; max-height: none; width: 28px;
  margin: 0 .15rem 0 -.25rem; image-rendering: pixelated; border-radius: 3px}}
[class*="st-key-{PICTURES}"] button p {{display: flex; align-items: center; gap: .3rem; font-size: 1.05rem}}
.answer.part .digit {{font-size: 4rem}}
.answer .hint {{font-size: 1.35rem; line-height: 1.4; opacity: .85}}
.st-key-{CHART} [data-testid="stElementToolbar"] {{display: none}}
[data-testid="stMainBlockContainer"] {{padding-top: 1rem}}
.st-key-{MENU} {{position: relative; z-index: 1000000; width: fit-content; margin-bottom: 3.5rem}}
@media (max-width: 640px) {{
  .answer:has(.hint) {{min-height: 4rem}}
  .st-key-{MENU} {{margin-bottom: 1.25rem}}
}}
</style>
"""


def style() -> None:
    """The few rules that Streamlit's own theme has no setting for."""
    st.html(_STYLE)


def widen() -> None:
    """Let a page have more room than text needs."""
    st.html(_WIDE_STYLE)


def model_picker() -> str:
    """The name of the run to read with, the same on every page; DEFAULT_RUN where there are none."""
    names = RunStore().models()
    index = names.index(DEFAULT_RUN) if DEFAULT_RUN in names else 0
    help_ = "The trained run that reads."
    return (
        st.selectbox("Model", names, index, key="model", help=help_, persist_state="session") or DEFAULT_RUN
    )


def pen_picker() -> None:
    """The choice of `pen_width`."""
    st.select_slider("Pen", list(PENS), _MEDIUM, key=_PEN, persist_state="session")


def pen_width() -> int:
    """The chosen pen's width in pixels."""
    return PENS[st.session_state.get(_PEN, _MEDIUM)]


class Paper:
    """The drawing surface, and what is on it: the canvas's JSON, kept across pages."""

    def __init__(self) -> None:
        self._state = st.session_state
        self._state.setdefault("paper", {"objects": []})
        self._state.setdefault("paper_sheet", 0)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return not self._state["paper"]["objects"]

    def show(self, pen: int) -> dict[str, Any]:
        """Draw the canvas. Returns its JSON, as untrusted as all that browsers send."""
        key = f"sheet-{self._state['paper_sheet']}"
        if key not in self._state:
            # Only where the canvas is new: feeding its own drawing back would reset its undo.
            self._state["paper_start"] = self._state["paper"]
        with st.container(key=_PAPER, width=PAPER_SIDE):
            result = st_canvas(
                stroke_width=pen,
                stroke_color=INK,
                width=PAPER_SIDE,
                height=PAPER_SIDE,
                initial_drawing=self._state["paper_start"],
                key=key,
            )
        if _is_drawing(result.json_data):
            self._state["paper"] = {"objects": result.json_data["objects"]}
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


def _is_drawing(raw: Any) -> bool:
    objects = raw.get("objects") if isinstance(raw, dict) else None
    return isinstance(objects, list) and all(isinstance(item, dict) for item in objects)
