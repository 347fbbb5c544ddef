"""Parts that charts share, as pieces of Vega-Lite specifications: channels, axes, legends and tooltips.

A chart is a plain dictionary for `st.vega_lite_chart`. Text colours come from the page's theme: text that
follows it uses "currentColor", or is an axis label.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Spec = dict[str, Any]

HEIGHT = 320  # pixels
ROW = 22  # pixels of a row of text beside a bar
LEGEND: Spec = {"title": None, "orient": "top", "labelFontSize": 13}
NO_FRAME: Spec = {"view": {"stroke": None}}
# For marks that may be none, which would be an image without a name; a chart's `alt` speaks for it.
UNNAMED: Spec = {"aria": False}
DOT: Spec = {"type": "point", "filled": True, "opacity": 1, **UNNAMED}


def category(field: str, title: str | None = None, **axis: Any) -> Spec:
    """Return an ordinal channel: large labels without lines, each of them shown."""
    bare = {"ticks": False, "domain": False, "grid": False, "labelOverlap": False, "labelFlush": False}
    return {"field": field, "type": "ordinal", "axis": {"title": title, "labelFontSize": 14, **bare, **axis}}


def share(field: str, title: str, low: float = 0.0) -> Spec:
    """Return a channel of shares as percentages, from `low` to 1."""
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": [low, 1], "nice": False, "zero": False},
        "axis": {"title": title, "format": "%", "tickCount": 5},
    }


def nominal(field: str, domain: Sequence[str], values: Sequence[Any], legend: Spec | None = LEGEND) -> Spec:
    """Return a channel that gives each name of `domain` its colour, dash or shape."""
    scale = {"domain": list(domain), "range": list(values)}
    return {"field": field, "type": "nominal", "scale": scale, "legend": legend}


def tooltip(**titles: str) -> list[Spec]:
    """Return what is shown where one points: a title for each field."""
    return [{"field": field, "title": title} for field, title in titles.items()]
