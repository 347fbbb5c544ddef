"""Two runs on the same images: which ones only one of them reads right, and whether that is chance."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import Comparison, compare_predictions
from mnist_app.ui.training.evaluation import image_grid
from mnist_app.ui.training.evaluation.scored import Scored
from mnist_app.ui.widgets import one_of
from mnist_app.ui.words import counted, plain

SIGNIFICANCE = 0.05  # of McNemar's test


def show(scored: Scored, other: Scored | str) -> None:
    """Show where two runs differ, both ways, and whether that is more than chance; or why that is unknown."""
    if isinstance(other, str):
        st.info(plain(other))
        return
    found = compare_predictions(scored.predictions, other.predictions)
    st.markdown(f"**{plain(finding(scored.run.name, other.run.name, found))}**")
    st.markdown(
        f"{judgement(found)} Both read {found.both:,} of {len(scored.predictions):,} images right and "
        f"{found.neither:,} wrong."
    )
    _show_images(scored, other, found)


def finding(first: str, second: str, found: Comparison) -> str:
    """Say how many images only one of two runs reads right."""
    one, other = len(found.only_first), len(found.only_second)
    if not one and not other:
        return f"{first} and {second} are right and wrong about the same images"
    return f"Read right by only one of them: {counted(one, 'image')} by {first}, {other:,} by {second}"


def judgement(found: Comparison) -> str:
    """State the result of McNemar's test in plain words."""
    if not len(found.only_first) and not len(found.only_second):
        return "There is no difference to judge."
    p = f"p {found.shown_p}"
    if found.p < SIGNIFICANCE:
        return f"The difference is more than chance would give ({p}, McNemar's test)."
    return f"Chance alone can give such a difference ({p}, McNemar's test)."


def _show_images(first: Scored, second: Scored, found: Comparison) -> None:
    sides = (first, second, found.only_first), (second, first, found.only_second)
    full = {
        f"Only {winner.run.name} is right ({len(where):,})": (loser, where)
        for winner, loser, where in sides
        if len(where)
    }
    if full:
        side = one_of("Images", full)
        loser, where = full[side]
        key = f"{first.key}-{second.key}-{loser is first}"
        image_grid.show_images(first, where, side, key, against=second, read_by=loser)
