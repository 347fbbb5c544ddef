"""Two runs on the same images: which ones only one of them reads right, and whether that is chance."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.domain import Comparison, Run, compare_predictions
from mnist_app.errors import RunError
from mnist_app.ui.training.evaluation import image_grid
from mnist_app.ui.training.evaluation.scored import Scored, has_predictions, load, scores_of_digits
from mnist_app.ui.widgets import one_of
from mnist_app.ui.words import counted

SIGNIFICANCE = 0.05  # of McNemar's test


def show(scored: Scored, against: Run) -> None:
    """Show where two runs differ, both ways, and whether that is more than chance."""
    try:
        other = _comparable(scored, against)
    except RunError as error:
        st.warning(str(error))
        return
    if isinstance(other, str):
        st.info(other)
        return
    found = compare_predictions(scored.predictions, other.predictions)
    st.markdown(f"**{finding(scored.run.name, against.name, found)}**")
    st.markdown(
        f"{judgement(found)} Both read {found.both:,} of {len(scored.predictions):,} images right and "
        f"{found.neither:,} wrong."
    )
    _show_images(scored, other, found)


def _comparable(scored: Scored, against: Run) -> Scored | str:
    """Return the other run on the same images, or why there is none. Raises RunError."""
    if not has_predictions(against) or scored.name not in scores_of_digits(against):
        return f"{against.name} was not scored on {scored.name}, so there is nothing to compare."
    other = load(against, scored.name)
    is_same = np.array_equal(other.predictions.labels, scored.predictions.labels)
    if not is_same or other.evaluation.digest != scored.evaluation.digest:
        return (
            f"The two runs were scored on different images of {scored.name}, so they can't be compared image "
            "by image."
        )
    return other


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
