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
from mnist_app.ui.words import counted, percent, plain


def show(run: Run, against: Run | None, colours: Mapping[str, str]) -> None:
    """Show how many digits of each set are read wrong, and how much of each other set is taken for digits."""
    scores: dict[str, list[SetScore]] = {}
    for each in (run, against):
        try:
            if each is not None:
                scores[each.name] = resources.scores(each)
        except RunError as error:
            st.warning(plain(str(error)))
    if run.name not in scores:
        return
    left, right = st.columns(2, gap="large")
    with left:
        found = {name: errors(each) for name, each in scores.items()}
        _show_bars(run, found, colours, digits_finding(found[run.name]), "Read as another digit", "digits")
        st.caption("Nobody who wrote these, and no font of these, is among the training images.")
    with right:
        found = {name: accepted(each) for name, each in scores.items()}
        _show_bars(run, found, colours, others_finding(found[run.name]), "Taken for a digit", "others")
        st.caption("Letters, signs, scribbles, pairs: to be rejected. A click on a bar shows its images.")


def _show_bars(
    run: Run,
    found: Mapping[str, Shares],
    colours: Mapping[str, str],
    title: str,
    axis: str,
    key: str,
) -> None:
    if not found[run.name]:
        st.info(f"{plain(run.name)} was not scored on such images.")
        return
    st.markdown(f"**{plain(title)}**")
    full = {name: shares for name, shares in found.items() if shares}
    clicked = set_bars.show(
        full, {}, colours, axis, f"sets-{key}-{'-'.join(full)}", f"{axis}. {title}.", True
    )
    name = next((s.name for s in resources.scores(run) if (s.title or s.name) == clicked), "")
    if name:
        links.go(links.to_evaluation(run.name, name))
        st.rerun()


def errors(scores: Sequence[SetScore]) -> dict[str, float]:
    """Return the share of each set of digits, but corrupted ones, that is read wrong, by the set's title."""
    digits = [score for score in scores if score.kind is Kind.DIGITS and score.accuracy is not None]
    return {score.title or score.name: 1 - (score.accuracy or 0) for score in digits}


def accepted(scores: Sequence[SetScore]) -> dict[str, float]:
    """Return the share of each set without digits that is taken for digits, by the set's title."""
    return {s.title or s.name: 1 - s.rejection_rate for s in scores if not s.kind.is_of_digits}


def digits_finding(found: Shares) -> str:
    """Name the set that is read worst."""
    worst = max(found, key=lambda title: found[title], default="")
    return (
        f"Read worst of {counted(len(found), 'set')}: {worst}, {percent(1 - found[worst])} right"
        if found
        else ""
    )


def others_finding(found: Shares) -> str:
    """Name what is most often taken for a digit."""
    worst = max(found, key=lambda title: found[title], default="")
    return f"{worst}: {percent(found[worst])} taken for a digit" if found else ""
