"""All sets that a run was scored on: digits of people it has not met, and what is no digit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from mnist_app.domain import Kind, Run, SetScore
from mnist_app.errors import RunError
from mnist_app.ui import resources
from mnist_app.ui.training import links
from mnist_app.ui.training.evaluation import set_bars
from mnist_app.ui.training.evaluation.set_bars import Shares
from mnist_app.ui.words import counted, percent


def show(run: Run, against: Run | None, colours: Mapping[str, str]) -> None:
    """Show how many digits of each set are read right, and how much of each other set is rejected."""
    scores: dict[str, list[SetScore]] = {}
    for each in (run, against):
        try:
            if each is not None:
                scores[each.name] = resources.scores(each)
        except RunError as error:
            st.warning(str(error))
    if run.name not in scores:
        return
    left, right = st.columns(2, gap="large")
    with left:
        found = {name: accuracies(each) for name, each in scores.items()}
        _show_bars(run, found, colours, digits_finding(found[run.name]), "Read right", "digits")
        st.caption("Nobody who wrote these, and no font of these, is among the training images.")
    with right:
        found = {name: rejections(each) for name, each in scores.items()}
        _show_bars(run, found, colours, others_finding(found[run.name]), "Rejected", "others")
        st.caption("Letters, signs, scribbles and pairs: a model that rejects them is right.")


def _show_bars(
    run: Run,
    found: Mapping[str, Shares],
    colours: Mapping[str, str],
    title: str,
    axis: str,
    key: str,
) -> None:
    if not found[run.name]:
        st.info(f"{run.name} was not scored on such images.")
        return
    st.markdown(f"**{title}**")
    full = {name: shares for name, shares in found.items() if shares}
    clicked = set_bars.show(full, {}, colours, axis, f"sets-{key}-{'-'.join(full)}", f"{axis}. {title}.")
    name = next((s.name for s in resources.scores(run) if (s.title or s.name) == clicked), "")
    if name:
        links.go(links.to_evaluation(run.name, name))
        st.rerun()


def accuracies(scores: Sequence[SetScore]) -> dict[str, float]:
    """Return the accuracy on each set of digits that are not corrupted, by its title."""
    return {s.title or s.name: s.accuracy for s in scores if s.kind is Kind.DIGITS and s.accuracy is not None}


def rejections(scores: Sequence[SetScore]) -> dict[str, float]:
    """Return the share that was rejected of each set that shows no digits, by its title."""
    return {s.title or s.name: s.rejection_rate for s in scores if not s.kind.is_of_digits}


def digits_finding(found: Shares) -> str:
    """Name the set that is read worst."""
    worst = min(found, key=lambda title: found[title], default="")
    return (
        f"Read worst of {counted(len(found), 'set')}: {worst}, {percent(found[worst])} right" if found else ""
    )


def others_finding(found: Shares) -> str:
    """Name what is most often taken for a digit."""
    worst = min(found, key=lambda title: found[title], default="")
    return f"{worst}: {percent(1 - found[worst])} taken for a digit" if found else ""
