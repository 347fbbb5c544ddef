"""A prediction as the pages show it: a digit with its probabilities, or a number with its digits."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from mnist_app.domain import DIGITS, Digit, Reading
from mnist_app.ink.canonical import to_bytes
from mnist_app.ui import charts
from mnist_app.ui.colours import GREY, SKY
from mnist_app.ui.widgets import picture_url
from mnist_app.ui.words import percent

_PERCENTAGES = "percentages"  # the chart's parameter with its labels


def show_hint(text: str) -> None:
    """Show what to do in the place of an answer; never a number for nothing."""
    st.html(
        f'<div class="answer"><div class="hint" role="status" aria-live="polite">{escape(text)}</div></div>'
    )


def show_digit(digit: Digit, is_part: bool = False) -> None:
    """Show a digit, its certainty, what the model saw and the ten probabilities; smaller for a part."""
    words, spoken = _words(digit)
    numeral = escape(digit.sign) or (digit.digit if digit.is_legible else "?")
    kind, role = ("answer part", "group") if is_part else ("answer", "status")
    st.html(
        f'<div class="{kind}"><div role="{role}" aria-live="polite" aria-label="{escape(spoken)}">'
        f'<div class="digit">{numeral}</div><div class="words">{escape(words)}</div></div>'
        f'<figure><img src="{picture_url(to_bytes(digit.image))}" '
        'alt="The 28 by 28 pixels that the model saw"><figcaption>what the model sees</figcaption>'
        "</figure></div>"
    )
    show_probabilities(digit, "answer")


def show_drawing(reading: Reading) -> None:
    """Show a digit, or a number and one of its digits."""
    if len(reading.digits) == 1 and not reading.signs:
        show_digit(reading.digits[0])
        return
    words, lines = _certainty(reading.digits), reading.written
    spoken = f"Read as {', '.join(lines)}, {words}."
    longest, rows = max(map(len, lines)), "<br>".join(map(escape, lines))
    st.html(
        f'<div class="answer number"><div role="status" aria-live="polite" aria-label="{escape(spoken)}">'
        f'<div class="digit" style="--digits: {longest}">{rows}</div>'
        f'<div class="words">{escape(words)}</div></div></div>'
    )
    show_digit(reading.digits[pick_digit(reading.digits, f"drawn-{reading.text}")], is_part=True)


def pick_digit(digits: Sequence[Digit], key: str) -> int:
    """Return the index of the chosen digit: the first doubtful one until another is chosen."""
    first = next((k for k, digit in enumerate(digits) if digit.is_doubtful), 0)
    labels = [f"![what the model sees]({picture_url(to_bytes(d.image))}) {d.marked}" for d in digits]
    with st.container(key=f"digits-{key}"):
        chosen = st.pills(
            "Look at a digit",
            range(len(digits)),
            format_func=labels.__getitem__,
            default=first,
            required=True,
            key=f"{key}-{len(digits)}-{first}",
        )
    return first if chosen is None else int(chosen)


def show_probabilities(digit: Digit, key: str) -> None:
    """Show ten bars in digit order; `key` tells them from others on the page."""
    start = "Probability of each digit" if digit.is_digit else "Which digit it would be if it were one"
    parts = [f"{d}: {percent(float(digit.probabilities[d]))}" for d in digit.ranking]
    words = f"{start}, the most probable first. {', '.join(parts)}."
    with st.container(key=f"probabilities-{key}"):
        st.vega_lite_chart(_probability_chart(digit), alt=words)


def _probability_chart(digit: Digit) -> charts.Spec:
    """Candidates in the accent colour, percentages in a column. A non-digit has no candidates."""
    shown = [float(p) for p in digit.probabilities]
    wins = digit.candidates if digit.is_digit else ()
    rows = [{"digit": d, "probability": p, "wins": d in wins} for d, p in zip(DIGITS, shown, strict=True)]
    labels = {str(d): percent(p) for d, p in zip(DIGITS, shown, strict=True)}
    tips = charts.tooltip(digit="Digit", probability="Probability")
    tips[1] |= {"type": "quantitative", "format": ".2%"}
    colour = {"condition": {"test": "datum.wins", "value": SKY}, "value": GREY}
    # Percentages are axis labels, because those follow the theme's text colour.
    column = charts.category("digit", orient="right", labelExpr=f"{_PERCENTAGES}[datum.label]")
    x = {"field": "probability", "type": "quantitative", "axis": None, "scale": {"domain": [0, 1]}}
    return {
        "height": charts.ROW * len(DIGITS),
        "data": {"values": rows},
        "params": [{"name": _PERCENTAGES, "value": labels}],
        "encoding": {"x": x, "tooltip": tips},
        "layer": [
            {
                "mark": {"type": "bar", "cornerRadiusEnd": 3, "height": 12},
                "encoding": {"y": charts.category("digit"), "color": colour},
            },
            {"mark": {"type": "bar", "opacity": 0}, "encoding": {"y": column}},
        ],
        "resolve": {"scale": {"y": "independent"}},
    }


def _certainty(digits: Sequence[Digit]) -> str:
    """Say in a few words which of several digits are doubtful."""
    doubtful = [(k, digit) for k, digit in enumerate(digits, 1) if digit.is_doubtful]
    if not doubtful:
        return "certain"
    if len(doubtful) == 1:
        place, digit = doubtful[0]
        return f"digit {place}: {digit.certainty.removeprefix('not sure: ')}"
    return f"{len(doubtful)} of {len(digits)} digits are doubtful"


def _words(digit: Digit) -> tuple[str, str]:
    """Return the words below the numeral, and those for people who cannot see it."""
    if digit.label is not None:
        return digit.certainty, f"Corrected to {digit.digit}."
    if digit.is_single:
        share = float(digit.probabilities[digit.digit])  # as the bar says
        may_be_none = digit.is_doubtful and digit.digit_probability < share
        words = f"{digit.certainty}, {percent(digit.digit_probability if may_be_none else share)}"
        words += " a digit" * may_be_none
        return words, f"Read as {digit.digit}, {words}."
    if not digit.is_digit:
        return digit.certainty, f"This is {digit.certainty}{f': {digit.sign}' if digit.sign else ''}."
    spoken = f"Read as {digit.certainty}." if digit.is_legible else f"{digit.certainty.capitalize()}."
    return digit.certainty, spoken
