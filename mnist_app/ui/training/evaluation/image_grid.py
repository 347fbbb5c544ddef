"""Images of a set: many to choose from, and one of them large with what is read from it."""

from __future__ import annotations

from html import escape

import streamlit as st

from mnist_app.domain import ByteArray, Digit, Positions, SetPredictions
from mnist_app.errors import DataError, RunError
from mnist_app.ink.canonical import from_bytes
from mnist_app.runs.image_sets import SetStore
from mnist_app.ui import charts, png, resources
from mnist_app.ui.training.data import preparation
from mnist_app.ui.training.evaluation.scored import Scored, images_of

PAGE = 48  # images
_TILES, _NOW = "tiles", "now"
_STYLE = f"""
<style>
[class*="st-key-{_TILES}"] {{max-height: 21rem; overflow-y: auto; overflow-x: hidden; padding: 2px}}
[class*="st-key-{_TILES}"] [role=radiogroup] {{gap: .35rem}}
[class*="st-key-{_TILES}"] button {{height: auto; min-width: 4.1rem; padding: .35rem .2rem;
  border-radius: 6px}}
[class*="st-key-{_TILES}"] button p {{display: flex; flex-direction: column; align-items: center;
  font-size: .75rem; line-height: 1.25; font-variant-numeric: tabular-nums}}
[class*="st-key-{_TILES}"] img {{width: 48px; height: 48px !important; max-height: none; margin: 0 0 .2rem;
  object-fit: fill; image-rendering: pixelated; border-radius: 2px}}
[class*="st-key-{_NOW}-"] [data-testid="stElementToolbar"] {{display: none}}
.picture {{display: flex; gap: 1.25rem; align-items: center}}
.picture img {{width: 168px; height: 168px; image-rendering: pixelated; border-radius: 4px; display: block}}
.picture dl {{display: grid; grid-template-columns: auto 1fr; gap: .3rem .8rem; align-items: baseline;
  margin: 0; padding: 0 !important}}
.picture dt {{opacity: .75}}
.picture dd {{margin: 0; font-variant-numeric: tabular-nums}}
.picture dd b {{font-size: 1.6rem; line-height: 1.2}}
@media (max-width: 640px) {{
  [class*="st-key-{_TILES}"] {{max-height: 16.5rem}}
  .picture img {{width: 140px; height: 140px}}
}}
</style>
"""


def style() -> None:
    """What all this looks like."""
    st.html(_STYLE)


def images(scored: Scored, may_change: bool) -> ByteArray | None:
    """(N, 28, 28) uint8 images of its set; None where they are not here, which is said then."""
    try:
        return images_of(scored).split.images
    except DataError as error:
        _missing(error, scored.evaluation.digest, may_change)
        return None


def _missing(error: DataError, digest: str, may_change: bool) -> None:
    if SetStore().has(digest):  # but damaged
        st.warning(str(error))
        return
    st.caption("The images of this set are not on this machine, only the numbers are.")
    preparation.offer(may_change, lambda: SetStore().has(digest))


def grid(images: ByteArray, positions: Positions, said: SetPredictions, what: str, key: str) -> int:
    """Pages of small images, each with what was read. Returns the chosen one's place in the set."""
    place = st.container()
    pages = -(-len(positions) // PAGE)
    page = st.pagination(pages, key=f"{key}-page") if pages > 1 else 1
    shown = positions[(page - 1) * PAGE : page * PAGE].tolist()
    labels = {k: _tile(images[k], k, said) for k in shown}
    with place, st.container(key=f"{_TILES}-{key}"):
        chosen = st.pills(
            what,
            shown,
            format_func=labels.__getitem__,
            default=shown[0],
            required=True,
            key=f"{key}-{page}",
            label_visibility="collapsed",
        )
    return int(shown[0] if chosen is None else chosen)


def _tile(image: ByteArray, k: int, said: SetPredictions) -> str:
    address = png.address(image)
    words = f"{said.labels[k]} as {said.read[k]}"
    return f"![image {k}]({address}) **{words}** {charts.percent(float(said.confidence[k]))}"


def detail(k: int, image: ByteArray, *runs: Scored) -> None:
    """One image with its exact pixels, what was read when the runs were scored, and what they say now."""
    address = png.address(image)
    rows = "".join(_was_read(k, scored, is_only=len(runs) == 1) for scored in runs)
    st.html(
        f'<div class="picture"><img src="{address}" alt="Image {k}: the 28 by 28 pixels that the model sees">'
        f"<dl><dt>Written</dt><dd><b>{runs[0].answers.labels[k]}</b></dd>{rows}"
        f"<dt>Image</dt><dd>{k:,}</dd></dl></div>"
    )
    for column, scored in zip(st.columns(len(runs)), runs, strict=True):
        with column:
            _is_read(image, scored)


def _was_read(k: int, scored: Scored, is_only: bool) -> str:
    said = scored.answers
    name = "Read as" if is_only else escape(scored.run.name)
    sure = charts.percent(float(said.confidence[k]))
    own = (
        ""
        if said.right[k]
        else f"<br>{charts.percent(float(said.true_class_probability[k]))} for the {said.labels[k]}"
    )
    return f"<dt>{name}</dt><dd><b>{said.read[k]}</b> {sure}{own}</dd>"


def _is_read(image: ByteArray, scored: Scored) -> None:
    """The ten probabilities, from the run's model as it is served."""
    try:
        digit = resources.reader(scored.run.name).read_image(from_bytes(image))
    except RunError as error:
        st.warning(str(error))
        return
    st.caption(_says(scored.run.name, digit))
    with st.container(key=f"{_NOW}-{scored.run.name}"):
        st.vega_lite_chart(charts.probability_chart(digit), alt=charts.probability_words(digit))


def _says(name: str, digit: Digit) -> str:
    taken = "" if digit.is_digit else ", but would turn it away as no digit"
    return f"{name} now reads it as {digit.digit}{taken}"
