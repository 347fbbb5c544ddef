"""From a hand to the model's eye: each step of the way, with the array that it made."""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.ink.canonical import cropped, fitted
from mnist_app.ink.drawing import ink_from_drawing
from mnist_app.ui.why.pictures import figure, ink_url, photo_url
from mnist_app.ui.why.subject import Subject


def show(subject: Subject) -> None:
    """Show the steps as pictures, a sentence each."""
    steps = []
    if subject.drawing:
        ink = cropped(ink_from_drawing(subject.drawing))
        steps += [
            (
                ink_url(ink),
                "Your strokes, drawn again with a pen as wide as MNIST's, cut out along their edges.",
            ),
            (ink_url(fitted(ink).clip(0, 1)), "Made so small that the longer side has 20 pixels."),
        ]
    elif subject.photo is not None:
        steps.append(
            (photo_url(subject.photo), "The place in your photo. Its ink is told from paper and shadow.")
        )
    image = subject.digit.image
    steps.append(
        (
            ink_url(image),
            f"Put into 28×28 pixels, the centre of its ink in the middle: {np.count_nonzero(image)} numbers "
            "that are not 0 are all that the model gets.",
        )
    )
    pictures = "".join(
        figure(url, f"{k}. {text}", f"Step {k} of {len(steps)}") for k, (url, text) in enumerate(steps, 1)
    )
    st.html(f'<div class="why-steps">{pictures}</div>')
