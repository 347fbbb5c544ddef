"""A bar for each of several sets, of one run or two; a click on a bar chooses its set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from mnist_app.ui import charts
from mnist_app.ui.words import percent

_BAR, _GAP = 15, 12  # pixels
_AROUND = 90  # pixels of a chart's axis and legend
_PICKED = "picked"  # the chart's parameter
Shares = Mapping[str, float]  # 0..1, by the set's title


def show(
    found: Mapping[str, Shares],
    lines: Mapping[str, float | None],
    colours: Mapping[str, str],
    title: str,
    key: str,
    alt: str,
    is_error: bool = False,
) -> str | None:
    """Show the bars of each run, by its name. Returns the title of the set that was clicked last."""
    spec = chart(found, lines, colours, title, is_error)
    event = st.vega_lite_chart(spec, key=key, alt=alt, on_select="rerun", selection_mode=_PICKED)
    points: Any = event["selection"].get(_PICKED)
    return str(points[0].get("set")) if isinstance(points, list) and points else None


def chart(
    found: Mapping[str, Shares],
    lines: Mapping[str, float | None],
    colours: Mapping[str, str],
    title: str,
    is_error: bool = False,
) -> charts.Spec:
    """Return bars of all runs, the first one's worst on top, and dashed lines at other shares of theirs.

    `title` is that of the axis. Shares of errors are few, so their axis ends at the largest of them.
    """
    runs = list(found)
    first = found[runs[0]]
    order = sorted(first, key=lambda name: first[name], reverse=is_error)
    highest = max((max(shares.values()) for shares in found.values()), default=1.0) if is_error else 1.0
    x = charts.share("share", title)
    x["scale"]["domain"] = [0, highest or 1.0]
    rows = [
        {"set": name, "run": run, "share": found[run][name], "text": percent(found[run][name])}
        for name in order
        for run in runs
        if name in found[run]
    ]
    legend = charts.LEGEND if len(runs) > 1 else None
    bar_axis = {"title": None, "labelFontSize": 13, "ticks": False, "domain": False, "labelLimit": 170}
    bars = {
        "y": {"field": "set", "type": "nominal", "sort": order, "axis": bar_axis},
        "tooltip": charts.tooltip(set="Set", run="Run", text=title),
        **({"yOffset": {"field": "run", "sort": runs}} if len(runs) > 1 else {}),
    }
    # In a column beside the bars, where the lines do not cross them.
    numbers = {"x": {"datum": highest or 1.0}, "text": {"field": "text"}, "color": {"value": "currentColor"}}
    picked = {"name": _PICKED, "select": {"type": "point", "fields": ["set"], "toggle": False}}
    bar = {"type": "bar", "cornerRadiusEnd": 3, "height": _BAR - 2, "cursor": "pointer"}
    text = {"type": "text", "align": "left", "dx": 8, "fontSize": 12, "cursor": "pointer"}
    return {
        "height": _AROUND + len(order) * (_BAR * len(runs) + _GAP),
        "padding": {"right": 48},
        "encoding": {
            "x": x,
            "color": charts.nominal("run", runs, [colours[run] for run in runs], legend),
        },
        "layer": [
            {
                "data": {"values": rows},
                "encoding": bars,
                "layer": [{"mark": bar, "params": [picked]}, {"mark": text, "encoding": numbers}],
            },
            {
                "data": {"values": [{"run": run, "share": share} for run, share in lines.items() if share]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "tooltip": None, **charts.UNNAMED},
            },
        ],
        "config": charts.NO_FRAME,
    }
