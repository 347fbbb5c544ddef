"""A sheet of paper while it is written on: strokes, prints and stains, their pens, and the text to be read.

Everything is measured in digits' heights; `camera` makes pixels of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np

from mnist_app.domain import Box, FloatArray
from tests.benchmarks.synthetic.pages import Glyph, Look
from tests.benchmarks.synthetic.writers import Writer

T = TypeVar("T")
Colour = tuple[int, int, int]  # RGB
NATURAL = (0.03, 0.4)  # digits' heights, between two digits
RED: tuple[Colour, ...] = ((200, 30, 40), (215, 50, 60), (170, 25, 45))
BLUE: tuple[Colour, ...] = ((30, 40, 130), (25, 60, 160), (40, 50, 110))
BLACK: tuple[Colour, ...] = ((25, 25, 30), (45, 45, 50))
LEAD: tuple[Colour, ...] = ((80, 80, 85), (105, 105, 110))
PRINTED: tuple[Colour, ...] = ((30, 30, 30), (90, 90, 95), (110, 140, 180), (190, 90, 80))
PAPERS: tuple[Colour, ...] = (
    (247, 246, 242),
    (240, 238, 232),
    (232, 226, 208),
    (208, 210, 212),
    (242, 233, 175),
)
LINES: tuple[Colour, ...] = ((150, 180, 215), (170, 170, 175), (215, 160, 160), (120, 150, 190))


@dataclass(frozen=True)
class Pen:
    """`width` is in digits' heights, `strength` how much of the paper it covers, all 0..1.

    `grain` is how much of it the paper's grain leaves out, `gaps` the share of a stroke that is missing.
    """

    colour: Colour
    width: float
    strength: float = 0.95
    grain: float = 0.0
    gaps: float = 0.0


@dataclass(frozen=True)
class Stroke:
    """(n, 2) points of one pen."""

    points: FloatArray
    pen: Pen


@dataclass(frozen=True)
class Print:
    """A printed word, its capitals' top and left edge, and their height."""

    text: str
    left: float
    top: float
    height: float
    colour: Colour


@dataclass
class Shot:
    """The photo of a scene: from where, in what light, how large."""

    digit: float  # pixels of a digit's height, at most
    side: int = 1_400  # pixels, the most of the longer side
    margins: tuple[float, float, float, float] = (1.5, 1.2, 1.5, 1.2)  # left, top, right, bottom
    share: float | None = None  # of the photo that the sheet covers; None: the sheet goes on beyond it
    table: str = "grey"
    roll: float = 0.0  # degrees
    tilt: tuple[float, float] = (0.0, 0.0)  # degrees, backwards and sideways
    quarters: int = 0  # turns of the photo, counter-clockwise
    inverted: bool = False
    flat: bool = False  # a screenshot or scan: neither light nor shadows
    blur: tuple[float, float] = (0.4, 1.4)  # pixels


