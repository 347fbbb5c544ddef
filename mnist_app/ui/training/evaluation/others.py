"""A run on a set that shows no digits: how many it rejects, and pages of images as it reads them now.

What it said when it was scored is kept as shares only, so the images of a page are read anew.
"""

from __future__ import annotations

import numpy as np
import streamlit as st

from mnist_app.domain import SIGNS, ByteArray, Kind, Run, SetScore
from mnist_app.errors import DataError, RunError
from mnist_app.ink.canonical import from_bytes
from mnist_app.runs.image_sets import SetStore
from mnist_app.ui import resources
from mnist_app.ui.training import preparation
from mnist_app.ui.training.evaluation import figures, image_grid
from mnist_app.ui.widgets import picture_url
from mnist_app.ui.words import plain, precise

PAGE = 24  # images


def show(run: Run, score: SetScore, against: Run | None) -> None:
    """Show the figures of both runs, then images of the set, one of them large."""
    runs = {run.name: score}
    if against is not None:
        of_other = {other.name: other for other in resources.scores(against)}
        runs |= {against.name: of_other[score.name]} if score.name in of_other else {}
    figures.show([_figures(each) for each in runs.values()], list(runs))
    st.markdown(f"**{plain(finding(run.name, score))}**")
    images = _images(score)
    if images is None:
        return
    left, right = st.columns([1.15, 1], gap="large")
    try:
        with left:
            chosen = _pick(images, run, score)
        with right:
            _show_image(images[chosen], chosen, list(runs))
    except RunError as error:
        st.warning(plain(str(error)))


def finding(name: str, score: SetScore) -> str:
    """Say how many images a run takes for digits."""
    taken = round((1 - score.rejection_rate) * score.images)
    return f"{name} takes {taken:,} of {score.images:,} for digits"


def _figures(score: SetScore) -> dict[str, str]:
    found = {"Images": f"{score.images:,}", "Rejected": precise(score.rejection_rate)}
    if score.kind is Kind.SIGNS and score.accuracy is not None:
        found["Signs named"] = precise(score.accuracy)
    return found


def _images(score: SetScore) -> ByteArray | None:
    """Return (N, 28, 28) uint8 images; None if they are not here, which is shown then."""
    digest = SetStore().newest("test").get(score.name)
    try:
        if digest is None:
            st.caption("The images of this set are not on this machine, only the numbers are.")
            preparation.offer(lambda: score.name in SetStore().newest("test"))
            return None
        return resources.image_set(digest).split.images
    except DataError as error:
        st.warning(plain(str(error)))
        preparation.offer()
        return None


def _pick(images: ByteArray, run: Run, score: SetScore) -> int:
    """Show pages of small images with what the run reads. Returns the chosen one's position."""
    place, key = st.container(), f"{run.name}-{score.name}"
    page = st.pagination(-(-len(images) // PAGE), key=f"{key}-page") if len(images) > PAGE else 1
    shown = range((page - 1) * PAGE, min(page * PAGE, len(images)))
    reader = resources.reader(run.name)
    said = reader.classifier.predict(from_bytes(images[shown.start : shown.stop]))
    least = reader.calibration.min_digit_probability
    labels = {
        k: f"![image {k}]({picture_url(images[k])}) **{_reading(kinds, digits, least)}**"
        for k, kinds, digits in zip(shown, said.kinds, said.probabilities, strict=True)
    }
    with place:
        return image_grid.pick_tile("Images", labels, key, page)


def _reading(kinds: np.ndarray, digits: np.ndarray, least: float) -> str:
    """Return a reading in a word: a digit, a sign, or that it was rejected."""
    if kinds[0] >= least:
        return f"read as {int(digits.argmax())}"
    kind = int(kinds.argmax())
    return f"sign {SIGNS[kind - 2]}" if kind >= 2 else "rejected"


def _show_image(image: ByteArray, k: int, names: list[str]) -> None:
    st.html(
        f'<div class="picture"><img src="{picture_url(image)}" '
        f'alt="Image {k}: the 28 by 28 pixels that the model sees">'
        f"<dl><dt>Image</dt><dd>{k:,}</dd></dl></div>"
    )
    for column, name in zip(st.columns(len(names), gap="medium"), names, strict=True):
        with column:
            image_grid.read_now(image, name)
