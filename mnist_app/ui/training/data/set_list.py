"""What the image sets are called, and where their images come from."""

from __future__ import annotations

from dataclasses import dataclass

from mnist_app.domain import ImageSet
from mnist_app.runs.image_sets import SetStore

_USES = {"training": "to learn from", "validation": "to choose by", "test": "to score by, once"}
_NAMES = {
    "mnist": "MNIST",
    "MNIST test": "MNIST",
    "pen": "Pen strokes",
    "pen strokes": "Pen strokes",
    "fonts": "Handwriting fonts",
    "handwriting fonts": "Handwriting fonts",
    "nondigits": "No digit",
}
_MNIST = "MNIST by LeCun, Cortes and Burges, CC BY-SA 3.0"
_PEN = "“Pen-Based Recognition of Handwritten Digits” by Alpaydin and Alimoglu, UCI, CC BY 4.0"
_FONTS = "handwriting fonts of Fontsource, SIL Open Font License"
# What a set's name begins with, in the order in which sets are listed.
_ORIGINS = {
    "mnist": f"{_MNIST}.",
    "MNIST test": f"{_MNIST}.",
    "pen": f"{_PEN}, drawn with other pens.",
    "fonts": f"The digits of {_FONTS}.",
    "handwriting fonts": f"The digits of {_FONTS}.",
    "nondigits": f"Letters of {_FONTS}; scribbles, shapes and noise; pairs of digits from {_MNIST}.",
    "16×16 pixels": f"As coarse as the US Postal Service's. {_MNIST}.",
    "MNIST, ": f"Each image spoilt in one way. {_MNIST}.",
    "no digit: letters": f"Letters of {_FONTS}.",
    "no digit: two in one": f"Pairs of digits. {_MNIST}.",
    "no digit": "Drawn by this app.",
}


@dataclass(frozen=True)
class Listed:
    """A set on this machine: its title, its digest, and that of its images beside their variations."""

    title: str
    digest: str
    varied: str | None


def listed() -> list[Listed]:
    """Every set to be looked at, training sets first."""
    store = SetStore()
    varied = store.newest("varied")
    found = []
    for use in _USES:
        for name, digest in sorted(store.newest(use).items(), key=lambda item: _rank(item[0])):
            found.append(Listed(_title(name, use), digest, varied.get(name) if use == "training" else None))
    return found


def about(images: ImageSet) -> str:
    """How many there are, what they are for, where they come from, and under which licence."""
    many = f"{len(images.split):,}"
    of = f"{many} of {images.whole:,}" if images.whole else many
    origin = next((text for start, text in _ORIGINS.items() if images.name.startswith(start)), "")
    return f"{of} images {_USES.get(images.use, '')}. {origin}"


def _title(name: str, use: str) -> str:
    return f"{_NAMES.get(name, name[:1].upper() + name[1:])} ({use})"


def _rank(name: str) -> tuple[int, str]:
    starts = [k for k, start in enumerate(_ORIGINS) if name.startswith(start)]
    return (starts or [len(_ORIGINS)])[0], name
