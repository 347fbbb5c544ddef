"""A photo in every way that may be right, and the way that reads best.

Which ink is writing can't be told from its look alone: light or dark, a line or a 1, a frame or a 0. What
reads better decides, and the next way is only tried as long as it can win.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from mnist_app.domain import Box, LeftOut, Photo
from mnist_app.ink.photo import PageInk, inks_from_photo
from mnist_app.reading.classifier import Classifier
from mnist_app.reading.components import Component, find_components
from mnist_app.reading.corrections import box_in_photo
from mnist_app.reading.frames import Layer, layers
from mnist_app.reading.hypotheses import PageReading, RowReading
from mnist_app.reading.layout import Row, with_points
from mnist_app.reading.page import SAMPLE, View, best_view, confidence_of
from mnist_app.reading.slashes import with_slashes_alike
from mnist_app.reading.words import Word, no_numbers, without_sure_words, without_words

LESS = 0.15  # confidence in a page's components; with so much less, no way to see it reads better
TEXT = 2.0  # sure digits: what a page that looks like words needs more of
SURE = 1.0  # digit, at least, where another way shows words, or a landscape
UNSURE = -0.5  # of the most that as many digits may have; with less, they are none
LARGE = 0.1  # of the page's height; what is larger is meant
SPECK = 0.05  # of the page's height; 1s alone that are lower are specks
BETTER = 0.2  # digits; what is no better than an earlier way is not it
WHOLE = 0.95  # of the most evidence; digits that lost something to a ruled line have less
LINES = 0.0  # evidence of 1s alone; with less, they are only lines
MOST_WAYS, FEW_WAYS = 7, 3  # that are read, if none reads well or one does
MOST_COMPONENTS = 1_000  # of all ways that are read; one of 500 takes five seconds
MANY = 0.6  # confidence; where other ways show words, one with less shows words as well
MOST_TEXTS = 2  # ways that show letters; a page of words is read no further

OnTry = Callable[[int], None]  # is called with the number of each way, from 1, before it is read


def say_nothing(_way: int) -> None:
    """Tell nobody which way is tried."""


@dataclass(frozen=True, eq=False)
class Way:
    """One way to see a photo: its ink, what is writing on it, the way up, and what was read."""

    page: PageInk
    layer: Layer
    view: View
    found: PageReading
    words: Sequence[Word] = ()

    @property
    def evidence(self) -> float:
        """Evidence for all this being digits; less if most of the page looks like words."""
        return self.found.evidence - TEXT * self.view.is_text

    @property
    def is_plain(self) -> bool:
        """True if no other way to see the photo will do better.

        Where words were left out, other lines may be in their way, and what is left looks plain. So do digits
        with lines through them, or without their feet.
        """
        is_whole = not self.page.is_unruled or self.found.evidence >= WHOLE * self.found.most_evidence
        return self.found.is_plain and is_whole and not self.view.is_text and not self.layer.has_lines

    def in_photo(self, box: Box) -> Box:
        """Return a box of what was read in the photo's own pixels."""
        return box_in_photo(box, self.page, 90 * self.view.quarters)

    def left_out(self) -> Iterator[LeftOut]:
        """Yield what was seen and not read."""
        for component, reason in self.layer.left_out:
            yield LeftOut(box_in_photo(component.box, self.page, 0), reason)
        for box in self.found.dirt:
            yield LeftOut(self.in_photo(box), "not a digit")
        for word in self.words:
            yield LeftOut(self.in_photo(Box.around(word)), "letters", tuple(map(self.in_photo, word)))


def best_way(
    photo: Photo,
    classifier: Classifier,
    read_row: Callable[[Row[Component]], RowReading],
    on_try: OnTry,
) -> Way:
    """Return the way to see a photo that reads best. Raises NoDigitError if none has a digit."""
    seen: list[Way] = []
    for page, layer in _layers(photo):
        if _may_win(page, layer, seen, classifier):
            on_try(len(seen) + 1)
            seen.append(_read(page, layer, classifier, read_row))
            if seen[-1].is_plain and seen[-1] is _best(seen):
                return seen[-1]
            components = sum(len(way.layer.writing) for way in seen)
            if len(seen) >= _tries(seen) or components >= MOST_COMPONENTS:
                break
    best = _best(seen)
    before = seen[: seen.index(best) + 1] if best else seen
    is_text = any(way.view.is_text for way in before)
    if best is None or best.evidence < _least(best, is_text):
        raise no_numbers(is_text)
    return best


def _layers(photo: Photo) -> Iterator[tuple[PageInk, Layer]]:
    for page in inks_from_photo(photo):  # 2. ink: (h, w) float32 0..1, and its stroke width
        found = find_components(page)  # 3. components
        for layer in layers(found, page.stroke_width):  # and what of them is writing
            yield page, layer


def _least(best: Way, is_text: bool) -> float:
    """Return the evidence that a page must have, or it is refused; one large thing is always shown."""
    items = [item for row in best.found.digits for item in row]
    if best.found.is_lines:
        are_specks = max(item.box.height for item in items) < SPECK * best.page.ink.shape[0]
        return SURE if is_text or are_specks else LINES
    if len(items) == 1 and items[0].box.height >= LARGE * best.page.ink.shape[0]:
        return -math.inf
    return SURE if is_text else UNSURE * best.found.most_evidence


def _read(
    page: PageInk,
    layer: Layer,
    classifier: Classifier,
    read_row: Callable[[Row[Component]], RowReading],
) -> Way:
    read = cache(read_row)  # 5. cuts and 6. the lattice, once for each row
    view = best_view(page, layer.writing, classifier, read)  # 4. rows, the right way up
    turned = [point.turned(view.quarters, page.ink.shape) for point in layer.points]
    rows, words = without_sure_words(view.rows, classifier) if view.is_text else (view.rows, [])
    found = PageReading.of(map(read, with_points(rows, turned)))
    height = rows[0].height if rows else 0.0
    found, others = without_words(with_slashes_alike(found, height), height, view.is_text, words)
    size = page.ink.shape[::-1] if view.quarters % 2 else page.ink.shape
    return Way(page, layer, view, found.with_doubt_along_border(size), [*words, *others])


def _best(seen: Sequence[Way]) -> Way | None:
    """Return the way that reads best; the earlier ones are likelier."""
    best: Way | None = None
    for way in seen:
        if not way.found.rows:
            continue
        # Digits with lines through them are no likelier than those without.
        if best is None or way.evidence > best.evidence + (0 if best.layer.has_lines else BETTER):
            best = way
    return best


def _tries(seen: Sequence[Way]) -> int:
    """Return how many ways to try: fewer if one of them reads well."""
    best = _best(seen)
    return MOST_WAYS if best is None or not best.found.is_fair else FEW_WAYS


def _may_win(page: PageInk, layer: Layer, seen: Sequence[Way], classifier: Classifier) -> bool:
    """Return whether a page's components look enough like digits, beside those of the ways seen so far.

    Where those show words, others must look much better.
    """
    if not seen:
        return True
    best = _best(seen)
    turns = {0, best.view.quarters} if best else {0}
    found = max(confidence_of(page, layer.writing, quarters, classifier) for quarters in turns)
    texts = sum(1 if way.view.judged < SAMPLE else MOST_TEXTS for way in seen if way.view.is_text)
    usual = max(way.view.confidence for way in ([best] if best else seen))
    return found >= (max(MANY, usual) if texts >= MOST_TEXTS else usual - LESS)
