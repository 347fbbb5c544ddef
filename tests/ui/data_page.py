"""Data view without a browser, for several test files."""

from __future__ import annotations

import re

import numpy as np
from streamlit.testing.v1 import AppTest

from mnist_app.domain import Split
from tests.ui.pages import html, open_page

IMAGES = 1_200


def data_page() -> None:
    from mnist_app.ui.training import data

    data.show()


def opened(link: dict[str, str] | None = None) -> AppTest:
    """Open the view as a link with these parameters does."""
    return open_page(data_page, dict(link or {}))


def tiles(app: AppTest) -> list[str]:
    """Return the text that hovering over each picture shows."""
    return re.findall(r'<img [^>]*title="([^"]*)"', html(app))


def split(name: str, labels: np.ndarray) -> Split:
    """Return random images with these labels, others for names of another length."""
    rng = np.random.default_rng(len(name))
    return Split(rng.integers(0, 256, (len(labels), 28, 28), np.uint8), labels.astype(np.uint8))
