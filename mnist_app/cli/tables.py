"""Readings and scores as text for people."""

from __future__ import annotations

from collections.abc import Sequence

from mnist_app.domain import DIGITS, Digit, Evaluation, SetScore
from mnist_app.reading.batch import Outcome


def outcome_line(outcome: Outcome) -> str:
    """What was read from where."""
    digits = outcome.reading.digits if outcome.reading else ()
    return f"{outcome.place}: " + " ".join(map(words, digits))


def words(digit: Digit) -> str:
    """A digit, its confidence, and what else it may be."""
    if not digit.is_digit:
        return "? (not a digit)"
    doubt = "" if digit.is_single else f", {digit.certainty}"
    return f"{digit.digit} ({digit.confidence:.1%}{doubt})"


def set_table(scores: Sequence[SetScore]) -> str:
    """Every test set for people: one line each; what is no digit has only what was turned away."""
    titles = (
        ("images", 7),
        ("accuracy", 9),
        ("calib.", 8),
        ("covered", 8),
        ("cand.", 6),
        ("turned away", 12),
    )
    head = f"{'set':<28} " + " ".join(f"{title:>{width}}" for title, width in titles)
    lines = []
    for s in scores:
        figures = [s.accuracy, s.error, s.coverage]
        cells = [" " * w if f is None else f"{f:>{w}.2%}" for f, w in zip(figures, (9, 8, 8), strict=True)]
        mean = " " * 6 if s.candidates is None else f"{s.candidates:>6.2f}"
        lines.append(f"{s.name:<28} {s.images:>7,} {' '.join(cells)} {mean} {s.turned_away:>12.2%}")
    return "\n".join([head, *lines])


def digit_table(result: Evaluation) -> str:
    """Scores for people: one line a digit, then what was taken for what."""
    scores = [
        f"{s.digit:>5} {s.precision:>10.2%} {s.recall:>8.2%} {s.f1:>8.2%} {s.support:>7,}"
        for s in result.per_digit
    ]
    counts = [f"{d:>5} " + "".join(f"{n:>6,}" for n in row) for d, row in enumerate(result.confusion)]
    return "\n".join(
        [
            f"accuracy {result.accuracy:.2%}, loss {result.loss:.4f}, {result.images:,} images",
            "",
            "digit  precision   recall       F1  images",
            *scores,
            "",
            "written (down) and what was read (across)",
            "      " + "".join(f"{d:>6}" for d in DIGITS),
            *counts,
        ]
    )
