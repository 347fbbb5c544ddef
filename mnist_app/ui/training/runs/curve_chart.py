"""The chart of curves as a Vega-Lite specification; its data come beside it, as an Arrow table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mnist_app.ui.training.runs.curve_data import TRAINING, Curve, Measure

HEIGHT = 320  # pixels
DIRECT = 2  # lines that have their names at their ends; of more there is a legend
LISTED = 12  # runs that a legend has room for; of more, names appear where one points
FEW = 3  # epochs, below which each is a point
TOGETHER = 12  # lines whose values one tooltip can show
# The wheel alone scrolls the page.
_ZOOM = {
    "name": "zoom",
    "select": {"type": "interval", "encodings": ["x"], "zoom": "wheel![event.shiftKey]"},
    "bind": "scales",
}
_COLUMNS, _LEGEND_ROW = 2, 22  # so that they fit a phone; pixels
_LEGEND = {
    "title": None,
    "orient": "bottom",
    "columns": _COLUMNS,
    "labelLimit": 110,
    "symbolType": "stroke",
    "symbolSize": 500,
    "symbolOpacity": 1,
    "symbolStrokeWidth": 2.8,
}
_IS_TRAINING = f"datum.split === '{TRAINING}'"
_GREY = "#8A8F98"


def spec(
    measure: Measure,
    lines: Sequence[Curve],
    colours: Mapping[str, str],
    dashes: Mapping[str, Sequence[int]],
    span: tuple[float, float] | None,
    is_smooth: bool = False,
    is_log: bool = False,
    last: int = 1,
) -> dict[str, Any]:
    """Lines over epochs: raw ones faint behind smoothed ones, the best epoch marked, values where one points.

    `span` is the least and the largest value that is shown; None leaves it to the browser, which is calmer
    while values still come in. There is room up to the epoch `last`. A run has one colour; its training line
    is thin and pale, its validation line strong.
    """
    runs = list(dict.fromkeys(line.run for line in lines))
    is_direct = len(lines) <= DIRECT
    legend = None if is_direct or len(runs) > LISTED else _LEGEND
    line = {
        "color": _by_run(runs, [colours[run] for run in runs], legend),
        "strokeDash": _by_run(runs, [list(dashes[run]) or [1, 0] for run in runs], legend),
        "detail": {"field": "line"},
    }
    value, raw = (_y(measure, field, span, is_log) for field in ("value", "raw"))
    faint = {"mark": _line(lines, strokeWidth=1.2, opacity=0.3), "encoding": {**line, "y": raw}}
    strong = {"mark": _line(lines), "encoding": {**line, **_weights(), "y": value}, "params": [_ZOOM]}
    kept = {
        "transform": [{"filter": f"datum.best && !({_IS_TRAINING})"}],
        "mark": {"type": "point", "filled": True, "size": 90, "opacity": 1, "stroke": "white"},
        "encoding": {"color": line["color"], "y": value},
    }
    upper_first = sorted(lines, key=lambda curve: -curve.last)
    ends = [_end(curve, line["color"], value, k == 0) for k, curve in enumerate(upper_first)]
    layers = [strong, kept, *(ends if is_direct else []), _pointer(measure, value, lines)]
    return {
        "height": HEIGHT + (_LEGEND_ROW * -(-len(runs) // _COLUMNS) if legend else 0),
        "padding": {"right": 16, "left": 4, "top": 8, "bottom": 4},
        "encoding": {"x": _x(lines, last)},
        "layer": [faint, *layers] if is_smooth else layers,
    }


def _by_run(runs: Sequence[str], values: Sequence[Any], legend: dict[str, Any] | None) -> dict[str, Any]:
    scale = {"domain": list(runs), "range": list(values)}
    return {"field": "run", "type": "nominal", "scale": scale, "legend": legend}


def _line(lines: Sequence[Curve], **options: Any) -> dict[str, Any]:
    """A single epoch makes no line, so it gets a point."""
    return {"type": "line", "point": min(len(line.epochs) for line in lines) < FEW, **options}


def _weights() -> dict[str, Any]:
    return {
        "size": {"condition": {"test": _IS_TRAINING, "value": 1.5}, "value": 2.8},
        "strokeOpacity": {"condition": {"test": _IS_TRAINING, "value": 0.75}, "value": 1},
    }


def _x(lines: Sequence[Curve], last: int) -> dict[str, Any]:
    scale = {"domain": [1, max(2, last, *(len(line.epochs) for line in lines))], "nice": False}
    axis = {"tickMinStep": 1, "format": "d", "grid": False}
    return {"field": "epoch", "type": "quantitative", "title": "Epoch", "scale": scale, "axis": axis}


def _y(measure: Measure, field: str, span: tuple[float, float] | None, is_log: bool) -> dict[str, Any]:
    title = measure.log_title if is_log and measure.log_title else measure.title
    scale: dict[str, Any] = {"type": "log", "nice": False} if is_log else {"zero": False}
    return {
        "field": field,
        "type": "quantitative",
        "title": title,
        "scale": scale if span is None else {**scale, "domain": list(span)},
        "axis": {"format": measure.number if measure.number.endswith("%") else "~g"},
    }


def _end(curve: Curve, colour: dict[str, Any], y: dict[str, Any], is_above: bool) -> dict[str, Any]:
    """A line's name at its last value; where lines end close together, names stand above and below them."""
    at_its_end = {"field": "epoch", "equal": float(curve.epochs[-1])}
    mark = {"type": "text", "text": curve.split or curve.run, "align": "left", "dx": 8, "clip": False}
    return {
        "transform": [{"filter": {"and": [{"field": "line", "equal": curve.name}, at_its_end]}}],
        "mark": {**mark, "dy": -7 if is_above else 7, "fontSize": 13, "fontWeight": "bold"},
        "encoding": {"color": colour, "y": y},
    }


def _pointer(measure: Measure, y: dict[str, Any], lines: Sequence[Curve]) -> dict[str, Any]:
    """What appears where one points: of few lines all values at that epoch, of many the nearest line's."""
    near = {"type": "point", "nearest": True, "on": "pointermove", "clear": "pointerout"}
    number = {"type": "quantitative", "format": measure.number}
    epoch = {"field": "epoch", "type": "quantitative", "title": "Epoch", "format": "d"}
    shown = {"condition": {"param": "at", "empty": False, "value": 0.8}, "value": 0}
    if len(lines) <= TOGETHER:
        keys = [f"l{k}" for k in range(len(lines))]
        values = [{"field": f"{key}t", "title": line.name} for key, line in zip(keys, lines, strict=True)]
        texts = [
            {"calculate": f"isValid(datum.{k}) ? format(datum.{k}, '{measure.number}') : '–'", "as": f"{k}t"}
            for k in keys
        ]
        return {
            "transform": [{"pivot": "key", "value": "raw", "groupby": ["epoch"]}, *texts],
            "mark": {"type": "rule", "color": _GREY},
            "encoding": {"opacity": shown, "tooltip": [epoch, *values]},
            "params": [{"name": "at", "select": {**near, "fields": ["epoch"]}}],
        }
    line = {"field": "line", "type": "nominal", "title": "Run"}
    return {
        "mark": {"type": "point", "filled": True, "size": 60, "color": _GREY},
        "encoding": {
            "y": y,
            "opacity": shown,
            "tooltip": [line, epoch, {"field": "raw", "title": measure.title, **number}],
        },
        "params": [{"name": "at", "select": near}],
    }
