"""Accuracy on corrupted images: a bar for each kind of corruption, of one run or two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from mnist_app.domain import MNIST_TEST, Kind, Run, SetScore
from mnist_app.errors import RunError
from mnist_app.ui import charts, resources
from mnist_app.ui.words import capitalized, percent

_BAR, _GAP = 15, 12  # pixels
Accuracies = Mapping[str, float]  # 0..1, by the corruption


def show(run: Run, against: Run | None, colours: Mapping[str, str]) -> None:
    """Show accuracy under each corruption, the worst first; two runs beside each other."""
    found: dict[str, Accuracies] = {}
    clean: dict[str, float | None] = {}
    for each in (run, against):
        try:
            if each is not None:
                scores = resources.scores(each)
                found[each.name] = accuracies(scores)
                clean[each.name] = next((s.accuracy for s in scores if s.name == MNIST_TEST), None)
        except RunError as error:
            st.warning(str(error))
    if not found.get(run.name):
        st.info(f"{run.name} was not scored on corrupted images.")
        return
    title = finding(run.name, found[run.name], clean.get(run.name))
    st.markdown(f"**{title}**")
    st.vega_lite_chart(chart(found, clean, colours), alt=f"Accuracy on corrupted images. {title}.")
    st.caption(
        "MNIST's test images, each corrupted in one way, after Mu and Gilmer's MNIST-C (2019). "
        "Dashed: the same images without corruption."
    )


def accuracies(scores: Sequence[SetScore]) -> dict[str, float]:
    """Return the accuracy under each corruption, by its name: "MNIST, noise" is the noise."""
    corrupted = [score for score in scores if score.kind is Kind.CORRUPTED]
    names = {score.name: (score.title or score.name).rpartition(", ")[2] for score in corrupted}
    return {names[score.name]: score.accuracy for score in corrupted if score.accuracy is not None}


def finding(name: str, found: Accuracies, clean: float | None) -> str:
    """Name the corruption that costs the most."""
    worst = min(found, key=lambda title: found[title])
    instead = f" instead of {percent(clean)}" if clean else ""
    return f"{capitalized(worst)} costs {name} the most: {percent(found[worst])} are read right{instead}"


def chart(
    found: Mapping[str, Accuracies], clean: Mapping[str, float | None], colours: Mapping[str, str]
) -> charts.Spec:
    """Return bars of all runs, sorted by the first one's accuracy, and lines at their clean accuracy."""
    runs = list(found)
    first = found[runs[0]]
    order = sorted(first, key=lambda title: first[title])
    rows = [
        {"kind": title, "run": run, "right": found[run][title], "text": percent(found[run][title])}
        for title in order
        for run in runs
        if title in found[run]
    ]
    legend = charts.LEGEND if len(runs) > 1 else None
    bar_axis = {"title": None, "labelFontSize": 13, "ticks": False, "domain": False, "labelLimit": 150}
    bars = {
        "y": {"field": "kind", "type": "nominal", "sort": order, "axis": bar_axis},
        "tooltip": charts.tooltip(kind="Corruption", run="Run", text="Accuracy"),
        **({"yOffset": {"field": "run", "sort": runs}} if len(runs) > 1 else {}),
    }
    # In a column beside the bars, where the lines of clean images do not cross them.
    numbers = {"x": {"datum": 1}, "text": {"field": "text"}, "color": {"value": "currentColor"}}
    return {
        "height": len(order) * (_BAR * len(runs) + _GAP),
        "padding": {"right": 48},
        "encoding": {
            "x": charts.share("right", "Accuracy"),
            "color": charts.nominal("run", runs, [colours[run] for run in runs], legend),
        },
        "layer": [
            {
                "data": {"values": rows},
                "encoding": bars,
                "layer": [
                    {"mark": {"type": "bar", "cornerRadiusEnd": 3, "height": _BAR - 2}},
                    {
                        "mark": {"type": "text", "align": "left", "dx": 8, "fontSize": 12},
                        "encoding": numbers,
                    },
                ],
            },
            {
                "data": {"values": [{"run": run, "right": share} for run, share in clean.items() if share]},
                "mark": {"type": "rule", "strokeDash": [4, 4], "tooltip": None},
            },
        ],
        "config": charts.NO_FRAME,
    }
