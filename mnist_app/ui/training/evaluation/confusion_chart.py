"""What was taken for what, as a Vega-Lite chart: a confusion matrix whose cells can be clicked."""

from __future__ import annotations

from typing import Any

from mnist_app.domain import DIGITS, Evaluation
from mnist_app.ui.charts import SKY, percent
from mnist_app.ui.training.evaluation.scored import Scored, counted, listed, times

CELL = "cell"  # the selection's name
Cell = tuple[int | None, int | None]  # written and read; None for any written digit, any other read one
_ROW = 40  # pixels, so that fingers can hit it
_FAINTEST = 0.05  # opacity; an empty cell can be seen
_DARK_FROM = 0.62  # opacity of blue from which the dark theme's light numbers are not legible on it
_DARK = "#14171C"
_NAMED = 3  # confusions that the alternative text names


def worst(evaluation: Evaluation) -> list[tuple[int, int, int]]:
    """All that was taken for another digit: how often, written and read, the most frequent first."""
    pairs = [(row, column) for row in DIGITS for column in DIGITS if row != column]
    counts = [(evaluation.confusion[row][column], row, column) for row, column in pairs]
    return sorted((each for each in counts if each[0]), key=lambda each: -each[0])


def finding(scored: Scored) -> str:
    """The most frequent confusion, in a sentence."""
    found = worst(scored.evaluation)
    if not found:
        return f"All {scored.evaluation.images:,} images are read right"
    number, written, read = found[0]
    equal = [f"{row} as {column}" for n, row, column in found if n == number]
    if len(equal) == 1:
        return f"{written} is most often read as {read}: {times(number)}"
    if len(equal) > _NAMED:
        return f"No digit is read as another one more often than {times(number)}"
    return f"Most often read wrong: {listed(equal)}, {times(number)} each"


def words(scored: Scored) -> str:
    """The chart for those who cannot see it."""
    parts = [f"{row} as {column} {times(n)}" for n, row, column in worst(scored.evaluation)[:_NAMED]]
    wrong = f"{counted(scored.errors, 'image')} of {scored.evaluation.images:,} read as another digit"
    start = f"Confusion matrix of {scored.run.name} on {scored.name}: {wrong}"
    return f"{start}, most often {listed(parts)}." if parts else f"{start}."


def spec(evaluation: Evaluation, start: Cell, is_share: bool, is_hidden: bool) -> dict[str, Any]:
    """Written digits downwards, what they were read as across; `start` is the cell that is marked at first.

    Counts, or shares of the written digit; the diagonal can be hidden, so that colours tell errors apart.
    """
    point = {"type": "point", "fields": ["written", "read"], "toggle": False}
    marked = None in start
    value = {} if marked else {"value": [{"written": start[0], "read": start[1]}]}
    return {
        "height": len(DIGITS) * _ROW,
        "data": {"values": _cells(evaluation, is_share, is_hidden)},
        "encoding": _AXES,
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 3, "cursor": "pointer", "fill": SKY},
                "params": [{"name": CELL, "select": point, **value}],
                "encoding": _FILL,
            },
            {
                "mark": {"type": "text", "fontSize": 13, "cursor": "pointer", "aria": False},
                "encoding": _TEXT,
            },
        ],
        "config": {"view": {"stroke": None}},
    }


def _axis(title: str, orient: str) -> dict[str, Any]:
    return {
        "title": title,
        "orient": orient,
        "labelAngle": 0,
        "labelFontSize": 14,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "ticks": False,
        "domain": False,
        "labelOverlap": False,
        "labelFlush": False,
    }


_BAND = {"paddingInner": 0.06, "paddingOuter": 0}
_AXES: dict[str, Any] = {
    "x": {"field": "read", "type": "ordinal", "scale": _BAND, "axis": _axis("Read as", "top")},
    "y": {"field": "written", "type": "ordinal", "scale": _BAND, "axis": _axis("Written", "left")},
    "tooltip": [
        {"field": "written", "title": "Written"},
        {"field": "read", "title": "Read as"},
        {"field": "images", "title": "Images", "format": ","},
        {"field": "share", "title": "Of this digit"},
    ],
}
# Colours come by opacity and the text's from the page, because marks don't know its theme.
_FILL: dict[str, Any] = {
    "fillOpacity": {"field": "opacity", "type": "quantitative", "scale": None},
    "description": {"field": "about"},
    "stroke": {"value": "currentColor"},
    "strokeWidth": {"condition": {"param": CELL, "empty": False, "value": 2.5}, "value": 0},
}
_TEXT: dict[str, Any] = {
    "text": {"field": "label", "type": "nominal"},
    "color": {
        "condition": {"test": f"datum.opacity > {_DARK_FROM}", "value": _DARK},
        "value": "currentColor",
    },
    "opacity": {"condition": {"test": "datum.images == 0", "value": 0.3}, "value": 1},
}


def _cells(evaluation: Evaluation, is_share: bool, is_hidden: bool) -> list[dict[str, Any]]:
    rows = evaluation.confusion
    shares = {(i, j): rows[i][j] / max(1, sum(rows[i])) for i in DIGITS for j in DIGITS}
    values = {c: shares[c] if is_share else float(rows[c[0]][c[1]]) for c in shares}
    most = max((v for (i, j), v in values.items() if not (is_hidden and i == j)), default=0) or 1
    cells = []
    for (i, j), value in values.items():
        is_quiet = is_hidden and i == j
        # The root: errors are few beside what is right.
        opacity = 0 if is_quiet else _FAINTEST + (1 - _FAINTEST) * (value / most) ** 0.5
        number = percent(value).removesuffix(" %") if is_share else f"{value:.0f}"
        cells.append(
            {
                "written": i,
                "read": j,
                "images": rows[i][j],
                "share": percent(shares[i, j]),
                "about": f"{i} read as {j}: {counted(rows[i][j], 'image')}",
                "opacity": opacity,
                "label": "" if is_quiet else number,
            }
        )
    return cells
