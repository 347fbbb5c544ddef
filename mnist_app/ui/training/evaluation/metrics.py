"""One run on one set: its digits, its confidence, its examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from mnist_app.domain import DigitScore, SetPredictions
from mnist_app.ui.training.evaluation import image_grid, metric_charts
from mnist_app.ui.training.evaluation.scored import Scored

_EXAMPLES = {
    "Hardest": (SetPredictions.hardest, "The least probability for the written digit comes first"),
    "Confidently wrong": (SetPredictions.confidently_wrong, "The surest about another digit comes first"),
    "Least sure": (SetPredictions.least_sure, "The least confidence comes first, right or wrong"),
}


def digits(scored: Scored) -> None:
    """Precision, recall and F1 of each digit: the worst in a sentence, dots, and a table to sort."""
    scores = scored.evaluation.per_digit
    title = metric_charts.digits_finding(scores)
    st.markdown(f"**{title}**")
    left, right = st.columns([1, 1.15], gap="large")
    with left:
        st.vega_lite_chart(metric_charts.digits_chart(scores), alt=f"Precision and recall by digit. {title}.")
    right.dataframe(
        _table(scores), hide_index=True, column_config=_COLUMNS, alt="Precision, recall and F1 by digit"
    )


def _table(scores: Sequence[DigitScore]) -> pa.Table:
    """An Arrow table, which Streamlit sends as it is."""
    shares = {name: [getattr(s, name) * 100 for s in scores] for name in ("precision", "recall", "f1")}
    return pa.table({"digit": [s.digit for s in scores], **shares, "support": [s.support for s in scores]})


_SHARE = st.column_config.NumberColumn
_COLUMNS: dict[str, Any] = {
    "digit": "Digit",
    "precision": _SHARE(
        "Precision", format="%.2f %%", help="Of what was read as this digit, the share that was one"
    ),
    "recall": _SHARE("Recall", format="%.2f %%", help="Of this digit, the share that was read as one"),
    "f1": _SHARE("F1", format="%.2f %%", help="The harmonic mean of both"),
    "support": _SHARE("Images", format="localized"),
}


def confidence(scored: Scored) -> None:
    """Whether confidence is what it claims to be, and how it is spread over right and wrong answers."""
    left, right = st.columns(2, gap="large")
    bins = scored.evaluation.bins
    with left:
        title = metric_charts.calibration_finding(bins, scored.score)
        st.markdown(f"**{title}**")
        st.vega_lite_chart(metric_charts.calibration_chart(bins), alt=f"Reliability diagram. {title}.")
        st.caption(
            "Numbers are images. Lines show how far confidence is from the truth; faint: of few images."
        )
    with right:
        title = metric_charts.confidence_finding(scored.answers)
        st.markdown(f"**{title}**")
        place = st.container()
        is_log = st.toggle("Logarithmic", value=True, key="log-images")
        place.vega_lite_chart(
            metric_charts.confidence_chart(scored.answers, is_log),
            alt=f"Histogram of confidence. {title}.",
        )


def examples(scored: Scored, may_change: bool) -> None:
    """The images that are worth a look, in several orders."""
    kind = st.segmented_control(
        "Examples",
        list(_EXAMPLES),
        default="Hardest",
        required=True,
        key="examples",
        label_visibility="collapsed",
    )
    said = scored.answers
    order, words = _EXAMPLES[kind]
    found = order(said)
    if not len(found):
        st.markdown("**No image was read as another digit**")
        return
    st.markdown(f"**{words}**")
    images = image_grid.images(scored, may_change)
    if images is None:
        return
    left, right = st.columns([1.15, 1], gap="large")
    with left:
        chosen = image_grid.grid(images, found, said, kind, f"{scored.key}-{kind}")
    with right:
        image_grid.detail(chosen, images[chosen], scored)
