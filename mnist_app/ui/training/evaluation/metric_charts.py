"""The charts of an evaluation, as Vega-Lite specs with their data and a sentence that says the finding."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from mnist_app.domain import CERTAIN, Bin, DigitScore, SetPredictions, SetScore
from mnist_app.ui.charts import GREY, SKY, VERMILLION, percent
from mnist_app.ui.colours import PALETTE
from mnist_app.ui.training.evaluation.scored import precise

_HEIGHT = 320  # pixels
_BARS = 20  # of the histogram
_FEW = 10  # images; how often a model is right about fewer says little
_THIN = 0.3  # of a bar's width, left free on either side of a bar in front of it
_RIGHT, _WRONG = "right", "wrong"
Spec = dict[str, Any]


def digits_finding(scores: Sequence[DigitScore]) -> str:
    """Which digit is read worst."""
    low = min(scores, key=lambda score: score.f1)
    if low.f1 == 1:
        return "Every digit is read right"
    weak = f"{precise(1 - low.recall)} of them are missed"
    if low.precision < low.recall:
        weak = f"only {precise(low.precision)} of what is read as {low.digit} is one"
    return f"{low.digit} is read worst: {weak}, its F1 is {precise(low.f1)}"


def digits_chart(scores: Sequence[DigitScore]) -> Spec:
    """Precision and recall of each digit as dots, from a little below the least of them to 100 %."""
    floor = floor_of(scores)
    measures = {"Precision": "precision", "Recall": "recall"}
    rows = [
        {"digit": s.digit, "measure": label, "value": getattr(s, field), "text": precise(getattr(s, field))}
        for s in scores
        for label, field in measures.items()
    ]
    colour = _scale(list(measures), [VERMILLION, PALETTE[0]]) | {"field": "measure", "legend": _LEGEND}
    shape = _scale(list(measures), ["circle", "diamond"]) | {"field": "measure", "legend": _LEGEND}
    x = _number("value", "Share of images", "%", [floor, 1]) | {"field": "value"}
    return {
        "height": _HEIGHT + 60,
        "data": {"values": rows},
        "encoding": {"y": _nominal("digit", "Digit"), "tooltip": _tips("digit", "measure", "text")},
        "layer": [
            {
                "mark": {"type": "rule", "color": GREY, "opacity": 0.6},
                "encoding": {
                    "x": x | {"aggregate": "min"},
                    "x2": {"field": "value", "aggregate": "max"},
                    "tooltip": None,
                },
            },
            {
                "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1},
                "encoding": {"x": x, "color": colour, "shape": shape},
            },
        ],
    }


def floor_of(scores: Sequence[DigitScore]) -> float:
    """A round share below all of these scores: of 100, 98 and 95 % one of them, else a multiple of 10 %."""
    least = min(min(s.precision, s.recall, s.f1) for s in scores)
    near = next((floor for floor in (0.98, 0.95, 0.9) if floor < least), None)
    return max(0.0, math.floor(least * 10) / 10) if near is None else near


def calibration_finding(bins: Sequence[Bin], score: SetScore | None) -> str:
    """How far confidence is from the truth, and to which side."""
    images = sum(b.images for b in bins)
    over = sum(b.images * b.confidence - b.right for b in bins) / images
    error = (
        ""
        if score is None or score.calibration_error is None
        else f" (calibration error {precise(score.calibration_error)})"
    )
    if abs(over) < 0.0005:
        return f"It is as sure as it is right{error}"
    how = "surer than it is right" if over > 0 else "less sure than it is right"
    return f"On average it is {precise(abs(over))} {how}{error}"


def calibration_chart(bins: Sequence[Bin]) -> Spec:
    """How often it is right at each confidence, against the line where both are equal; numbers of images."""
    rows = [
        {
            "confidence": b.confidence,
            "right": b.right / b.images,
            "middle": (b.low + b.high) / 2,
            "images": b.images,
            "label": _short(b.images),
            "text": f"{percent(b.right / b.images)} of {b.images:,}",
            "sure": percent(b.confidence),
        }
        for b in bins
        if b.images
    ]
    x, y = _number("confidence", "Confidence", "%", [0, 1]), _number("right", "Read right", "%", [0, 1])
    faint = {"condition": {"test": f"datum.images < {_FEW}", "value": 0.35}, "value": 1}
    ends = [{"confidence": 0, "right": 0}, {"confidence": 1, "right": 1}]
    line = {"type": "line", "color": GREY, "strokeDash": [4, 4], "tooltip": None}
    below = {"type": "text", "fontSize": 10, "color": "currentColor", "opacity": 0.8, "dy": -8}
    names = {"sure": "Mean confidence", "text": "Read right", "images": "Images"}
    tips = [{"field": field, "title": title} for field, title in names.items()]
    return {
        "height": _HEIGHT,
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {"mark": line, "data": {"values": ends}, "encoding": {"x": x}},
            {
                "mark": {"type": "rule", "color": VERMILLION, "strokeWidth": 2},
                "encoding": {"x": x, "y2": {"field": "confidence"}, "opacity": faint},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 90, "color": "currentColor"},
                "encoding": {"x": x, "opacity": faint, "tooltip": tips},
            },
            {
                "mark": below,
                "encoding": {"x": x | {"field": "middle"}, "y": {"datum": 0}, "text": {"field": "label"}},
            },
        ],
    }


def confidence_finding(said: SetPredictions) -> str:
    """How many of the errors were made with certainty."""
    wrong = said.confidence[~said.right]
    if not len(wrong):
        return "There are no errors to be sure of"
    sure = int((wrong >= CERTAIN).sum())
    return f"Errors made with {CERTAIN * 100:.0f} % confidence or more: {sure:,} of {len(wrong):,}"


def confidence_chart(said: SetPredictions, is_log: bool) -> Spec:
    """How many images have which confidence: right ones as wide bars, wrong ones as thin bars before them."""
    rows = []
    for kind, where, inset in ((_RIGHT, said.right, 0.04), (_WRONG, ~said.right, _THIN)):
        numbers, edges = np.histogram(said.confidence[where], bins=_BARS, range=(0, 1))
        for number, low in zip(numbers.tolist(), edges.tolist(), strict=False):
            span = {"low": low + inset / _BARS, "high": low + (1 - inset) / _BARS}
            text = f"{low:.0%} to {low + 1 / _BARS:.0%}".replace("%", " %")
            rows.append(span | {"kind": kind, "images": number, "text": text, "zero": 0})
    most = max(row["images"] for row in rows)
    # A domain is given, because Streamlit hands the data over when the scale is made already.
    scale: Spec = {"type": "symlog" if is_log else "linear", "domain": [0, most], "nice": not is_log}
    ticks = {"values": [0, *(10**k for k in range(1, 6))]} if is_log else {"tickCount": 5}
    axis = {"title": "Images", "labelExpr": "format(datum.value, ',')", **ticks}
    return {
        "height": _HEIGHT,
        "data": {"values": [row for row in rows if row["images"]]},
        "mark": {"type": "rect", "clip": True},
        "encoding": {
            "x": _number("low", "Confidence", "%", [0, 1]),
            "x2": {"field": "high"},
            "y": {"field": "images", "type": "quantitative", "scale": scale, "axis": axis},
            "y2": {"field": "zero"},
            "color": _scale([_RIGHT, _WRONG], [SKY, VERMILLION]) | {"field": "kind", "legend": _LEGEND},
            "tooltip": _tips("text", "kind", "images"),
        },
    }


def _short(number: int) -> str:
    return f"{number / 1000:.1f}k" if number >= 1000 else str(number)


_LEGEND = {"title": None, "orient": "top", "labelFontSize": 13}


def _scale(domain: list[str], colours: list[str]) -> Spec:
    return {"type": "nominal", "scale": {"domain": domain, "range": colours}}


def _number(field: str, title: str, form: str, domain: list[float]) -> Spec:
    return {
        "field": field,
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False, "zero": False},
        "axis": {"title": title, "format": form, "tickCount": 5},
    }


def _nominal(field: str, title: str | None) -> Spec:
    axis = {
        "title": title,
        "labelFontSize": 14,
        "ticks": False,
        "domain": False,
        "labelOverlap": False,
        "labelFlush": False,
    }
    return {"field": field, "type": "ordinal", "axis": axis}


def _tips(*fields: str) -> list[Spec]:
    titles: Mapping[str, str] = {"text": "Value"}
    return [{"field": field, "title": titles.get(field, field.capitalize())} for field in fields]
