"""Look-alikes: the training images nearest to the digit in what the model's head judges."""

from __future__ import annotations

import streamlit as st

from mnist_app.domain import FloatArray
from mnist_app.explaining.look_alikes import LookAlikes
from mnist_app.ui import resources
from mnist_app.ui.why.pictures import figure, ink_url
from mnist_app.ui.why.subject import Subject
from mnist_app.ui.widgets import picture_url

COUNT = 6  # images of a digit


def show(subject: Subject) -> None:
    """Show those of the answer and of its rival."""
    index = resources.look_alikes(subject.model)
    if index is None:
        st.info(
            f"The run {subject.model} keeps no training images. `python -m mnist_app runs "
            f"look-alikes {subject.model}` adds them."
        )
        return
    features = resources.inspector(subject.model).activations(subject.digit.image).features
    rows = "".join(_row(index, features, digit) for digit in subject.digit.ranking[:2])
    own = figure(ink_url(subject.digit.image), "Yours", "What the model sees")
    st.html(f'<div class="why-alike">{own}<div>{rows}</div></div>')
    st.caption("The number is the distance in the model's feature space: what its last layer judges.")


def _row(index: LookAlikes, features: FloatArray, digit: int) -> str:
    found = index.nearest(features, digit, COUNT)
    pictures = "".join(
        figure(picture_url(e.image), f"{e.distance:.1f}", f"A training image of {digit}") for e in found
    )
    return f'<div class="why-row"><b>{digit}</b>{pictures}</div>'
