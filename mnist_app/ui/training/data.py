"""The Data view: the images of every set by digit, varied as the model sees them, and how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from mnist_app.domain import ByteArray, ImageSet, Positions
from mnist_app.errors import DataError
from mnist_app.runs.image_sets import SetStore, Use
from mnist_app.ui import resources
from mnist_app.ui.training import preparation
from mnist_app.ui.widgets import one_of, picture_url
from mnist_app.ui.words import capitalized, class_name, percent, plain

PAGE = 108  # images: 6 rows of 18, on a tablet 9 of 12, on a phone 18 of 6
# The widgets' keys, and so the names in the URL.
SET, LOOK, DIGIT, NUMBER, SEED = "data", "data-look", "data-digit", "data-page", "data-seed"
_LISTED: tuple[Use, ...] = ("training", "validation", "test")
_PURPOSES = {
    "training": "to learn from",
    "validation": "to choose the best epoch by",
    "test": "to score by, once",
}
_IMAGES, _VARIED, _MEANS = "Images", "Varied", "Means and counts"
_IN_URL = {"bind": "query-params", "label_visibility": "visible"}
_PICKER = 360  # pixels


@dataclass(frozen=True)
class ListedSet:
    """A set on this machine: its title, its digest, and that of its images beside their variations."""

    title: str
    digest: str
    varied: str | None


def show() -> None:
    """Choose a set, then look at it in one of three ways."""
    sets = list_sets()
    if not sets:
        st.header("What the models learn from", anchor=False)
        st.markdown("Digits by hundreds of people, schoolbook handwriting, and images without a digit.")
        preparation.offer(lambda: bool(SetStore().newest("training")))
        return
    titles = {listed.title: listed for listed in sets}
    title = st.selectbox("Set", titles, key=SET, bind="query-params", on_change=_first_page, width=_PICKER)
    chosen = titles.get(title or "", sets[0])
    try:
        images = resources.image_set(chosen.digest)
        number = f"{len(images.split):,}" + (f" of {images.whole:,}" if images.whole else "")
        st.caption(f"{number} images {_PURPOSES[images.use]}. {plain(images.origin)}")
        _look(chosen, images)
    except DataError as error:
        st.warning(plain(str(error)))
        preparation.offer()
        return
    if not preparation.is_complete():
        preparation.offer()


def list_sets() -> list[ListedSet]:
    """Return every set that can be looked at, training sets first."""
    store = SetStore()
    varied = store.newest("varied")
    return [
        ListedSet(
            title=f"{about.title or capitalized(about.name)} ({use})",
            digest=about.digest,
            varied=varied.get(about.name) if use == "training" else None,
        )
        for use in _LISTED
        for about in store.listed(use)
    ]


def _look(chosen: ListedSet, images: ImageSet) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        looks = [_IMAGES, _VARIED, _MEANS] if chosen.varied else [_IMAGES, _MEANS]
        look = one_of("Look at", looks, LOOK, **_IN_URL)
        digit = None if look == _MEANS else _pick_digit(images)
    if look == _MEANS:
        st.markdown(f"**{plain(finding(images))}**")
        st.html(means(images))
    elif look == _VARIED and chosen.varied:
        _show_varied(resources.image_set(chosen.varied), digit)
    else:
        _show_images(images, digit, chosen.title)


def _pick_digit(images: ImageSet) -> int | None:
    """Return the class to look at; None for all."""
    classes = {class_name(label): label for label in np.unique(images.split.labels).tolist()}
    if len(classes) == 1:
        return None
    return classes.get(one_of("Digit", ["All", *classes], DIGIT, on_change=_first_page, wrap=True, **_IN_URL))


def _show_images(images: ImageSet, digit: int | None, title: str) -> None:
    seed, labels = _number_in_url(SEED), images.split.labels
    positions = np.arange(len(labels)) if digit is None else np.flatnonzero(labels == digit)
    if seed:
        positions = np.random.default_rng(seed).permutation(positions)
    place = st.container()
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        page = _pick_page(max(1, -(-len(positions) // PAGE)), f"{images.digest[:8]}-{digit}-{seed}")
        with st.container(horizontal=True, width="content"):
            st.button("Shuffle", icon=":material/shuffle:", on_click=_shuffle, args=[seed + 1])
            st.button("In order", on_click=_shuffle, args=[0], disabled=not seed)
    first = (page - 1) * PAGE
    shown = positions[first : first + PAGE]
    start = "Images" if digit is None else f"Images of {class_name(digit)}"
    words = f"{start} {first + 1:,} to {first + len(shown):,} of {len(positions):,}"
    with place:
        st.html(grid(images, shown, f"{words}, {title}"))
        st.caption(f"{words}, shuffled" if seed else words)


def _show_varied(images: ImageSet, digit: int | None) -> None:
    """Show some originals of one digit, or one of each, beside their variations."""
    labels = images.split.labels[:: images.group]
    if digit is not None:
        chosen = np.flatnonzero(labels == digit)
    else:
        classes, firsts = np.unique(labels, return_index=True)
        chosen = firsts if len(classes) > 1 else np.arange(len(labels))
    words = f"The original image, then {images.group - 1} variations as the model may see it"
    st.markdown(f"**{words}**")
    st.html(rows(images, (chosen * images.group).tolist(), words))
    st.caption("In training each image is varied anew in every epoch; some stay as they are.")


def _pick_page(pages: int, key: str) -> int:
    """Return the chosen page. Another `key` is another widget, which begins at its first page."""
    key = f"{NUMBER}-{key}"
    first = min(max(1, _number_in_url(NUMBER)), pages)
    return st.pagination(
        pages, default=first, key=key, on_change=lambda: _put_in_url(NUMBER, st.session_state[key])
    )


def _shuffle(seed: int) -> None:
    _put_in_url(SEED, seed)
    _first_page()


def _first_page() -> None:
    _put_in_url(NUMBER, 0)


def _number_in_url(key: str) -> int:
    """Return a whole number of the URL; 0 if it has no valid one."""
    text = st.query_params.get(key, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _put_in_url(key: str, number: int) -> None:
    """Put a number into the URL; 0 is left out."""
    if number:
        st.query_params[key] = str(number)
    else:
        st.query_params.pop(key, None)


def grid(images: ImageSet, positions: Positions, words: str) -> str:
    """Return images of the set at these positions; `words` describe them."""
    tiles = "".join(
        _image(images.split.images[k], title=f"{class_name(int(images.split.labels[k]))}, image {k:,}")
        for k in positions.tolist()
    )
    return f'<div class="data-grid" role="img" aria-label="{escape(words)}">{tiles}</div>'


def rows(images: ImageSet, starts: Sequence[int], words: str) -> str:
    """Return a line for each group of a varied set that begins at these positions, the original first."""
    split, group = images.split, images.group
    lines = []
    for start in starts:
        name = class_name(int(split.labels[start]))
        varied = "".join(_image(image, "varied") for image in split.images[start + 1 : start + group])
        lines.append(f"{_image(split.images[start], f'{name}, original')}<div></div>{varied}")
    columns = f"minmax(0, 56px) .4rem repeat({group - 1}, minmax(0, 56px))"
    return (
        f'<div class="data-rows" style="grid-template-columns: {columns}" role="img" '
        f'aria-label="{escape(words)}">{"".join(lines)}</div>'
    )


def means(images: ImageSet) -> str:
    """Return each class's mean image, a bar for its frequency, and its number of images."""
    counts = class_counts(images)
    highest, total = max(counts.values()), sum(counts.values())
    lines = []
    for label, count in counts.items():
        name = class_name(label)
        picture = _image(images.means[label], title=f"The mean of all images of {name}")
        bar = f'<i style="width: {count / highest:.1%}"></i>'
        number = f"<span>{count:,} · {percent(count / total)}</span>"
        lines.append(f"{picture}<b>{escape(name)}</b>{bar}{number}")
    spoken = ", ".join(f"{class_name(label)}: {count:,}" for label, count in counts.items())
    words = f"Mean image and number of images of each digit. {spoken}."
    return f'<div class="data-means" role="img" aria-label="{escape(words)}">{"".join(lines)}</div>'


def finding(images: ImageSet) -> str:
    """Say whether the classes are balanced."""
    counts = class_counts(images)
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    total = sum(counts.values())
    if len(counts) == 1:
        return f"All {total:,} are {class_name(most)}"
    if counts[most] == counts[least]:
        return f"Balanced: {counts[most]:,} images of each digit"
    first, last = (f"{class_name(k)}, {percent(counts[k] / total)}" for k in (most, least))
    return f"Most frequent: {first} of the images; least frequent: {last}"


def class_counts(images: ImageSet) -> dict[int, int]:
    """Return the number of images of each class in the whole set, also if these are only a sample of it."""
    labels, counts = np.unique(images.split.labels, return_counts=True)
    scale = images.whole / len(images.split) if images.whole else 1
    return {int(label): round(count * scale) for label, count in zip(labels, counts.tolist(), strict=True)}


def _image(pixels: ByteArray, title: str) -> str:
    return f'<img src="{picture_url(pixels)}" alt="" title="{escape(title)}">'
