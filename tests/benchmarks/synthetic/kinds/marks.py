"""What people draw and print beside numbers: underlines, circles, ticks, arrows, stains, holes, words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from mnist_app.domain import Box
from tests.benchmarks.synthetic.pages import Glyph
from tests.benchmarks.synthetic.scene import (
    BLACK,
    BLUE,
    Pen,
    Print,
    Scene,
    Stroke,
    box_of,
    ellipse,
    wavy,
)

WORDS = (
    *("milk", "bread", "total", "room", "page", "price", "Anna", "train", "bus", "meeting", "call", "order"),
    *("name", "street", "from", "until", "apples", "rent", "coffee", "March", "team", "paid", "new", "date"),
    *("week", "garden", "water", "letter", "number", "phone", "and", "for", "with", "him", "her", "then"),
)
LABELS = ("Total", "Name", "Date", "No.", "Room", "Price", "Amount", "Page", "Tel.", "Code")


def _underlined(times: int) -> Callable[[Scene], None]:
    def underlined(scene: Scene) -> None:
        """Numbers, the first of them and some others underlined by hand."""
        for k, glyphs in enumerate(scene.write_rows(scene.numbers(), 2.2)):
            if k == 0 or scene.rng.random() < 0.5:
                _underline(scene, box_of(glyphs), times)

    return underlined


def _underline(scene: Scene, box: Box, times: int) -> None:
    gap = float(scene.rng.uniform(0.06, 0.25))
    for line in range(times):
        left, right = scene.rng.uniform(-0.1, 0.4, 2)
        y = box.bottom + gap + 0.2 * line
        scene.draw([wavy(box.left - left, box.right + right, y, scene.rng)])


def crossed_by_line(scene: Scene) -> None:
    """A long line of a thinner pen or a fold runs through one number, which a person still reads."""
    rows = scene.write_rows(scene.numbers(2, 4, 3, 6))
    box = box_of(rows[int(scene.rng.integers(len(rows)))])
    y = box.top + box.height * scene.rng.uniform(0.3, 0.7)
    pen = replace(scene.pen, width=0.04, colour=scene.pick(BLACK + BLUE), grain=0, gaps=0)
    scene.draw([wavy(box.left - 0.6, box.right + 0.8, y, scene.rng, 0.05)], pen)


def _circled(red: bool, near: tuple[float, float]) -> Callable[[Scene], None]:
    def circled(scene: Scene) -> None:
        """A circle round one of the numbers; `near` is how far from it, in digits' heights."""
        rows = scene.write_rows(scene.numbers(2, 4, 2, 4), 2.4)
        box = box_of(rows[int(scene.rng.integers(len(rows)))])
        across, down = (scene.rng.uniform(*near) for _ in range(2))
        wide, high = 1.3 * box.width + 2 * across + 0.2, 1.15 * box.height + 2 * down
        x, y = box.left + box.width / 2, box.top + box.height / 2
        round_ = ellipse(Box(x - wide / 2, y - high / 2, wide, high), scene.rng)
        scene.draw([round_], scene.red() if red else None)

    return circled


def _ticks(red: bool) -> Callable[[Scene], None]:
    def ticks(scene: Scene) -> None:
        """Ticks and crosses behind or before some of the numbers."""
        pen, before = scene.red() if red else None, scene.rng.random() < 0.3
        for k, glyphs in enumerate(scene.write_rows(scene.numbers(3, 5, 2, 4))):
            if k == 0 or scene.rng.random() < 0.6:
                box, gap = box_of(glyphs), scene.rng.uniform(0.6, 1.6)
                left = box.left - gap - 1 if before else box.right + gap
                scene.write(scene.pick("✓✗"), left, 1.9 * k, scene.rng.uniform(0.7, 1.1), pen=pen)

    return ticks


def arrows(scene: Scene) -> None:
    """An arrow between two numbers of each row, or beside it."""
    for k in range(int(scene.rng.integers(2, 4))):
        first, second = scene.number(1, 3), scene.number(2, 4)
        scene.read(f"{first} {second}")
        box = box_of(scene.write(first, 0, 1.9 * k))
        arrow = box_of(scene.write("→", box.right + scene.rng.uniform(0.4, 0.8), 1.9 * k))
        scene.write(second, arrow.right + scene.rng.uniform(0.4, 0.8), 1.9 * k)


def coffee_ring(scene: Scene) -> None:
    """The ring of a cup on the page, partly over the numbers."""
    rows = scene.write_rows(scene.numbers(2, 4, 3, 6))
    box, side = box_of(rows[0]), float(scene.rng.uniform(3, 5))
    x, y = scene.rng.uniform(box.left, box.right), scene.rng.uniform(0, 2 * len(rows))
    pen = Pen((150, 105, 60), 0.16, float(scene.rng.uniform(0.25, 0.5)))
    for turns in (1.0, scene.rng.uniform(0.3, 0.7)):
        ring = ellipse(Box(x - side / 2, y - side / 2, side, 0.97 * side), scene.rng, float(turns))
        scene.stains.append(Stroke(ring, pen))
        pen = replace(pen, width=0.3, strength=pen.strength / 2)


