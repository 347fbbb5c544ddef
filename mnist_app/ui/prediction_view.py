"""What was read, as people see it: a digit with its probabilities, or a number with its digits."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from mnist_app.domain import Digit, Reading
from mnist_app.ink.canonical import to_bytes
from mnist_app.ui import charts, png, widgets


def show_answer(digit: Digit, is_part: bool = False) -> None:
    """The digit, how sure the model is, what it saw, and the ten probabilities; smaller for a part."""
    words, spoken = _words(digit)
    numeral = digit.digit if digit.is_legible else "?"
    kind, role = ("answer part", "group") if is_part else ("answer", "status")
    picture = png.address(to_bytes(digit.image))
    st.html(
        f'<div class="{kind}"><div role="{role}" aria-live="polite" aria-label="{escape(spoken)}">'
        f'<div class="digit">{numeral}</div><div class="words">{escape(words)}</div></div>'
        f'<figure><img src="{picture}" alt="The 28 by 28 pixels that the model saw">'
        "<figcaption>what the model sees</figcaption></figure></div>"
    )
    with st.container(key=widgets.CHART):
        st.vega_lite_chart(charts.probability_chart(digit), alt=charts.probability_words(digit))


def show_drawing(reading: Reading) -> None:
    """A digit with its probabilities, or a number with each of its digits to look at."""
    if len(reading.digits) == 1:
        show_answer(reading.digits[0])
        return
    words = _number_words(reading.digits)
    spoken = f"Read as {reading.spaced}, {words}."
    lines = reading.spaced.splitlines()
    longest, rows = max(map(len, lines)), "<br>".join(map(escape, lines))
    st.html(
        f'<div class="answer number"><div role="status" aria-live="polite" aria-label="{escape(spoken)}">'
        f'<div class="digit" style="--digits: {longest}">{rows}</div>'
        f'<div class="words">{escape(words)}</div></div></div>'
    )
    show_answer(reading.digits[pick_digit(reading.digits, f"drawn-{reading.text}")], is_part=True)


def show_text(reading: Reading) -> None:
    """A photo's text to copy, and how sure the model is of it."""
    if not reading.digits:
        show_hint("There is no box left. Turn on “Change the boxes” and draw one around a digit.")
        return
    with st.container(key=widgets.TEXT):
        st.code(reading.spaced, language=None)
    doubtful = sum(digit.is_doubtful for digit in reading.digits)
    corrected = sum(digit.label is not None for digit in reading.digits)
    sure = f"{doubtful} doubtful, with a question mark in the photo" if doubtful else "none doubtful"
    said = f", {corrected} corrected" if corrected else ""
    st.html(f'<div role="status" aria-live="polite">{len(reading.digits)} digits, {sure}{said}</div>')


def pick_digit(digits: Sequence[Digit], key: str) -> int:
    """The index of the digit that is looked at: the first doubtful one until another is chosen."""
    doubtful = [k for k, digit in enumerate(digits) if digit.is_doubtful]
    first = doubtful[0] if doubtful else 0
    with st.container(key=f"{widgets.PICTURES}-{key}"):
        chosen = st.pills(
            "Look at a digit",
            range(len(digits)),
            format_func=lambda k: _label(digits[k]),
            default=first,
            required=True,
            key=f"{key}-{len(digits)}-{first}",
        )
    return first if chosen is None else int(chosen)


def _number_words(digits: Sequence[Digit]) -> str:
    """How sure the model is of several digits, in a few words."""
    doubtful = [digit for digit in digits if digit.is_doubtful]
    if not doubtful:
        return "certain"
    if len(doubtful) == 1:
        place = next(k for k, digit in enumerate(digits, 1) if digit.is_doubtful)
        return f"digit {place}: {doubtful[0].certainty}"
    return f"{len(doubtful)} of {len(digits)} digits are doubtful"


def _label(digit: Digit) -> str:
    return f"![what the model sees]({png.address(to_bytes(digit.image))}) {digit.marked}"


def _words(digit: Digit) -> tuple[str, str]:
    """What stands below the numeral, and what is said to those who cannot see it."""
    if digit.label is not None:
        return digit.certainty, f"Corrected to {digit.digit}."
    if digit.is_single:
        words = f"{digit.certainty}, {charts.percent(digit.confidence)}"
        return words, f"Read as {digit.digit}, {words}."
    if not digit.is_digit:
        return digit.certainty, "This is not a digit."
    return digit.certainty, f"Read as {digit.certainty}." if digit.is_legible else "Not sure."


def show_hint(text: str) -> None:
    """What to do, in the place of an answer; never a number for nothing."""
    st.html(
        f'<div class="answer"><div class="hint" role="status" aria-live="polite">{escape(text)}</div></div>'
    )
