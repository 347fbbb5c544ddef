"""Images of a set as HTML: crisp pixels, as many in a row as there is room for."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from mnist_app.domain import DIGITS, ByteArray, ImageSet, Positions
from mnist_app.ui import png

NO_DIGIT = len(DIGITS)  # the label
# Two screen pixels for each of the 28, so that they are crisp; from six in a row on a phone to 18.
STYLE = """
<style>
.data-grid {display: grid; grid-template-columns: repeat(auto-fill, 56px); gap: 3px; max-width: 1059px}
.data-grid img, .data-rows img {image-rendering: pixelated; display: block; border-radius: 2px}
.data-grid img {width: 56px; height: 56px}
.data-rows {display: grid; gap: 3px; justify-content: start}
.data-rows img {width: 100%; aspect-ratio: 1}
.data-means {display: grid; grid-template-columns: 56px auto minmax(4rem, 1fr) auto; gap: .3rem .9rem;
  align-items: center; max-width: 44rem; font-variant-numeric: tabular-nums}
.data-means img {width: 56px; height: 56px; image-rendering: pixelated; border-radius: 2px; display: block}
.data-means b {font-size: 1.3rem; font-weight: 600}
.data-means i {display: block; height: .8rem; border-radius: 0 3px 3px 0; background: #56B4E9}
.data-means span {text-align: right; white-space: nowrap}
</style>
"""


def grid(images: ImageSet, positions: Positions, words: str) -> str:
    """Images of the set at these places; `words` say what they are."""
    tiles = "".join(
        _image(images.split.images[k], title=f"{name(int(images.split.labels[k]))}, image {k:,}")
        for k in positions.tolist()
    )
    return f'<div class="data-grid" role="img" aria-label="{escape(words)}">{tiles}</div>'


def rows(images: ImageSet, starts: Sequence[int], words: str) -> str:
    """A line for each group of a varied set that begins at one of these places, the original first."""
    split, group = images.split, images.group
    columns = f"minmax(0, 56px) .4rem repeat({group - 1}, minmax(0, 56px))"
    lines = []
    for start in starts:
        original = _image(split.images[start], title=f"{name(int(split.labels[start]))}, as it is")
        varied = "".join(_image(image, "varied") for image in split.images[start + 1 : start + group])
        lines.append(f"{original}<div></div>{varied}")
    style = f"grid-template-columns: {columns}"
    spoken = f'role="img" aria-label="{escape(words)}"'
    return f'<div class="data-rows" style="{style}" {spoken}>{"".join(lines)}</div>'


def means(images: ImageSet) -> str:
    """Each class's mean image, a bar for how often it is there, and the number."""
    counts = counted(images)
    most, total = max(counts.values()), sum(counts.values())
    lines = []
    for label, count in counts.items():
        picture = _image(images.means[label], title=f"The mean of all images of {name(label)}")
        bar = f'<i style="width: {count / most:.1%}"></i>'
        number = f"<span>{count:,} · {_share(count, total)}</span>"
        lines.append(f"{picture}<b>{escape(name(label))}</b>{bar}{number}")
    spoken = ", ".join(f"{name(label)}: {count:,}" for label, count in counts.items())
    words = f"The mean image of each digit, and how often it is there. {spoken}."
    return f'<div class="data-means" role="img" aria-label="{escape(words)}">{"".join(lines)}</div>'


def finding(images: ImageSet) -> str:
    """What the bars show, in a sentence."""
    counts = counted(images)
    most, least = max(counts, key=counts.__getitem__), min(counts, key=counts.__getitem__)
    if len(counts) == 1:
        return f"All {sum(counts.values()):,} are {name(most)}"
    if counts[most] == counts[least]:
        return f"Each digit is there {counts[most]:,} times"
    first, last = (_share(counts[label], sum(counts.values())) for label in (most, least))
    return f"{name(most)} is there most often, in {first} of the images, and {name(least)} least, {last}"


def counted(images: ImageSet) -> dict[int, int]:
    """How many images of each class the whole set has, where these are only a sample of it, too."""
    labels, counts = np.unique(images.split.labels, return_counts=True)
    scale = images.whole / len(images.split) if images.whole else 1
    return {int(label): round(count * scale) for label, count in zip(labels, counts.tolist(), strict=True)}


def name(label: int) -> str:
    """A class for people."""
    return "no digit" if label == NO_DIGIT else str(label)


def _share(count: int, total: int) -> str:
    return f"{count / total:.1%}".replace("%", " %")


def _image(pixels: ByteArray, title: str) -> str:
    return f'<img src="{png.address(pixels)}" alt="" title="{escape(title)}">'
