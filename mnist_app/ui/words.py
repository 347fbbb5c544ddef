"""Numbers and lists in words, the same on every page."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mnist_app.domain import NOT_A_DIGIT

# What is markup in Streamlit's Markdown, and what begins a list. An underscore within a word is none.
_MARKUP = re.compile(r"[\\`*\[\]<>$~#&]|(?<![^\W_])_|_(?![^\W_])|^[-+]")
_NUMBERED = re.compile(r"^(\d+)(?=[.)])")
# Links, icons and arrows are made of these even behind backslashes: an invisible character that joins words
# (U+2060) keeps them apart.
_REPLACED = re.compile(r"(?i)(?<=:)(?=[\w/+-])|(?<=www)(?=\.)|(?<=@)(?=\w)|(?<=[-<>~])(?=[-<>=])")


def counted(number: int, noun: str) -> str:
    """Return "1 image", "12,000 images"."""
    return f"{number:,} {noun}" + "s" * (number != 1)


def class_name(label: int) -> str:
    """Return "7", or "no digit"."""
    return "no digit" if label == NOT_A_DIGIT else str(label)


def named(names: Sequence[str], noun: str) -> str:
    """Return the only name, or "3 runs"."""
    return names[0] if len(names) == 1 else counted(len(names), noun)


def times(number: int) -> str:
    """Return "once", "twice", "12 times"."""
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def listed(words: Sequence[str]) -> str:
    """Return "a, b and c"."""
    *others, last = words
    return f"{', '.join(others)} and {last}" if others else last


def plain(text: str) -> str:
    """Return Markdown that shows a text as it is: what comes from outside is no markup, link or picture."""
    apart = _REPLACED.sub("\u2060", " ".join(text.split()))
    return _NUMBERED.sub(r"\1\\", _MARKUP.sub(r"\\\g<0>", apart))


def capitalized(text: str) -> str:
    """Return the text with a capital first letter; the others stay, unlike with `str.capitalize`."""
    return text[:1].upper() + text[1:]


def yes_or_no(is_so: bool) -> str:
    """Return "yes" or "no"."""
    return "yes" if is_so else "no"


def percent(share: float, decimals: int = 1) -> str:
    """Return 0.9987 as "99.9 %". Zero, and all that is rounded to it or to 1, has no decimals."""
    text = f"{share:.{decimals}%}".removesuffix("%")
    return f"{int(float(text)) if float(text) in (0, 100) else text} %"


def precise(share: float) -> str:
    """Return 0.9964 as "99.64 %": of 10,000 images, each one counts."""
    return percent(share, 2)


def shortened(number: int) -> str:
    """Return "940", "1.2k"."""
    return f"{number / 1000:.1f}k" if number >= 1000 else str(number)


def duration(seconds: float) -> str:
    """Return "40 s", "12 min", "3 h 20 min"."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"
