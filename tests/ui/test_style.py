"""The style sheet and the pages name the same containers and classes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mnist_app.ui import style
from mnist_app.ui.paper.paper import CANVAS_SIDE

CSS = re.sub(r"/\*.*?\*/", "", style.STYLE.read_text(), flags=re.DOTALL)
SOURCE = "\n".join(
    file.read_text() for file in [Path(__file__).parents[2] / "app.py", *style.STYLE.parent.rglob("*.py")]
)


@pytest.mark.parametrize("key", sorted(set(re.findall(r"st-key-([a-z-]*[a-z])", CSS))))
def test_each_key_of_the_style_sheet_is_a_widgets(key: str) -> None:
    assert re.search(rf'key=f?"{key}["-]', SOURCE)


@pytest.mark.parametrize("name", sorted(set(re.findall(r"\.([a-z]+(?:-[a-z]+)*)[\s.:,{]", CSS)) - {"st-key"}))
def test_each_class_of_the_style_sheet_is_in_the_html(name: str) -> None:
    if not name.startswith("st-key-"):
        assert re.search(rf'"[^"]*\b{name}\b[^"]*"', SOURCE)


def test_the_style_sheet_scales_a_canvas_of_its_size() -> None:
    assert f"width: {CANVAS_SIDE}px; height: {CANVAS_SIDE}px" in CSS
    assert f"scale(tan(atan2(var(--side), {CANVAS_SIDE}px)))" in CSS
