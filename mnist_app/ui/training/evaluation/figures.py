"""A row of figures, of one run or of two below each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

import streamlit as st


def show(figures: Sequence[Mapping[str, str]], names: Sequence[str]) -> None:
    """Show the first run's figures large, and below each that of the other run by its name."""
    first, *others = figures
    parts = []
    for title, text in first.items():
        more = "".join(
            f"<dd class=other>{escape(name)} {escape(other[title])}</dd>"
            for name, other in zip(names[1:], others, strict=True)
            if title in other
        )
        parts.append(f"<div><dt>{escape(title)}</dt><dd>{escape(text)}</dd>{more}</div>")
    st.html(f'<dl class="figures">{"".join(parts)}</dl>')
