"""Accuracy on corrupted images: a bar for each kind of corruption, of one run or two, and its images."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from mnist_app.domain import MNIST_TEST, Kind, Run, SetScore
from mnist_app.errors import RunError
from mnist_app.ui import resources
from mnist_app.ui.training import links
from mnist_app.ui.training.evaluation import image_grid, set_bars
from mnist_app.ui.training.evaluation.scored import comparable, load
from mnist_app.ui.training.evaluation.set_bars import Shares
from mnist_app.ui.words import capitalized, counted, percent, plain

_CLICKED = "corruption-clicked"  # the bar whose click was followed


def show(run: Run, against: Run | None, colours: Mapping[str, str]) -> None:
    """Show accuracy under each corruption, the worst first; two runs beside each other."""
    found: dict[str, Shares] = {}
    clean: dict[str, float | None] = {}
    for each in (run, against):
        try:
            if each is not None:
                scores = resources.scores(each)
                found[each.name] = accuracies(scores)
                clean[each.name] = next((s.accuracy for s in scores if s.name == MNIST_TEST), None)
        except RunError as error:
            st.warning(plain(str(error)))
    if not found.get(run.name):
        st.info(f"{plain(run.name)} was not scored on corrupted images.")
        return
    title = finding(run.name, found[run.name], clean.get(run.name))
    st.markdown(f"**{plain(title)}**")
    left, right = st.columns([1, 1.02], gap="large")
    with left:
        alt = f"Accuracy on corrupted images. {title}."
        key = f"corruptions-{run.name}-{against.name if against else ''}"
        clicked = set_bars.show(found, clean, colours, "Accuracy", key, alt)
        if clicked != st.session_state.get(_CLICKED):  # not if the field has changed since
            st.session_state[_CLICKED] = clicked
            links.put(links.CORRUPTION, clicked)
        st.caption(
            "MNIST's test images, each corrupted in one way, after Mu and Gilmer's MNIST-C (2019). "
            "Dashed: the same images without corruption. A click on a bar shows its images."
        )
    with right:
        _show_images(run, against, sorted(found[run.name], key=lambda kind: found[run.name][kind]))


def _show_images(run: Run, against: Run | None, kinds: Sequence[str]) -> None:
    """Show the images of one corruption that are read as another digit, the surest first."""
    choice = links.bound(links.CORRUPTION, kinds, kinds[0])
    kind = st.selectbox("Images of", kinds, **choice)
    try:
        names = {_kind(score): score.name for score in _corrupted(resources.scores(run))}
        scored = load(run, names[kind])
        other = comparable(scored, against) if against else None
    except RunError as error:
        st.warning(plain(str(error)))
        return
    wrong = scored.predictions.confidently_wrong()
    st.markdown(f"**{counted(len(wrong), 'image')} of {len(scored.predictions):,} read as another digit**")
    if len(wrong):
        second = None if isinstance(other, str) else other
        image_grid.show_images(scored, wrong, f"Errors, {kind}", scored.key, against=second, is_wide=False)


def _corrupted(scores: Sequence[SetScore]) -> list[SetScore]:
    return [score for score in scores if score.kind is Kind.CORRUPTED and score.accuracy is not None]


def _kind(score: SetScore) -> str:
    return (score.title or score.name).rpartition(", ")[2]


def accuracies(scores: Sequence[SetScore]) -> dict[str, float]:
    """Return the accuracy under each corruption, by its name: "MNIST, noise" is the noise."""
    return {_kind(score): score.accuracy or 0.0 for score in _corrupted(scores)}


def finding(name: str, found: Shares, clean: float | None) -> str:
    """Name the corruption that costs the most."""
    worst = min(found, key=lambda title: found[title])
    instead = f" instead of {percent(clean)}" if clean else ""
    return f"{capitalized(worst)} costs {name} the most: {percent(found[worst])} are read right{instead}"