@dataclass
class Scene:
    """All that is on a sheet, in digits' heights, and the rows of text that a person reads there."""

    writer: Writer
    rng: np.random.Generator
    pen: Pen
    look: Look
    shot: Shot
    strokes: list[Stroke] = field(default_factory=list)
    prints: list[Print] = field(default_factory=list)
    stains: list[Stroke] = field(default_factory=list)  # soft rings and spots
    holes: list[Box] = field(default_factory=list)
    rows: list[str] = field(default_factory=list)
    pitch: float = 1.9  # of the paper's lines
    start: tuple[float, float] | None = None  # a point that lines go through

    def write(
        self,
        text: str,
        left: float = 0.0,
        top: float = 0.0,
        size: float = 1.0,
        spacing: tuple[float, float] = NATURAL,
        pen: Pen | None = None,
    ) -> list[Glyph]:
        """Write characters side by side. They are to be read only if `read` is called, too."""
        shift = np.array([left, top])
        glyphs = [
            Glyph(glyph.character, tuple((s * size + shift).astype(np.float32) for s in glyph.strokes))
            for glyph in self.writer.write(text, self.rng, spacing)
        ]
        for glyph in glyphs:
            self.draw(glyph.strokes, pen)
        return glyphs

    def read(self, text: str) -> None:
        """Add a row of text that is to be read."""
        self.rows.append(text)

    def write_rows(
        self, texts: Sequence[str], pitch: float = 1.9, spacing: tuple[float, float] = NATURAL
    ) -> list[list[Glyph]]:
        """Write rows one below the other that are to be read."""
        rows = []
        for k, text in enumerate(texts):
            self.read(text)
            rows.append(self.write(text, self.rng.normal(0, 0.15), k * pitch, spacing=spacing))
        return rows

    def draw(self, strokes: Iterable[FloatArray], pen: Pen | None = None) -> None:
        """Draw strokes with the sheet's pen, or another."""
        self.strokes += [Stroke(np.asarray(points, np.float32), pen or self.pen) for points in strokes]

    def rule(self, left: float, top: float, right: float, bottom: float, pen: Pen) -> None:
        """Print a straight line."""
        self.draw([np.array([[left, top], [right, bottom]], np.float32)], pen)

    def frame(self, box: Box, pen: Pen) -> None:
        """Print a rectangle."""
        across = [box.left, box.right, box.right, box.left, box.left]
        down = [box.top, box.top, box.bottom, box.bottom, box.top]
        self.draw([np.array([across, down], np.float32).T], pen)

    @property
    def extent(self) -> Box:
        """The box around all that is drawn and printed."""
        boxes = [Box.of_points(stroke.points) for stroke in self.strokes]
        boxes += [Box(p.left, p.top, 0.6 * p.height * len(p.text), p.height) for p in self.prints]
        return Box.around(boxes) if boxes else Box(0, 0, 8, 6)

    def number(self, least: int = 2, most: int = 6, digits: str = "0123456789") -> str:
        """Return a number of so many digits."""
        return "".join(self.rng.choice(list(digits), int(self.rng.integers(least, most + 1))))

    def numbers(self, least: int = 2, most: int = 4, shortest: int = 2, longest: int = 6) -> list[str]:
        """Return so many numbers, for as many rows."""
        return [self.number(shortest, longest) for _ in range(int(self.rng.integers(least, most + 1)))]

    def pick(self, values: Sequence[T]) -> T:
        """Return any of the values."""
        return values[int(self.rng.integers(len(values)))]

    def red(self) -> Pen:
        """Return another pen, a red one."""
        return replace(
            self.pen,
            colour=self.pick(RED),
            strength=0.85,
            grain=0,
            gaps=0,
            width=self.rng.uniform(0.05, 0.09),
        )

    def printed(self) -> Pen:
        """Return the pen of a printing press: thin lines."""
        return Pen(self.pick(PRINTED), self.rng.uniform(0.025, 0.06), self.rng.uniform(0.6, 0.95))


def box_of(glyphs: Iterable[Glyph]) -> Box:
    """Return the box around characters."""
    return Box.around(glyph.box for glyph in glyphs)


def ellipse(box: Box, rng: np.random.Generator, turns: float = 1.05) -> FloatArray:
    """Return (n, 2) points of an ellipse drawn by hand in a box, its ends crossing a little."""
    start, n = rng.uniform(-2.2, -1.2), 60
    angles = start + np.linspace(0, 2 * np.pi * turns, n)
    dents = sum(rng.normal(0, 0.05) / k * np.sin(k * angles + rng.uniform(0, 6)) for k in (1, 2, 3))
    radius = 1 + dents + np.linspace(0, rng.normal(0, 0.08), n)
    x = box.left + box.width / 2 + np.cos(angles) * radius * box.width / 2
    y = box.top + box.height / 2 + np.sin(angles) * radius * box.height / 2
    return np.column_stack([x, y]).astype(np.float32)


def wavy(left: float, right: float, y: float, rng: np.random.Generator, slope: float = 0.02) -> FloatArray:
    """Return (n, 2) points of a line drawn by hand from left to right."""
    x = np.linspace(left, right, 20)
    return np.column_stack([x, y + (x - left) * rng.normal(0, slope) + np.cumsum(rng.normal(0, 0.008, 20))])
