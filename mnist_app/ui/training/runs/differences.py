"""Two runs beside each other: a table of what differs, and only of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa
import streamlit as st

from mnist_app.domain import Run, SetScore
from mnist_app.errors import RunError
from mnist_app.reading.formats import no_formula
from mnist_app.ui import resources
from mnist_app.ui.training.runs import facts
from mnist_app.ui.words import counted, plain

NOTHING = "–"


@dataclass(frozen=True)
class Difference:
    """A fact that two runs do not share."""

    part: str
    fact: str
    first: str
    second: str


def show(chosen: Sequence[Run]) -> None:
    """Show what two chosen runs do not share; nothing for fewer or more."""
    if len(chosen) != 2:
        return
    first, second = chosen
    try:
        scores = [resources.scores(run) if run.is_finished else [] for run in chosen]
    except RunError as error:
        st.warning(plain(str(error)))
        return
    found = differences(first, second, scores[0], scores[1])
    title = f"{counted(len(found), 'difference')} between {first.name} and {second.name}"
    with st.expander(plain(title), key="differences"):
        st.dataframe(
            pa.table(
                {
                    "part": [each.part for each in found],
                    "fact": [each.fact for each in found],
                    "first": [each.first for each in found],
                    "second": [each.second for each in found],
                }
            ),
            hide_index=True,
            column_config={"part": " ", "fact": " ", "first": first.name, "second": second.name},
            alt=f"What differs between {first.name} and {second.name}",
        )


def differences(
    first: Run, second: Run, first_scores: list[SetScore], second_scores: list[SetScore]
) -> list[Difference]:
    """Return every fact that two runs do not share: settings, data, figures, scores and versions."""
    parts = {
        "Settings": (facts.settings(first), facts.settings(second)),
        "Data": (facts.data(first), facts.data(second)),
        "Figures": (facts.figures(first), facts.figures(second)),
        "Scores": (facts.scores(first_scores), facts.scores(second_scores)),
        "Versions": (facts.versions(first), facts.versions(second)),
    }
    return [
        Difference(part, no_formula(name), *(no_formula(each.get(name, NOTHING)) for each in (one, other)))
        for part, (one, other) in parts.items()
        for name in dict.fromkeys([*one, *other])
        if one.get(name) != other.get(name)
    ]
