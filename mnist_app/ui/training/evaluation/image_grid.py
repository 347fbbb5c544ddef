"""Images of a set with what was read: many to choose from, one of them large, and lists of examples."""

from __future__ import annotations

from html import escape

import streamlit as st

from mnist_app.domain import ByteArray, Positions, SetPredictions
from mnist_app.errors import DataError, RunError
from mnist_app.ink.canonical import from_bytes
from mnist_app.runs.image_sets import SetStore
from mnist_app.ui import prediction_view, resources
from mnist_app.ui.training import preparation
from mnist_app.ui.training.evaluation.scored import Scored
from mnist_app.ui.widgets import one_of, picture_url
from mnist_app.ui.words import percent, plain

PAGE = 48  # images
_EXAMPLES = {
    "Hardest": (SetPredictions.hardest, "Lowest probability of the written digit first"),
    "Confidently wrong": (SetPredictions.confidently_wrong, "Errors with the highest confidence first"),
    "Least sure": (SetPredictions.least_sure, "Lowest confidence first, right or wrong"),
}


def show_examples(scored: Scored, against: Scored | None = None) -> None:
    """Show images in one of several orders; the large one also as another run reads it."""
    kind = one_of("Examples", _EXAMPLES, "examples")
    order, title = _EXAMPLES[kind]
    found = order(scored.predictions)
    if not len(found):
        st.markdown("**No image was read as another digit**")
        return
    st.markdown(f"**{plain(title)}**")
    show_images(scored, found, kind, f"{scored.key}-{kind}", against=against)


def show_images(
    scored: Scored,
    positions: Positions,
    title: str,
    key: str,
    against: Scored | None = None,
    read_by: Scored | None = None,
    is_wide: bool = True,
) -> None:
    """Show images at these positions, many small ones and one of them large; beside each other if `is_wide`.

    The small ones have the readings of `read_by`, by default of `scored`; the large one those of `against`
    too.
    """
    images = _images(scored)
    if images is None:
        return
    left, right = st.columns([1.15, 1], gap="large") if is_wide else (st.container(), st.container())
    with left:
        chosen = _pick_image(images, positions, (read_by or scored).predictions, title, key)
    with right:
        _show_image(chosen, images[chosen], *([scored, against] if against else [scored]))


def _images(scored: Scored) -> ByteArray | None:
    """Return (N, 28, 28) uint8 images of a set; None if they are not here, which is shown then."""
    digest = scored.evaluation.digest
    try:
        images = resources.image_set(digest).split.images
        if len(images) != len(scored.predictions):
            raise DataError(
                f"These are not the images of {scored.name!r}. Delete them and prepare them anew."
            )
        return images
    except DataError as error:
        if SetStore().has(digest):  # but damaged
            st.warning(plain(str(error)))
        else:
            st.caption("The images of this set are not on this machine, only the numbers are.")
            preparation.offer(lambda: SetStore().has(digest))
        return None


def _pick_image(
    images: ByteArray, positions: Positions, predictions: SetPredictions, title: str, key: str
) -> int:
    """Show pages of small images, each with what was read. Returns the chosen one's position in the set."""
    place = st.container()
    pages = -(-len(positions) // PAGE)
    page = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
    shown = positions[(page - 1) * PAGE : page * PAGE].tolist()
    labels = {
        k: f"![image {k}]({picture_url(images[k])}) **{predictions.labels[k]} as {predictions.read[k]}** "
        f"{percent(float(predictions.confidence[k]))}"
        for k in shown
    }
    with place:
        return pick_tile(title, labels, key, page)


def pick_tile(title: str, labels: dict[int, str], key: str, page: int) -> int:
    """Show a page of small images as buttons, each with its label. Returns the chosen one's number."""
    first = next(iter(labels))
    with st.container(key=f"tiles-{key}"):
        chosen = st.pills(
            title,
            list(labels),
            format_func=labels.__getitem__,
            default=first,
            required=True,
            key=f"{key}-{page}",
            label_visibility="collapsed",
        )
    return int(first if chosen is None else chosen)


def _show_image(k: int, image: ByteArray, *runs: Scored) -> None:
    """Show one image with its exact pixels, how the runs read it when they were scored, and how now."""
    rows = ""
    for scored in runs:
        said, name = scored.predictions, "Read as" if len(runs) == 1 else escape(scored.run.name)
        true = f"<br>{percent(float(said.true_class_probability[k]))} for the {said.labels[k]}"
        rows += f"<dt>{name}</dt><dd><b>{said.read[k]}</b> {percent(float(said.confidence[k]))}"
        rows += "</dd>" if said.right[k] else f"{true}</dd>"
    st.html(
        f'<div class="picture"><img src="{picture_url(image)}" '
        f'alt="Image {k}: the 28 by 28 pixels that the model sees">'
        f"<dl><dt>Written</dt><dd><b>{runs[0].predictions.labels[k]}</b></dd>{rows}"
        f"<dt>Image</dt><dd>{k:,}</dd></dl></div>"
    )
    for column, scored in zip(st.columns(len(runs), gap="medium"), runs, strict=True):
        with column:
            read_now(image, scored.run.name)


def read_now(image: ByteArray, name: str) -> None:
    """Show the probabilities, from the run's model as it is served."""
    try:
        digit = resources.reader(name).read_image(from_bytes(image))
    except RunError as error:
        st.warning(plain(str(error)))
        return
    rejection = "" if digit.is_digit else ", but rejects it as no digit"
    st.caption(f"{plain(name)} now reads it as {digit.digit}{rejection}")
    prediction_view.show_probabilities(digit)
