"""Layer by layer: what each convolution and pooling makes of the digit."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.ui import resources
from mnist_app.ui.why.pictures import map_url
from mnist_app.ui.why.subject import Subject
from mnist_app.ui.words import counted


def show(subject: Subject) -> None:
    """Show the maps of one layer, the most active first; a click enlarges one."""
    layers = resources.inspector(subject.model).activations(subject.digit.image).layers
    if not layers:
        st.info("This network has no convolutions: its layers are single numbers, which have no picture.")
        return
    chosen = st.select_slider("Layer", list(layers), key="why-layer")
    maps = layers[chosen]
    order = np.argsort(-maps.mean(axis=(0, 1)), kind="stable")
    most = float(maps.max())
    tiles = "".join(_tile(map_url(maps[..., k], most), int(k)) for k in order)
    height, width, channels = maps.shape
    silent = int((maps.max(axis=(0, 1)) == 0).sum())
    st.html(f'<div class="why-layer">{tiles}</div>')
    st.caption(
        f"{counted(channels, 'map')} of {width}×{height}, the most active first; {silent} see nothing here. "
        "Bright places are where a map found its pattern. Click one to enlarge it."
    )


def _tile(url: str, number: int) -> str:
    image = f'<img src="{url}" alt="Map {number}">'
    return f"<details><summary>{image}</summary>{image}<span>Map {number}</span></details>"
