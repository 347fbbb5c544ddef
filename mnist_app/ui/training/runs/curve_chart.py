"""The chart of curves as a Vega-Lite specification, with a finding as its title.

Its data come beside it, as an Arrow table.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mnist_app.domain import Epoch
from mnist_app.ui import charts
from mnist_app.ui.colours import GREY
from mnist_app.ui.training.runs.curve_data import EPOCHS, TRAINING, Across, Curve, Measure
from mnist_app.ui.words import precise

MAX_DIRECT = 2  # lines that have their names at their ends; more have a legend
MAX_LISTED = 12  # runs that a legend has room for; of more, names appear where one points
MAX_TOGETHER = 12  # lines whose values one tooltip can show
MAX_LABEL = 22  # characters of a run's name beside a chart, so that two fit a phone
_HEADS = (10, 6, 3)  # characters before those that are left out of a long name
_EDGE = 0.015  # of the horizontal axis, free at either end, so that points there are seen whole
_APART = 2  # between zero on a logarithmic scale and the first mark above it, as a factor
OVERFITTING, REGULARIZED = (
    0.01,
    -0.002,
)  # training accuracy minus validation accuracy that is worth a sentence
# The wheel alone scrolls the page.
_ZOOM = {
    "name": "zoom",
    "select": {"type": "interval", "encodings": ["x"], "zoom": "wheel![event.shiftKey]"},
    "bind": "scales",
}
_COLUMNS, _LEGEND_ROW = 2, 22  # so that they fit a phone; pixels
_LEGEND: charts.Spec = {
    "title": None,
    "orient": "bottom",
    "columns": _COLUMNS,
    "labelLimit": 150,
    "symbolType": "stroke",
    "symbolSize": 500,
    "symbolOpacity": 1,
    "symbolStrokeWidth": 2.8,
}
_IS_TRAINING = f"datum.split === '{TRAINING}'"
# A click on a run's name in the legend selects the run.
CLICKED = {"name": "clicked", "select": {"type": "point", "fields": ["run"]}, "bind": "legend"}


def chart(
    measure: Measure,
    lines: Sequence[Curve],
    colours: Mapping[str, str],
    dashes: Mapping[str, Sequence[int]],
    span: tuple[float, float],
    is_smooth: bool = False,
    is_log: bool = False,
    last: float = 1,
    across: Across = EPOCHS,
    zero: float | None = None,
) -> charts.Spec:
    """Return lines over epochs or time: raw ones faint behind smoothed ones, the best epoch marked.

    `span` is the lowest and the highest value that is shown, `zero` the place of zero on a logarithmic scale
    that has one. There is room up to `last`. A run has one colour; its training line is thin and pale, its
    validation line strong. A click on a run's name selects it.
    """
    runs = list(dict.fromkeys(line.run for line in lines))
    short = shortened(runs)
    named = {"labelExpr": f"({json.dumps(short)})[datum.label]"}
    legend = {**_LEGEND, **named} if has_legend(lines) else None
    colour = charts.nominal("run", runs, [colours[run] for run in runs], legend)
    dash = charts.nominal("run", runs, [list(dashes[run]) or [1, 0] for run in runs], legend)
    look = {"color": colour, "strokeDash": dash, "detail": {"field": "line"}}
    weight = {
        "size": {"condition": {"test": _IS_TRAINING, "value": 1.5}, "value": 2.8},
        "strokeOpacity": {"condition": {"test": _IS_TRAINING, "value": 0.75}, "value": 1},
    }
    smooth, raw = (_y(measure, field, span, is_log, zero) for field in ("smooth", "drawn"))
    faint = {"mark": {"type": "line", "strokeWidth": 1.2, "opacity": 0.3}, "encoding": {**look, "y": raw}}
    params = [_ZOOM, *([CLICKED] if legend else [])]
    strong = {"mark": "line", "encoding": {**look, **weight, "y": smooth}, "params": params}
    upper_first = sorted(lines, key=lambda line: -line.last)
    ends = [_name_at_end(line, short, colour, smooth, k == 0) for k, line in enumerate(upper_first)]
    layers = [strong, *_points(colour, smooth), *(ends if len(lines) <= MAX_DIRECT else [])]
    layers.append(_pointer(measure, smooth, lines, across))
    ticks = {} if across.is_time else {"tickMinStep": 1, "format": "d"}
    first, least = (0, 0) if across.is_time else (1, 2)
    end = max([least, last, *(float(np.nanmax(across.of(line), initial=0)) for line in lines)])
    room = _EDGE * (end - first)
    return {
        "height": charts.HEIGHT + (_LEGEND_ROW * -(-len(runs) // _COLUMNS) if legend else 0),
        "padding": {"right": 16, "left": 4, "top": 8, "bottom": 4},
        "encoding": {
            "x": {
                "field": "x",
                "type": "quantitative",
                "title": across.title,
                "scale": {"domain": [first - room, end + room], "nice": False},
                "axis": {**ticks, "grid": False},
            }
        },
        "layer": [faint, *layers] if is_smooth else layers,
    }


def has_legend(lines: Sequence[Curve]) -> bool:
    """Return whether a legend names the runs: a few lines have their names at their ends."""
    return len(lines) > MAX_DIRECT and len({line.run for line in lines}) <= MAX_LISTED


def shortened(names: Sequence[str]) -> dict[str, str]:
    """Return a name of at most MAX_LABEL characters for each run, none twice: the middle is left out.

    Runs of a search have one long name and a number behind it, so the end must be seen.
    """
    for head in _HEADS:
        tail = MAX_LABEL - head - 1
        found = {name: name if len(name) <= MAX_LABEL else f"{name[:head]}…{name[-tail:]}" for name in names}
        if len(set(found.values())) == len(found):
            return found
    return {name: name for name in names}


def _y(
    measure: Measure, field: str, span: tuple[float, float], is_log: bool, zero: float | None
) -> charts.Spec:
    scale: dict[str, Any] = {"type": "log", "nice": False} if is_log else {"zero": False, "nice": False}
    number = measure.number if measure.number.endswith("%") else "~g"
    axis: dict[str, Any] = {"format": number}
    if zero is not None:
        tens = range(math.floor(math.log10(zero)), math.ceil(math.log10(span[1])) + 1)
        marks = [m * 10.0**k for k in tens for m in (1, 2, 5) if zero * _APART <= m * 10.0**k <= span[1]]
        axis = {"values": [zero, *marks], "labelExpr": f"datum.value <= {zero!r} ? '≤ 0' : {_text(number)}"}
    return {
        "field": field,
        "type": "quantitative",
        "title": measure.log_title if is_log and measure.log_title else measure.title,
        "scale": {**scale, "domain": list(span)},
        "axis": axis,
    }


def _text(number: str) -> str:
    return f"format(datum.value, '{number}')"


def _points(colour: charts.Spec, y: charts.Spec) -> list[charts.Spec]:
    """Mark single values, and the epochs whose weights were kept."""
    single = {
        "transform": [{"filter": "datum.point"}],
        "mark": charts.DOT | {"size": 45},
        "encoding": {"color": colour, "y": y},
    }
    kept = {
        "transform": [{"filter": f"datum.best && !({_IS_TRAINING})"}],
        "mark": charts.DOT | {"size": 90, "stroke": "white"},
        "encoding": {"color": colour, "y": y},
    }
    return [single, kept]


def _name_at_end(
    line: Curve, short: Mapping[str, str], colour: charts.Spec, y: charts.Spec, is_above: bool
) -> charts.Spec:
    """Write a line's name at its last value; of two lines that end close together, above and below them."""
    text = line.split or short[line.run]
    mark = {"type": "text", "text": text, "align": "left", "dx": 8, "clip": False}
    return {
        "transform": [{"filter": {"and": [{"field": "line", "equal": line.name}, "datum.last"]}}],
        "mark": {**mark, "dy": -7 if is_above else 7, "fontSize": 13, "fontWeight": "bold"},
        "encoding": {"color": colour, "y": y},
    }


