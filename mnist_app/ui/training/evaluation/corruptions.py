"""How well runs read spoilt images: a bar for each way to spoil them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from mnist_app.domain import Run, SetScore
from mnist_app.errors import RunError
from mnist_app.ui import resources
from mnist_app.ui.charts import percent

MNIST = "MNIST test"  # the names that a run's scores have
CORRUPTED = "MNIST, "
_BAR, _GAP = 15, 12  # pixels
Accuracies = Mapping[str, float]


def show(run: Run, against: Run | None, colours: Mapping[str, str]) -> None:
    """Accuracy under each corruption, the worst first; of two runs beside each other."""
    found = {}
    for each in (run, against):
        try:
            if each is not None:
                found[each.name] = accuracies(resources.scores(each))
        except RunError as error:
            st.warning(str(error))
    if not found.get(run.name, {}).keys() - {MNIST}:
        st.info(f"{run.name} was not scored on spoilt images.")
        return
    title = finding(run.name, found[run.name])
    st.markdown(f"**{title}**")
    st.vega_lite_chart(spec(found, colours), alt=f"Accuracy on images spoilt in several ways. {title}.")
    st.caption(
        "MNIST's test images, each spoilt in one way, after Mu and Gilmer's MNIST-C (2019). "
        "Dashed: the same images as they are."
    )


def accuracies(scores: Sequence[SetScore]) -> dict[str, float]:
    """The share of images read right, 0..1, for each corruption and for MNIST as it is."""
    names = {score.name: score.accuracy for score in scores if score.name.startswith((CORRUPTED, MNIST))}
    return {name: accuracy for name, accuracy in names.items() if accuracy is not None}


def finding(name: str, own: Accuracies) -> str:
    """What costs the most."""
    spoilt = {kind: accuracy for kind, accuracy in own.items() if kind != MNIST}
    worst = min(spoilt, key=lambda kind: spoilt[kind])
    clean = f" instead of {percent(own[MNIST])}" if MNIST in own else ""
    what = worst.removeprefix(CORRUPTED)
    return (
        f"{what[:1].upper()}{what[1:]} costs {name} the most: {percent(spoilt[worst])} are read right{clean}"
    )


def spec(found: Mapping[str, Accuracies], colours: Mapping[str, str]) -> dict[str, Any]:
    """Bars of all runs, sorted by the first one's accuracy, and a line where each is on clean images."""
    runs = list(found)
    own = found[runs[0]]
    order = sorted((kind for kind in own if kind != MNIST), key=lambda kind: own[kind])
    rows = [
        {
            "kind": kind.removeprefix(CORRUPTED),
            "run": run,
            "right": found[run][kind],
            "text": percent(found[run][kind]),
        }
        for kind in order
        for run in runs
        if kind in found[run]
    ]
    clean = [{"run": run, "right": found[run][MNIST]} for run in runs if MNIST in found[run]]
    colour = {
        "field": "run",
        "type": "nominal",
        "scale": {"domain": runs, "range": [colours[run] for run in runs]},
        "legend": {"title": None, "orient": "top", "labelFontSize": 13} if len(runs) > 1 else None,
    }
    y = {
        "field": "kind",
        "type": "nominal",
        "sort": [kind.removeprefix(CORRUPTED) for kind in order],
        "axis": _AXIS,
    }
    offset = {"yOffset": {"field": "run", "sort": runs}} if len(runs) > 1 else {}
    return {
        "height": len(order) * (_BAR * len(runs) + _GAP),
        "padding": {"right": 48},
        "encoding": {"x": _X, "color": colour},
        "layer": [
            {
                "data": {"values": rows},
                "encoding": {"y": y, **offset, "tooltip": _TIPS},
                "layer": [
                    {"mark": {"type": "bar", "cornerRadiusEnd": 3, "height": _BAR - 2}},
                    {
                        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 12},
                        "encoding": _PERCENTAGES,
                    },
                ],
            },
            {
                "data": {"values": clean},
                "mark": {"type": "rule", "strokeDash": [4, 4], "tooltip": None},
            },
        ],
        "config": {"view": {"stroke": None}},
    }


_X = {
    "field": "right",
    "type": "quantitative",
    "scale": {"domain": [0, 1]},
    "axis": {"title": "Read right", "format": "%", "tickCount": 5},
}
# In a column beside the bars, where the line of clean images does not cross them.
_PERCENTAGES = {"x": {"datum": 1}, "text": {"field": "text"}, "color": {"value": "currentColor"}}
_AXIS = {"title": None, "labelFontSize": 13, "ticks": False, "domain": False, "labelLimit": 150}
_TIPS = [
    {"field": "kind", "title": "Spoilt by"},
    {"field": "run", "title": "Run"},
    {"field": "text", "title": "Read right"},
]
