"""What mattered: parts of the digit that speak for an answer, and against it."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import DIGITS
from mnist_app.explaining.occlusion import occlusion
from mnist_app.ui import resources
from mnist_app.ui.colours import ORANGE, SKY
from mnist_app.ui.why.pictures import evidence_url, figure
from mnist_app.ui.why.subject import Subject


def show(subject: Subject) -> None:
    """Show maps of evidence for the answer and another digit, which the visitor chooses."""
    first, second = subject.digit.ranking[:2]
    other = st.segmented_control("For and against", DIGITS, default=second, required=True, key="why-digit")
    maps = occlusion(subject.digit.image, resources.reader(subject.model).classifier)
    chosen = second if other is None else int(other)
    pictures = "".join(
        figure(
            evidence_url(subject.digit.image, maps[digit]),
            f"What speaks for {digit}, and against it",
            f"Evidence for {digit}",
        )
        for digit in dict.fromkeys((first, chosen))
    )
    st.html(f'<div class="why-maps">{pictures}</div>{LEGEND}')
    st.caption(
        "Each part was covered in turn, and the model asked again: where the digit became less likely, the "
        "part speaks for it. (Occlusion, Zeiler and Fergus 2014.)"
    )


LEGEND = (
    f'<p class="why-legend"><i style="background: {SKY}"></i>speaks for it'
    f'<i style="background: {ORANGE}"></i>speaks against it</p>'
)
