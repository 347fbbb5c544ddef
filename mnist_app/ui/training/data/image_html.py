"""Images of a set as HTML: crisp pixels, as many in a row as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from mnist_app.domain import NOT_A_DIGIT, ByteArray, ImageSet, Positions
from mnist_app.ui.widgets import picture_url
from mnist_app.ui.words import percent


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


def class_name(label: int) -> str:
    """Return a class in words."""
    return "no digit" if label == NOT_A_DIGIT else str(label)


def _image(pixels: ByteArray, title: str) -> str:
    return f'<img src="{picture_url(pixels)}" alt="" title="{escape(title)}">'
