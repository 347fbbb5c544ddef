"""Altair charts. Colours are Okabe and Ito's, which colour-blind people can tell apart."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, Literal

import altair as alt

from mnist_app.domain import DIGITS, Digit, Epoch

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


def loss_chart(history: Sequence[Epoch], best_epoch: int) -> Chart:
    """Training and validation loss, epoch by epoch."""
    return _curves(history, "loss", "Loss (nats)", best_epoch, alt.Axis())


def accuracy_chart(history: Sequence[Epoch], best_epoch: int) -> Chart:
    """Training and validation accuracy, epoch by epoch."""
    return _curves(history, "accuracy", "Accuracy", best_epoch, alt.Axis(format=".1%"))


def _curves(history: Sequence[Epoch], measure: str, title: str, best_epoch: int, axis: alt.Axis) -> Chart:
    """Two lines with their names at their ends, and a rule at the epoch whose weights were kept."""
    rows = [
        {"epoch": e.epoch, "value": getattr(e, prefix + measure), "set": name}
        for e in history
        for prefix, name in (("", "Training"), ("val_", "Validation"))
    ]
    last = sorted(rows[-2:], key=lambda row: float(row["value"]))
    colour = alt.Color(
        "set:N", legend=None, scale=alt.Scale(domain=["Training", "Validation"], range=[VERMILLION, SKY])
    )
    span = alt.Scale(domain=[1, max(2, len(history))], nice=False)
    x = alt.X("epoch:Q", title="Epoch", axis=alt.Axis(tickMinStep=1, format="d", grid=False), scale=span)
    base = alt.Chart(alt.InlineData(values=rows), height=280).encode(
        x=x,
        y=alt.Y("value:Q", title=title, axis=axis, scale=alt.Scale(zero=False)),
        color=colour,
    )
    lines = base.mark_line(point=alt.OverlayMarkDef(size=28), strokeWidth=2.5).encode(
        tooltip=[
            alt.Tooltip("set:N", title="Images"),
            alt.Tooltip("epoch:Q", title="Epoch"),
            alt.Tooltip("value:Q", title=title, format=".4f"),
        ]
    )
    # Where the lines end close together, their names stand above and below them.
    names = [
        base.mark_text(align="left", dx=8, dy=dy, fontSize=13, fontWeight="bold")
        .encode(text="set:N")
        .properties(data=alt.InlineData(values=[last[end]]))
        for end, dy in enumerate((7, -7))
    ]
    kept = alt.Chart(alt.InlineData(values=[{"epoch": best_epoch}])).mark_rule(strokeDash=[4, 4], color=GREY)
    return alt.layer(kept.encode(x=x), lines, *names, padding={"right": 80}).properties(height=280)
