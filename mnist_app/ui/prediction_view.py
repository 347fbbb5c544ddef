"""A prediction as the pages show it: a digit with its probabilities, or a number with its digits."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from mnist_app.domain import DIGITS, Digit, Reading
from mnist_app.ink.canonical import to_bytes
from mnist_app.ui.widgets import picture_url
from mnist_app.ui.words import percent


def show_hint(text: str, about: str = "") -> None:
    """Show what to do in the place of an answer, and why; never a number for nothing."""
    more = f'<div class="about">{escape(about)}</div>' if about else ""
    st.html(
        f'<div class="answer"><div><div class="hint" role="status" aria-live="polite">{escape(text)}</div>'
        f"{more}</div></div>"
    )


def show_digit(digit: Digit, is_part: bool = False) -> None:
    """Show a digit, its certainty, what the model saw and the probabilities; smaller for a part."""
    words, spoken = words_of(digit)
    kind, role = ("answer part", "group") if is_part else ("answer", "status")
    st.html(
        f'<div class="{kind}"><div role="{role}" aria-live="polite" aria-label="{escape(spoken)}">'
        f'<div class="digit">{escape(numeral(digit))}</div><div class="words">{escape(words)}</div></div>'
        f'<figure><img src="{picture_url(to_bytes(digit.image))}" '
        'decoding="sync" alt="The 28 by 28 pixels that the model saw">'  # or it blinks with each answer
        "<figcaption>what the model sees</figcaption>"
        f"</figure></div>{_bars(digit)}"
    )


def show_drawing(reading: Reading) -> Digit:
    """Show a digit, or a number and one of its digits. Returns the digit whose probabilities are shown."""
    if len(reading.digits) == 1 and not reading.signs:
        show_digit(reading.digits[0])
        return reading.digits[0]
    words, lines = certainty(reading.digits), reading.written
    spoken = f"Read as {', '.join(lines)}, {words}."
    longest, rows = max(map(len, lines)), "<br>".join(map(escape, lines))
    st.html(
        f'<div class="answer number"><div role="status" aria-live="polite" aria-label="{escape(spoken)}">'
        f'<div class="digit" style="--digits: {longest}">{rows}</div>'
        f'<div class="words">{escape(words)}</div></div></div>'
    )
    digit = reading.digits[pick_digit(reading.digits, f"drawn-{reading.text}")]
    show_digit(digit, is_part=True)
    return digit


def strokes_left_out(reading: Reading) -> tuple[int, ...]:
    """Return the strokes beside what was read; none if nothing was, which the answer says."""
    is_read = reading.signs or any(digit.is_digit or digit.sign for digit in reading.digits)
    return tuple(k for k in reading.left_out if isinstance(k, int)) if is_read else ()


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


def show_probabilities(digit: Digit) -> None:
    """Show ten bars in digit order, and one for "no digit"."""
    st.html(_bars(digit))


def numeral(digit: Digit) -> str:
    """Return the answer's large text: a digit, a sign, or a question mark, alone or behind the favourite."""
    doubted = f"{digit.digit}?" if digit.is_digit and digit.has_favourite else "?"
    return digit.sign or (str(digit.digit) if digit.is_legible else doubted)


def shares(digit: Digit) -> list[tuple[str, float, bool]]:
    """Return a name and a probability for each digit and for none, and whether it is a candidate.

    They add up to 1: a digit that may be none leaves the rest of its probability to "no digit". A non-digit
    has no candidates.
    """
    wins = digit.candidates if digit.is_digit else ()
    each = [(str(d), _share(digit, d), d in wins) for d in DIGITS]
    return [*each, ("no digit", 1 - digit.digit_probability, not digit.is_digit)]


def _bars(digit: Digit) -> str:
    """Return a table of bars, the candidates in the accent colour."""
    rows = "".join(
        f'<tr{" class=wins" * wins}><th scope="row">{name}</th><td><i style="width: {share:.1%}"></i></td>'
        f"<td>{percent(share)}</td></tr>"
        for name, share, wins in shares(digit)
    )
    return f'<table class="bars"><caption>Probability of each digit</caption><tbody>{rows}</tbody></table>'


def _share(digit: Digit, value: int) -> float:
    """Return the probability that it is a digit, and this one."""
    return float(digit.probabilities[value]) * digit.digit_probability


def certainty(digits: Sequence[Digit]) -> str:
    """Say in a few words which of several digits are doubtful."""
    doubtful = [(k, digit) for k, digit in enumerate(digits, 1) if digit.is_doubtful]
    if not doubtful:
        return "certain"
    if len(doubtful) == 1:
        place, digit = doubtful[0]
        return f"digit {place}: {digit.certainty.removeprefix('not sure: ')}"
    return f"{len(doubtful)} of {len(digits)} digits are doubtful"


def words_of(digit: Digit) -> tuple[str, str]:
    """Return the words below the numeral, and those for people who cannot see it."""
    if digit.label is not None:
        return digit.certainty, f"Corrected to {digit.digit}."
    if digit.is_single:
        share = percent(_share(digit, digit.digit))  # as the bar says
        words = digit.certainty if share == "100 %" else f"{digit.certainty}, {share}"
        return words, f"Read as {digit.digit}, {words}."
    if not digit.is_digit:
        return digit.certainty, f"This is {digit.certainty}{f': {digit.sign}' if digit.sign else ''}."
    spoken = f"Read as {digit.certainty}." if digit.is_legible else f"{digit.certainty.capitalize()}."
    return digit.certainty, spoken