def _pointer(measure: Measure, y: charts.Spec, lines: Sequence[Curve], across: Across) -> charts.Spec:
    """Show values where one points: all at that epoch if lines are few, else the nearest line's."""
    near = {"type": "point", "nearest": True, "on": "pointermove", "clear": "pointerout"}
    epoch = {"field": "epoch", "type": "quantitative", "title": "Epoch", "format": ".3~f"}
    shown = {"condition": {"param": "at", "empty": False, "value": 0.8}, "value": 0}
    if len(lines) > MAX_TOGETHER or across.is_time:  # times of two lines are never the same
        line = {"field": "line", "type": "nominal", "title": "Run"}
        value = {"field": "raw", "title": measure.title, "type": "quantitative", "format": measure.number}
        time = {"field": "x", "title": across.title, "type": "quantitative", "format": ".3~f"}
        return {
            "mark": charts.DOT | {"size": 60, "color": GREY},
            "encoding": {
                "y": y,
                "opacity": shown,
                "tooltip": [line, epoch, *([time] if across.is_time else []), value],
            },
            "params": [{"name": "at", "select": near}],
        }
    keys = [f"l{k}" for k in range(len(lines))]  # of the table
    values = [{"field": f"{key}t", "title": line.name} for key, line in zip(keys, lines, strict=True)]
    texts = [
        {"calculate": f"isValid(datum.{k}) ? format(datum.{k}, '{measure.number}') : '–'", "as": f"{k}t"}
        for k in keys
    ]
    return {
        "transform": [{"pivot": "key", "value": "raw", "groupby": ["x", "epoch"]}, *texts],
        "mark": {"type": "rule", "color": GREY, **charts.UNNAMED},
        "encoding": {"opacity": shown, "tooltip": [epoch, *values]},
        "params": [{"name": "at", "select": {**near, "fields": ["x"]}}],
    }


