"""Altair charts. Colours are Okabe and Ito's, which colour-blind people can tell apart."""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

import altair as alt

from mnist_app.domain import DIGITS, Digit

SKY, VERMILLION, GREY = "#56B4E9", "#D55E00", "#9AA0A6"
Chart = alt.LayerChart | alt.FacetChart  # what Altair says that layering gives
_ROW = 22  # pixels
_LABELS = "percentages"


def percent(probability: float) -> str:
    """0.9987 as "99.9 %"; zero is shown as zero and only what rounds to it as 100 %."""
    text = f"{probability:.1%}".replace("%", " %")
    return {"0.0 %": "0 %", "100.0 %": "100 %"}.get(text, text)


def probability_chart(digit: Digit) -> dict[str, Any]:
    """Ten bars in digit order, candidates in the accent colour, percentages in a column: a Vega-Lite spec.

    What is no digit has no candidates.
    """
    shown = [float(p) for p in digit.probabilities]
    wins = digit.candidates if digit.is_digit else ()
    rows = [{"digit": d, "probability": p, "wins": d in wins} for d, p in zip(DIGITS, shown, strict=True)]
    labels = {"name": _LABELS, "value": {str(d): percent(p) for d, p in zip(DIGITS, shown, strict=True)}}
    return {**_probability_spec(), "data": {"values": rows}, "params": [labels]}


@cache
def _probability_spec() -> dict[str, Any]:
    """The chart without its numbers. Made once: Altair takes 20 ms for it, and every stroke shows it."""
    base = alt.Chart(height=_ROW * 10).encode(
        x=alt.X("probability:Q", title=None, axis=None, scale=alt.Scale(domain=[0, 1])),
        tooltip=[
            alt.Tooltip("digit:O", title="Digit"),
            alt.Tooltip("probability:Q", title="Probability", format=".2%"),
        ],
    )
    bars = base.mark_bar(cornerRadiusEnd=3, height=12).encode(
        y=alt.Y("digit:O", title=None, axis=_axis("left")),
        color=alt.condition("datum.wins", alt.value(SKY), alt.value(GREY)),
    )
    # Percentages are axis labels, because those follow the theme's text colour and marks don't.
    column = base.mark_bar(opacity=0).encode(
        y=alt.Y("digit:O", title=None, axis=_axis("right", labelExpr=f"{_LABELS}[datum.label]"))
    )
    spec: dict[str, Any] = alt.layer(bars, column).resolve_scale(y="independent").to_dict()
    return spec


def _axis(side: Literal["left", "right"], **options: Any) -> alt.Axis:
    return alt.Axis(
        orient=side,
        ticks=False,
        domain=False,
        grid=False,
        labelFontSize=14,
        labelOverlap=False,
        labelFlush=False,
        **options,
    )


def probability_words(digit: Digit) -> str:
    """The chart for those who cannot see it."""
    which = "Probability of each digit" if digit.is_digit else "Which digit it would be if it were one"
    parts = [f"{d}: {percent(float(digit.probabilities[d]))}" for d in digit.ranking]
    return f"{which}, the most probable first. " + ", ".join(parts) + "."