def spiral_holes(scene: Scene) -> None:
    """A row of punched holes along the left edge or the top of a pad."""
    scene.write_rows(scene.numbers(3, 5))
    at_left, size = scene.rng.random() < 0.6, float(scene.rng.uniform(0.3, 0.5))
    extent = scene.extent
    for step in np.arange(-2.5, 14, 2.1 * size):
        x, y = (
            (extent.left - 1.1 - size, extent.top + step)
            if at_left
            else (extent.left + step, extent.top - 1.3 - size)
        )
        scene.holes.append(Box(float(x), float(y), size, size * (0.8 if at_left else 1)))
    scene.shot = replace(scene.shot, margins=(2.2, 2.2, 1.5, 1.2))


def printed_words(scene: Scene) -> None:
    """A printed label before each number, as on a form."""
    height, wide = float(scene.rng.uniform(0.45, 0.8)), 0.0
    rows = scene.numbers(2, 4, 2, 5)
    for k in range(len(rows)):
        label = scene.pick(LABELS) + scene.pick((":", ""))
        scene.prints.append(Print(label, 0, 1.9 * k + 1 - height, height, (35, 35, 40)))
        wide = max(wide, 0.75 * height * len(label))
    for k, text in enumerate(rows):
        scene.read(text)
        scene.write(text, wide + scene.rng.uniform(0.4, 1), 1.9 * k)
    scene.look = replace(scene.look, kind="blank")


def letters_beside(scene: Scene) -> None:
    """Single letters before numbers, apart from them: A 42."""
    for k, text in enumerate(scene.numbers(2, 4, 2, 4)):
        letter = scene.pick([c for c in "ABCDEFHKMNPRTUVWXYabdefhkmnrt" if c in scene.writer.letters])
        scene.read(text)
        box = box_of(scene.write(letter, 0, 1.9 * k))
        scene.write(text, box.right + scene.rng.uniform(0.8, 1.2), 1.9 * k)


def words_beside(scene: Scene) -> None:
    """A word before or behind each number."""
    for k, text in enumerate(scene.numbers(2, 4, 1, 4)):
        scene.read(text)
        if scene.rng.random() < 0.6:
            box = box_of(write_word(scene, 0, 2.1 * k))
            scene.write(text, box.right + scene.rng.uniform(0.7, 1.2), 2.1 * k)
        else:
            box = box_of(scene.write(text, 0, 2.1 * k))
            write_word(scene, box.right + scene.rng.uniform(0.7, 1.2), 2.1 * k)


def shopping_list(scene: Scene) -> None:
    """A word in each row, and numbers in a column, some of a single digit."""
    column = float(scene.rng.uniform(5, 7))
    for k, text in enumerate(scene.numbers(3, 5, 1, 3)):
        scene.read(text)
        right = box_of(write_word(scene, 0, 1.9 * k)).right
        scene.write(text, max(column, right + 0.7) + scene.rng.normal(0, 0.1), 1.9 * k)


def page_of_words(scene: Scene) -> None:
    """A page of handwriting with a number in some rows."""
    rows = int(scene.rng.integers(5, 8))
    with_number = scene.rng.choice(rows, 2, replace=False).tolist()
    for k in range(rows):
        right, place = 0.0, int(scene.rng.integers(1, 3))
        for word in range(4):
            if k in with_number and word == place:
                text = scene.number(2, 4)
                scene.read(text)
                right = box_of(scene.write(text, right, 2.0 * k)).right
            else:
                right = box_of(write_word(scene, right, 2.0 * k)).right
            right += scene.rng.uniform(0.6, 0.9)
    scene.shot = replace(scene.shot, side=1_600)


def write_word(scene: Scene, left: float, top: float) -> list[Glyph]:
    """Write one of WORDS that the writer has the letters of, close together."""
    known = [word for word in WORDS if scene.writer.can_write(word)]
    return scene.write(scene.pick(known), left, top, spacing=(-0.04, 0.1))


KINDS: dict[str, Callable[[Scene], None]] = {
    "underlined": _underlined(1),
    "underlined-twice": _underlined(2),
    "crossed-by-line": crossed_by_line,
    "circled": _circled(red=False, near=(0.15, 0.35)),
    "circled-red": _circled(red=True, near=(0.05, 0.35)),
    "circled-touching": _circled(red=False, near=(-0.12, 0.02)),
    "ticks": _ticks(red=False),
    "ticks-red": _ticks(red=True),
    "arrows": arrows,
    "coffee-ring": coffee_ring,
    "spiral-holes": spiral_holes,
    "printed-words": printed_words,
    "letters-beside": letters_beside,
    "words-beside": words_beside,
    "shopping-list": shopping_list,
    "page-of-words": page_of_words,
}
