"""Handwriting fonts, fetched when they are needed: school handwriting of many countries, and other hands.

`fonts.csv` lists packages of the npm registry's @fontsource with their digests, all under the SIL Open Font
License. The Playwrite families are the handwriting models that schools teach in more than 40 countries. Fonts
whose digits a person would not read at once were left out by looking at them.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mnist_app.domain import FloatArray
from mnist_app.errors import DataError
from mnist_app.learning.data.downloads import npm_pack, save, unpack
from mnist_app.runs.folders import cache_dir

Use = Literal["training", "validation", "test"]
SIDE = 160  # pixels, about; the longer side of a glyph
_MANIFEST = Path(__file__).with_name("fonts.csv")
_WEIGHT = r"-latin-\d+-normal\.woff2$"  # the file of a weight in an archive
_MAX_BYTES = 8 * 2**20  # bytes of an archive


@dataclass(frozen=True)
class Font:
    """One family: its package's version and its archive's digest."""

    name: str
    version: str
    sha512: str

    @property
    def archive(self) -> str:
        """Name of the file that `npm pack` makes of the package."""
        return f"fontsource-{self.name}-{self.version}.tgz"


def list_fonts(use: Use) -> list[Font]:
    """Return the fonts of `fonts.csv` for one use."""
    with _MANIFEST.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["use"] == use]
    return [Font(row["name"], row["version"], row["sha512"]) for row in rows]


def load_fonts(use: Use) -> list[bytes]:
    """Return the font files of every weight of every family for one use, verified.

    They come from the folder `fonts` in MNIST_APP_DATA, the cache or the npm registry. Raises DataError.
    """
    fonts = list_fonts(use)
    missing = [font for font in fonts if not _file(font).is_file()]
    if missing:
        _fetch(missing)
    archives = [_verified(font, _file(font)) for font in fonts]
    return [file for archive in archives for file in unpack(archive, _WEIGHT, _MAX_BYTES).values()]


def glyphs(font_files: Iterable[bytes], characters: str) -> Iterator[tuple[str, FloatArray]]:
    """Render each character in each font as ink, (H, W) float32, 1 = ink, leaving out those a font lacks."""
    for file in font_files:
        font = ImageFont.truetype(io.BytesIO(file), SIDE)
        nothing = _ink(font, "\U0010ffff")
        for character in characters:
            ink = _ink(font, character)
            if ink.any() and not (ink.shape == nothing.shape and np.array_equal(ink, nothing)):
                yield character, ink


def _ink(font: ImageFont.FreeTypeFont, character: str) -> FloatArray:
    left, top, right, bottom = (int(edge) for edge in font.getbbox(character))
    page = Image.new("L", (max(1, right - left), max(1, bottom - top)))
    ImageDraw.Draw(page).text((-left, -top), character, fill=255, font=font)
    return np.asarray(page, np.float32) / np.float32(255)


def _file(font: Font) -> Path:
    """Return the font's archive in MNIST_APP_DATA if it is there, else its place in the cache."""
    named = Path(os.environ.get("MNIST_APP_DATA") or cache_dir()) / "fonts" / font.archive
    return named if named.is_file() else cache_dir() / "fonts" / font.archive


def _verified(font: Font, file: Path) -> bytes:
    if not file.is_file():
        raise DataError(f"The font {font.name} could not be had or kept: there is no {file}.")
    content = file.read_bytes() if file.stat().st_size <= _MAX_BYTES else b""
    if hashlib.sha512(content).hexdigest() != font.sha512:
        raise DataError(f"{file} is not the published {font.name} {font.version}. Delete it and try again.")
    return content


def _fetch(fonts: list[Font]) -> None:
    """Download the fonts from the npm registry into the cache, verified."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            npm_pack([f"@fontsource/{font.name}@{font.version}" for font in fonts], Path(folder))
        except DataError as error:
            raise DataError(
                f"{len(fonts)} handwriting fonts could not be had: {error}. Put their archives into the "
                "folder `fonts` of MNIST_APP_DATA, or train a preset without fonts."
            ) from None
        for font in fonts:
            file = Path(folder) / font.archive
            save(_verified(font, file), cache_dir() / "fonts" / font.archive)
