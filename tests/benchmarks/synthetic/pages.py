"""Pages of handwritten numbers whose text is known: written with real strokes, photographed by computer.

For measuring how well pages are read, and for the sample photos; nothing is trained on them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from mnist_app.domain import Box, ByteArray, Drawing, FloatArray
from mnist_app.learning.data.pen_strokes import PenStrokes

HEIGHTS = (0.85, 1.15)  # of the row's height
SPACING = (-0.02, 0.5)  # of the row's height, between two digits; below 0 they touch
SPACE = 0.9  # of the row's height, between two numbers
SUBPIXEL = 4  # bits, of cv2.polylines

Hand = Mapping[int, Sequence[Drawing]]


@dataclass(frozen=True)
class Page:
    """A photo, (H, W, 3) uint8 RGB, and what is written on it, row by row, without spaces.

    `rows` are the digits, `written` has the signs between them, too.
    """

    photo: ByteArray
    rows: tuple[str, ...]
    written: tuple[str, ...] = ()


@dataclass(frozen=True)
class Glyph:
    """A character with its strokes, where they are in a row whose digits are about 1 high."""

    character: str
    strokes: tuple[FloatArray, ...]

    @property
    def box(self) -> Box:
        """The box around the middle of its strokes."""
        return Box.of_points(np.concatenate(self.strokes))


def hand_of(strokes: PenStrokes, writer: int) -> Hand:
    """All digits of one writer, by digit."""
    return {
        digit: [
            strokes.drawings[i]
            for i in np.flatnonzero((strokes.writers == writer) & (strokes.labels == digit))
        ]
        for digit in range(10)
    }


def write_number(
    text: str, hand: Hand, rng: np.random.Generator, spacing: tuple[float, float] = SPACING
) -> Drawing:
    """Numbers in one hand, apart by spaces, their digits about 1 high, side by side from x = 0 on."""
    row = side_by_side(text, lambda character: any_digit(hand[int(character)], rng), rng, spacing)
    return Drawing(tuple(stroke for glyph in row for stroke in glyph.strokes))


def any_digit(drawings: Sequence[Drawing], rng: np.random.Generator) -> list[FloatArray]:
    """Return any of the drawings as strokes that begin at (0, 0) and are about 1 high."""
    drawing = drawings[int(rng.integers(len(drawings)))]
    points = np.concatenate(drawing.strokes)
    width, height = np.ptp(points, axis=0).tolist()
    size = rng.uniform(*HEIGHTS) / max(height, 0.5 * width, 1.0)
    return [(stroke - points.min(axis=0)) * size for stroke in drawing.strokes]


def side_by_side(
    text: str,
    strokes_of: Callable[[str], Sequence[FloatArray]],
    rng: np.random.Generator,
    spacing: tuple[float, float] = SPACING,
) -> list[Glyph]:
    """Put characters side by side from x = 0 on, where the strokes of each, by `strokes_of`, begin."""
    glyphs: list[Glyph] = []
    right = 0.0
    for character in text:
        if character == " ":
            right += SPACE
            continue
        strokes = strokes_of(character)
        start = right + (rng.uniform(*spacing) if glyphs else 0)
        shift = np.array([start, rng.normal(0, 0.06)])
        glyphs.append(Glyph(character, tuple((stroke + shift).astype(np.float32) for stroke in strokes)))
        right = max(right, glyphs[-1].box.right)
    return glyphs


@dataclass(frozen=True)
class Look:
    """What is written on and with: colours in RGB, "blank", "ruled" or "squared" paper and its lines."""

    pen: tuple[int, int, int]
    paper: tuple[int, int, int]
    kind: str
    lines: tuple[int, int, int]

    @classmethod
    def any(cls, rng: np.random.Generator) -> Look:
        """Dark ink on light paper, at random."""
        pen, paper, lines = (colours[rng.integers(len(colours))] for colours in (_PENS, _PAPERS, _LINES))
        return cls(pen, paper, str(rng.choice(["blank", "ruled", "squared"], p=[0.4, 0.35, 0.25])), lines)


def photograph(
    rows: Sequence[str],
    hand: Hand,
    rng: np.random.Generator,
    look: Look | None = None,
    side: int = 1_400,
    spacing: tuple[float, float] = SPACING,
) -> Page:
    """The rows on a sheet of paper, by one pen, on a table, in some light, `side` pixels wide."""
    look = look or Look.any(rng)
    height = int(side * 0.75)
    ink = _written([write_number(row, hand, rng, spacing) for row in rows], rng, (height, side))
    paper = paper_of(look, rng, (height, side))
    pen = np.array(look.pen, np.float32)
    strength = rng.uniform(0.55, 1) * cv2.GaussianBlur(ink, (0, 0), 0.8)[..., None]
    sheet = paper * (1 - strength) + pen * strength
    lit = _on_table(sheet, rng) * light_of(rng, (height, side))[..., None]
    texts = tuple(row.replace(" ", "") for row in rows)
    return Page(taken(lit, rng), texts, texts)


def taken(lit: FloatArray, rng: np.random.Generator, blur: tuple[float, float] = (0.4, 1.8)) -> ByteArray:
    """Return a scene, (H, W, 3) 0..255, as a camera keeps it: out of focus, with noise, as a JPEG."""
    photo = np.asarray(cv2.GaussianBlur(lit, (0, 0), float(rng.uniform(*blur))))
    photo = photo + rng.normal(0, rng.uniform(1, 5), photo.shape)
    quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(50, 95))]
    _, jpeg = cv2.imencode(".jpg", photo.clip(0, 255).astype(np.uint8), quality)
    return np.asarray(cv2.imdecode(jpeg, cv2.IMREAD_COLOR), np.uint8)


_PENS = ((25, 25, 30), (30, 40, 130), (20, 30, 90), (150, 30, 40), (90, 90, 95), (20, 90, 50))  # RGB
_PAPERS = ((245, 244, 240), (228, 222, 205), (205, 208, 210), (240, 230, 170))
_LINES = ((150, 180, 215), (170, 170, 175), (215, 150, 150), (70, 70, 80))


def _written(numbers: Sequence[Drawing], rng: np.random.Generator, size: tuple[int, int]) -> FloatArray:
    """(H, W) ink of the rows, a little askew."""
    height, width = size
    longest = max(float(np.concatenate(n.strokes)[:, 0].max()) for n in numbers)
    em = min(0.8 * width / longest, 0.75 * height / (len(numbers) * 1.9), rng.uniform(0.04, 0.2) * width)
    pen = max(2, round(em * rng.uniform(0.04, 0.16)))
    ink = np.zeros(size, np.uint8)
    pitch = em * rng.uniform(1.45, 2.2)
    slope = rng.normal(0, 0.03)
    top = (height - pitch * (len(numbers) - 1) - em) / 2
    for row, number in enumerate(numbers):
        wide = float(np.concatenate(number.strokes)[:, 0].max()) * em
        left = rng.uniform(0.08, max(0.081, 0.9 - wide / width)) * width
        for stroke in number.strokes:
            path = stroke * em + np.array([left, top + row * pitch])
            path[:, 1] += (path[:, 0] - width / 2) * slope
            fixed = np.rint(path * 2**SUBPIXEL).astype(np.int32)
            cv2.polylines(ink, [fixed], False, 255, pen, cv2.LINE_AA, SUBPIXEL)
    return (ink / 255).astype(np.float32)


def paper_of(
    look: Look,
    rng: np.random.Generator,
    size: tuple[int, int],
    pitch: float | None = None,
    start: tuple[float, float] | None = None,
) -> FloatArray:
    """(H, W, 3) blank, ruled or squared paper with a grain.

    Its lines are `pitch` pixels apart, one of them through the point `start`, x and y; else at random.
    """
    paper = np.empty((*size, 3), np.float32)
    paper[:] = look.paper
    pitch = float(int(rng.uniform(0.025, 0.07) * size[1])) if pitch is None else pitch
    thick = int(rng.integers(1, 4))
    if look.kind != "blank":
        mask = np.zeros(size, np.uint8)
        first = float(rng.integers(int(pitch))) if start is None else start[1] % pitch
        for y in np.arange(first, size[0], pitch).astype(int).tolist():
            cv2.line(mask, (0, y), (size[1], y), 255, thick)
        first = float(rng.integers(int(pitch))) if start is None else start[0] % pitch
        for x in np.arange(first, size[1] if look.kind == "squared" else 0, pitch).astype(int).tolist():
            cv2.line(mask, (x, 0), (x, size[0]), 255, thick)
        share = (mask / 255 * rng.uniform(0.4, 0.9))[..., None]
        paper = (paper * (1 - share) + np.array(look.lines, np.float32) * share).astype(np.float32)
    fibres = cv2.resize(rng.normal(0, 4, (size[0] // 6, size[1] // 6)).astype(np.float32), size[::-1])
    return paper + fibres[..., None]


def _on_table(sheet: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The sheet seen from a little askew, half of the time with the table around it."""
    height, width = sheet.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    margin = 0.05 if rng.random() < 0.5 else -0.05
    inward = np.sign(np.array([width, height]) / 2 - corners) * margin * np.array([width, height])
    moved = corners + inward + rng.normal(0, 0.012, (4, 2)) * width
    warp = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    table = np.array([rng.uniform(20, 120), rng.uniform(20, 90), rng.uniform(10, 70)])
    return np.asarray(
        cv2.warpPerspective(sheet, warp, (width, height), borderValue=tuple(table), flags=cv2.INTER_AREA)
    )


def light_of(rng: np.random.Generator, size: tuple[int, int]) -> FloatArray:
    """(H, W) of light: a slope, and half of the time a shadow with a soft edge."""
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32) / max(size)
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 - rng.uniform(0, 0.5) * (0.5 + 0.5 * (np.cos(angle) * (x - 0.5) + np.sin(angle) * (y - 0.4)))
    if rng.random() < 0.5:
        edge = np.cos(angle + 1) * (x - rng.uniform(0.3, 0.7)) + np.sin(angle + 1) * (y - 0.4)
        light = light * (1 - rng.uniform(0.2, 0.5) / (1 + np.exp(-edge * rng.uniform(20, 200))))
    return light.astype(np.float32)
