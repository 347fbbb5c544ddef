"""What is learned from: the images of every set by digit, varied as the model sees them, and how many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from mnist_app.domain import ImageSet, Positions
from mnist_app.errors import DataError
from mnist_app.runs.image_sets import SetStore
from mnist_app.ui import resources
from mnist_app.ui.training.data import image_html, preparation, set_list
from mnist_app.ui.training.data.image_html import name
from mnist_app.ui.training.data.set_list import Listed

PAGE = 108  # images: 6 rows of 18, on a tablet 9 of 12, on a phone 18 of 6
# The widgets' keys, and so the names in the URL.
SET, LOOK, DIGIT, NUMBER, SEED = "data", "data-look", "data-digit", "data-page", "data-seed"
_IMAGES, _VARIED, _MEANS = "Images", "Varied", "Means and counts"
_ALL = "All"
_PICKER = 360  # pixels


def show(may_change: bool) -> None:
    """Choose a set, then look at it in one of three ways."""
    sets = set_list.listed()
    if not sets:
        st.subheader("What the models learn from", anchor=False)
        st.markdown("Digits by hundreds of people, schoolbook handwriting, and what is no digit at all.")
        preparation.offer(may_change, _is_something)
        return
    st.html(image_html.STYLE)
    chosen = _pick_set(sets)
    try:
        images = resources.image_set(chosen.digest)
        st.caption(set_list.about(images))
        _look(chosen, images)
    except DataError as error:
        st.warning(str(error))
        preparation.offer(may_change)
        return
    if not preparation.is_complete():
        preparation.offer(may_change)


def _is_something() -> bool:
    return bool(SetStore().newest("training"))


def _pick_set(sets: Sequence[Listed]) -> Listed:
    titles = {listed.title: listed for listed in sets}
    chosen = st.selectbox(
        "Set", list(titles), key=SET, bind="query-params", on_change=_first_page, width=_PICKER
    )
    return titles.get(chosen or "", sets[0])


def _look(chosen: Listed, images: ImageSet) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        looks = [_IMAGES, _VARIED, _MEANS] if chosen.varied else [_IMAGES, _MEANS]
        look = st.segmented_control(
            "Look at", looks, default=_IMAGES, required=True, key=LOOK, bind="query-params"
        )
        digit = None if look == _MEANS else _pick_digit(images)
    if look == _MEANS:
        st.markdown(f"**{image_html.finding(images)}**")
        st.html(image_html.means(images))
    elif look == _VARIED and chosen.varied:
        _show_varied(resources.image_set(chosen.varied), digit)
    else:
        _show_images(images, digit, chosen.title)


def _pick_digit(images: ImageSet) -> int | None:
    """The class that is looked at; None for all."""
    classes = {name(label): label for label in np.unique(images.split.labels).tolist()}
    if len(classes) == 1:
        return None
    chosen = st.segmented_control(
        "Digit",
        [_ALL, *classes],
        default=_ALL,
        required=True,
        key=DIGIT,
        bind="query-params",
        on_change=_first_page,
        wrap=True,
    )
    return classes.get(chosen or _ALL)


def _show_images(images: ImageSet, digit: int | None, title: str) -> None:
    seed = _whole(SEED)
    positions = _positions(images, digit, seed)
    place = st.container()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        number = _pick_page(max(1, -(-len(positions) // PAGE)), f"{images.digest[:8]}-{digit}-{seed}")
        with st.container(horizontal=True, width="content"):
            st.button("Shuffle", icon=":material/shuffle:", on_click=_shuffle, args=[seed + 1])
            st.button("In order", on_click=_shuffle, args=[0], disabled=not seed)
    first = (number - 1) * PAGE
    shown = positions[first : first + PAGE]
    what = "Images" if digit is None else f"Images of {name(digit)}"
    words = f"{what} {first + 1:,} to {first + len(shown):,} of {len(positions):,}"
    with place:
        st.html(image_html.grid(images, shown, f"{words}, {title}"))
        st.caption(f"{words}, shuffled" if seed else words)


def _show_varied(images: ImageSet, digit: int | None) -> None:
    """Some originals of one digit, or one of each."""
    labels = images.split.labels[:: images.group]
    if digit is not None:
        chosen = np.flatnonzero(labels == digit)
    else:
        classes, firsts = np.unique(labels, return_index=True)
        chosen = firsts if len(classes) > 1 else np.arange(len(labels))
    words = f"First an image as it is, then {images.group - 1} ways in which the model may see it"
    st.markdown(f"**{words}**")
    st.html(image_html.rows(images, (chosen * images.group).tolist(), words))
    st.caption("In training each image is varied anew in every epoch; some stay as they are.")


def _pick_page(pages: int, which: str) -> int:
    """Another widget for each of `which`, so that each begins at its first page."""
    key = f"{NUMBER}-{which}"
    first = min(max(1, _whole(NUMBER)), pages)
    return st.pagination(pages, default=first, key=key, on_change=lambda: _say(NUMBER, st.session_state[key]))


def _positions(images: ImageSet, digit: int | None, seed: int) -> Positions:
    """Where the images of a digit are in the set, as they are or in an order of their own for each seed."""
    labels = images.split.labels
    found = np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)
    return np.random.default_rng(seed).permutation(found) if seed else found


def _shuffle(seed: int) -> None:
    _say(SEED, seed)
    _first_page()


def _first_page() -> None:
    _say(NUMBER, 0)


def _whole(key: str) -> int:
    """A whole number that the URL has; 0 for what is none."""
    text = st.query_params.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _say(key: str, number: int) -> None:
    """Put a number into the URL; 0 is not said."""
    if number:
        st.query_params[key] = str(number)
    else:
        st.query_params.pop(key, None)
