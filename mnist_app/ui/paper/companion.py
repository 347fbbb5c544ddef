"""The two components in the browser: the companion of the canvas, and its link to the server."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).parent
# A component is one module, so these are joined; what a file uses stands before it.
SCRIPTS = ("pen", "sheet", "unread", "drawings", "sender", "tools", "companion")

_companion = st.components.v2.component(
    "digit_reader_companion",
    html=(FOLDER / "tools.html").read_text(),
    css=(FOLDER / "tools.css").read_text(),
    js="\n".join((FOLDER / f"{name}.js").read_text() for name in SCRIPTS),
)
_link = st.components.v2.component("digit_reader_link", js=(FOLDER / "link.js").read_text())


def keys(paper: str) -> tuple[str, str]:
    """Return the keys of a paper's companion and link: what they send is in the session state under them."""
    return f"{paper}companion", f"{paper}link"


def show_companion(key: str, data: dict[str, Any], on_press: Callable[[], None]) -> None:
    """Show the tools of the paper. It tells when it has `found` the canvas; until then, a `press` on one."""
    _companion(key=key, data=data, on_found_change=lambda: None, on_press_change=on_press, width="content")


def link(key: str, data: dict[str, Any], on_sample: Callable[[], None]) -> None:
    """Answer what the companion `sent`; it may also ask for a `sample`, 0-9."""
    _link(key=key, data=data, on_sent_change=lambda: None, on_sample_change=on_sample, height="content")


def received(key: str, name: str) -> Any:
    """Return what a component last sent, as untrusted as all that browsers send; None if nothing."""
    state = st.session_state.get(key)
    return state.get(name) if state else None
