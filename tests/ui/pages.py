"""Pages without a browser: open them, look at what they say, press their buttons."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

from streamlit.testing.v1 import AppTest

_TEXTS = ("html", "markdown", "caption", "info", "warning", "error", "toast", "status", "expander", "text")


def open_page(page: Callable[..., None], link: Mapping[str, str | list[str]] | None = None) -> AppTest:
    """Run a page, as a link with these parameters opens it. It runs without its module's names."""
    app = AppTest.from_function(page, default_timeout=60)
    for key, value in (link or {}).items():
        app.query_params[key] = value
    return rerun(app)


def rerun(app: AppTest) -> AppTest:
    """Run the page again."""
    app.run()
    assert not app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    """Press the button with this key."""
    app.button(key=key).click()
    return rerun(app)


def html(app: AppTest) -> str:
    """Return all HTML on the page."""
    return unescape(" ".join(str(getattr(element, "value", "")) for element in app.get("html")))


def words(app: AppTest) -> str:
    """Return all texts on the page, without tags."""
    elements = [element for kind in _TEXTS for element in app.get(kind)]
    texts = [str(getattr(e, "value", "") or getattr(e, "label", "")) for e in elements]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", " ".join(texts))).split())


def charts(app: AppTest) -> list[Any]:
    """Return the protobuf message of each chart on the page."""
    return [chart.proto for chart in app.get("vega_lite_chart")]