def finding(measure: Measure, lines: Sequence[Curve], as_error: bool = False) -> str:
    """Return a sentence about at least one line; `as_error` speaks of 1 - value."""
    if measure.splits:
        shown = [line for line in lines if line.split != TRAINING] or list(lines)
        return _best_value(measure, shown, as_error)
    if measure.field == "seconds":
        means = {line.run: float(np.nanmean(line.values)) for line in lines}
        fastest, slowest = min(means, key=means.__getitem__), max(means, key=means.__getitem__)
        if len(means) == 1:
            return f"An epoch takes {means[fastest]:.1f} s"
        return f"An epoch takes {fastest} {means[fastest]:.1f} s and {slowest} {means[slowest]:.1f} s"
    if len(lines) > 1:
        return f"{measure.title} of {len(lines)} runs"
    finite = lines[0].values[np.isfinite(lines[0].values)]
    first, last = float(finite[0]), float(finite[-1])
    if first == last:
        return f"{measure.title} is {first:g} throughout"
    return f"{measure.title} goes from {first:.2g} to {last:.2g}"


def _best_value(measure: Measure, lines: Sequence[Curve], as_error: bool) -> str:
    pick = np.nanargmin if measure.is_loss else np.nanargmax
    places = [int(pick(line.values)) for line in lines]
    values = [line.values[place] for line, place in zip(lines, places, strict=True)]
    k = int(pick(np.array(values)))
    name = f"{lines[k].split} {'error' if as_error else measure.field}"
    value = float(1 - values[k] if as_error else values[k])
    number = precise(value) if measure.number.endswith("%") else f"{value:{measure.number}}"
    best = f"{'lowest' if measure.is_loss or as_error else 'highest'} at epoch {places[k] + 1}: {number}"
    of = f", of {lines[k].run}" if len({line.run for line in lines}) > 1 else ""
    return f"{name} is {best}{of}"


def gap_finding(history: Sequence[Epoch], best: int) -> str:
    """Explain the gap between training and validation accuracy at the best epoch, if there is one."""
    epoch = history[best - 1]
    gap = epoch.accuracy - epoch.val_accuracy
    if gap < REGULARIZED:
        return "Training accuracy is below validation accuracy: varied images and dropout make it harder."
    if gap > OVERFITTING:
        return "Training accuracy is well above validation accuracy: a sign of overfitting."
    return ""
