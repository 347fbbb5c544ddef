"""One run on one set in figures: how well it reads each digit, and how far its confidence can be trusted."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import streamlit as st

from mnist_app.domain import CERTAIN, Bin, DigitScore, SetPredictions
from mnist_app.ui import charts
from mnist_app.ui.colours import GREY, LINE_BLUE, SKY, VERMILLION
from mnist_app.ui.training.evaluation.scored import Scored
from mnist_app.ui.words import percent, plain, precise, shortened

_IS_LOG = "log-images"  # the toggle's key
_BARS = 20  # of the histogram
_FEW_IMAGES = 10  # how often a model is right about fewer says little
_MARGIN, _FRONT_MARGIN = 0.04, 0.3  # of a bar's width, left free on either side; bars in front are thin
_RIGHT, _WRONG = "right", "wrong"
_FLOORS = (0.98, 0.95, 0.9)  # where the axis of per-digit scores may begin
_WELL_CALIBRATED = 0.0005  # mean distance of confidence from accuracy that counts as none


def show_digits(scored: Scored, other: Scored | None, colours: Mapping[str, str]) -> None:
    """Show precision, recall and F1 of each digit: the worst in a sentence, dots, and a table to sort.

    Beside another run, the dots are the F1 of both.
    """
    scores = scored.evaluation.per_digit
    title = digits_finding(scores)
    measures = [_Measure("Precision", scores, "precision", VERMILLION)]
    measures.append(_Measure("Recall", scores, "recall", LINE_BLUE))
    if other:
        runs = [(each.run.name, each.evaluation.per_digit) for each in (scored, other)]
        measures = [_Measure(name, found, "f1", colours[name]) for name, found in runs]
        title = f"{title}. F1 of both runs:"
    st.markdown(f"**{plain(title)}**")
    left, right = st.columns([1, 1.15], gap="large")
    left.vega_lite_chart(digits_chart(measures), alt=f"Scores by digit. {title}.")
    number = st.column_config.NumberColumn
    shares = {name: [getattr(s, name) * 100 for s in scores] for name in ("precision", "recall", "f1")}
    if other:
        shares["other"] = [s.f1 * 100 for s in other.evaluation.per_digit]
    right.dataframe(  # an Arrow table, which Streamlit sends as it is
        pa.table({"digit": [s.digit for s in scores], **shares, "support": [s.support for s in scores]}),
        hide_index=True,
        column_config={
            "digit": "Digit",
            "precision": number("Precision", format="%.2f %%", help="Share of readings as it that are right"),
            "recall": number("Recall", format="%.2f %%", help="Share of its images that are read right"),
            "f1": number("F1", format="%.2f %%", help="The harmonic mean of both"),
            "other": number(f"F1 of {other.run.name}" if other else "", format="%.2f %%"),
            "support": number("Images", format="localized"),
        },
        alt="Precision, recall and F1 by digit",
    )


def show_confidence(scored: Scored, other: Scored | None = None) -> None:
    """Show whether confidence is calibrated, and how it is spread over right and wrong answers.

    Another run's charts are below, with the same scales.
    """
    is_log = st.session_state.get(_IS_LOG, True)
    for each in (scored, other):
        if each is None:
            continue
        if other:
            st.markdown(f"**{plain(each.run.name)}**")
        left, right = st.columns(2, gap="large")
        with left:
            bins = each.evaluation.bins
            title = calibration_finding(bins, each.score.calibration_error)
            st.markdown(f"**{plain(title)}**")
            st.vega_lite_chart(
                calibration_chart(bins), alt=f"Reliability diagram of {each.run.name}. {title}."
            )
        with right:
            title = confidence_finding(each.predictions)
            st.markdown(f"**{plain(title)}**")
            chart = confidence_chart(each.predictions, is_log)
            st.vega_lite_chart(chart, alt=f"Histogram of confidence of {each.run.name}. {title}.")
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(
            "Numbers are images. Lines show how far confidence is from accuracy; faint: of few images."
        )
        st.toggle("Logarithmic", value=True, key=_IS_LOG)


def digits_finding(scores: Sequence[DigitScore]) -> str:
    """Name the digit that is read worst, and why."""
    low = min(scores, key=lambda score: score.f1)
    if low.f1 == 1:
        return "Every digit is read right"
    why = f"{precise(1 - low.recall)} of its images are read as another digit"
    if low.precision < low.recall:
        why = f"only {precise(low.precision)} of the readings as {low.digit} are right"
    return f"{low.digit} is read worst: {why} (F1 {precise(low.f1)})"


@dataclass(frozen=True)
class _Measure:
    """A dot for each digit: its name in the legend, the scores and their field that it shows, its colour."""

    label: str
    scores: Sequence[DigitScore]
    field: str
    colour: str


def digits_chart(measures: Sequence[_Measure]) -> charts.Spec:
    """Return two measures of each digit as dots, from a little below the lowest of them to 100 %."""
    lowest = min(min(s.precision, s.recall, s.f1) for each in measures for s in each.scores)
    floor = next((floor for floor in _FLOORS if floor < lowest), max(0.0, math.floor(lowest * 10) / 10))
    rows = [
        {
            "digit": s.digit,
            "measure": m.label,
            "value": getattr(s, m.field),
            "text": precise(getattr(s, m.field)),
        }
        for m in measures
        for s in m.scores
    ]
    labels = [each.label for each in measures]
    x = charts.share("value", "Share of images", floor)
    ends = {
        "x": x | {"aggregate": "min"},
        "x2": {"field": "value", "aggregate": "max"},
        "tooltip": None,
    }
    dots = {
        "x": x,
        "color": charts.nominal("measure", labels, [each.colour for each in measures]),
        "shape": charts.nominal("measure", labels, ["circle", "diamond"]),
    }
    return {
        "height": charts.HEIGHT + 60,
        "data": {"values": rows},
        "encoding": {
            "y": charts.category("digit", "Digit"),
            "tooltip": charts.tooltip(digit="Digit", measure="Measure", text="Value"),
        },
        "layer": [
            {"mark": {"type": "rule", "color": GREY, "opacity": 0.6}, "encoding": ends},
            {"mark": charts.DOT | {"size": 110}, "encoding": dots},
        ],
    }


def calibration_finding(bins: Sequence[Bin], error: float | None) -> str:
    """Say how far mean confidence is from accuracy, and to which side."""
    over = sum(b.images * b.confidence - b.right for b in bins) / sum(b.images for b in bins)
    measured = "" if error is None else f" (calibration error {precise(error)})"
    if abs(over) < _WELL_CALIBRATED:
        return f"Well calibrated{measured}"
    side = "Overconfident" if over > 0 else "Underconfident"
    return f"{side} by {precise(abs(over))} on average{measured}"


def calibration_chart(bins: Sequence[Bin]) -> charts.Spec:
    """Return a reliability diagram: accuracy at each confidence, the diagonal, and numbers of images."""
    rows = [
        {
            "confidence": b.confidence,
            "right": b.right / b.images,
            "middle": (b.low + b.high) / 2,
            "images": b.images,
            "label": shortened(b.images),
            "text": f"{percent(b.right / b.images)} of {b.images:,}",
            "sure": percent(b.confidence),
        }
        for b in bins
        if b.images
    ]
    x, y = charts.share("confidence", "Confidence"), charts.share("right", "Accuracy")
    faint = {"condition": {"test": f"datum.images < {_FEW_IMAGES}", "value": 0.35}, "value": 1}
    ends = [{"confidence": 0, "right": 0}, {"confidence": 1, "right": 1}]
    diagonal = {"type": "line", "color": GREY, "strokeDash": [4, 4], "tooltip": None}
    tips = charts.tooltip(sure="Mean confidence", text="Accuracy", images="Images")
    numbers = {"type": "text", "fontSize": 10, "color": "currentColor", "opacity": 0.8, "dy": -8}
    return {
        "height": charts.HEIGHT,
        "data": {"values": rows},
        "encoding": {"y": y},
        "layer": [
            {"mark": diagonal, "data": {"values": ends}, "encoding": {"x": x}},
            {
                "mark": {"type": "rule", "color": VERMILLION, "strokeWidth": 2},
                "encoding": {"x": x, "y2": {"field": "confidence"}, "opacity": faint},
            },
            {
                "mark": charts.DOT | {"size": 90, "color": "currentColor"},
                "encoding": {"x": x, "opacity": faint, "tooltip": tips},
            },
            {
                "mark": numbers,
                "encoding": {"x": x | {"field": "middle"}, "y": {"datum": 0}, "text": {"field": "label"}},
            },
        ],
    }


def confidence_finding(predictions: SetPredictions) -> str:
    """Say how many of the errors were made with certainty."""
    wrong = predictions.confidence[~predictions.right]
    if not len(wrong):
        return "No errors"
    sure = int((wrong >= CERTAIN).sum())
    return f"Errors made with {percent(CERTAIN, 0)} confidence or more: {sure:,} of {len(wrong):,}"


def confidence_chart(predictions: SetPredictions, is_log: bool) -> charts.Spec:
    """Return a histogram of confidence: right answers as wide bars, wrong ones as thin bars before them."""
    rows = []
    right = predictions.right
    for kind, where, margin in ((_RIGHT, right, _MARGIN), (_WRONG, ~right, _FRONT_MARGIN)):
        numbers, edges = np.histogram(predictions.confidence[where], bins=_BARS, range=(0, 1))
        for number, low in zip(numbers.tolist(), edges.tolist(), strict=False):
            span = {"low": low + margin / _BARS, "high": low + (1 - margin) / _BARS}
            text = f"{percent(low, 0)} to {percent(low + 1 / _BARS, 0)}"
            rows.append(span | {"kind": kind, "images": number, "text": text, "zero": 0})
    # A domain is given, because Streamlit hands the data over when the scale is made already.
    highest = max(row["images"] for row in rows)
    scale = {"type": "symlog" if is_log else "linear", "domain": [0, highest], "nice": not is_log}
    ticks = {"values": [0, *(10**k for k in range(1, 6))]} if is_log else {"tickCount": 5}
    axis = {"title": "Images", "labelExpr": "format(datum.value, ',')", **ticks}
    return {
        "height": charts.HEIGHT,
        "data": {"values": [row for row in rows if row["images"]]},
        "mark": {"type": "rect", "clip": True},
        "encoding": {
            "x": charts.share("low", "Confidence"),
            "x2": {"field": "high"},
            "y": {"field": "images", "type": "quantitative", "scale": scale, "axis": axis},
            "y2": {"field": "zero"},
            "color": charts.nominal("kind", [_RIGHT, _WRONG], [SKY, VERMILLION]),
            "tooltip": charts.tooltip(text="Confidence", kind="Answers", images="Images"),
        },
    }
