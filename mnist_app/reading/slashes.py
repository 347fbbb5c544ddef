"""The slashes of one page explain each other: a writer's slashes lean alike, and more than his or her 1s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_app.domain import Box
from mnist_app.reading.components import Component, joined
from mnist_app.reading.hypotheses import Hypothesis, PageReading
from mnist_app.reading.layout import Stroke
from mnist_app.reading.signs import Leaning

# Chosen on painted dates by the validation writers.
MAYBE = 0.1  # probability; what is as likely a slash, by its place in its row, is evidence for others
ENOUGH = 0.5  # the sum of these probabilities, or the page has no slashes
UPRIGHT = 25  # percentile of the leans of 1s; slashes are among them
STEEPER = 0.12  # more than those, in pixels to the right for each pixel up
TALLER = 0.12  # of a digit's height, which counts as much as STEEPER


@dataclass(frozen=True)
class _Line:
    """A 1 or a slash: its item's place on the page, its ink as one, and its height over a digit's."""

    row: int
    place: int
    item: Hypothesis
    ink: Leaning
    height: float

    @property
    def lean(self) -> float:
        return self.ink.lean

    @property
    def shape(self) -> npt.NDArray[np.float64]:
        return np.array([self.lean / STEEPER, self.height / TALLER])


def with_slashes_alike(page: PageReading, height: float) -> PageReading:
    """Return a page with those of its 1s as slashes that look rather like its slashes than like its 1s.

    A drawing is a page as well. Only a 1 between two digits may be one. `height` is a digit's, in pixels.
    """
    lines = [
        _Line(r, k, item, _as_one(item.inks), item.box.height / height)
        for r, row in enumerate(page.rows)
        for k, item in enumerate(row)
        if item.sign == "/" or (not item.sign and item.read_as == 1)
    ]
    seeds = [(line, _probability(line.item)) for line in lines if _probability(line.item) >= MAYBE]
    ones = [line for line in lines if _probability(line.item) < MAYBE]
    if not ones or sum(probability for _, probability in seeds) < ENOUGH:
        return page
    slash = np.average([line.shape for line, _ in seeds], axis=0, weights=[p for _, p in seeds])
    upright = float(np.percentile([line.lean for line in ones], UPRIGHT))
    one = np.mean([line.shape for line in ones if line.lean <= upright], axis=0)
    alike = {
        (line.row, line.place)
        for line in lines
        if line.lean > upright + STEEPER
        and line.ink.is_one_line
        and _distance(line, slash) < _distance(line, one)
    }
    rows = [_with_slashes(row, {k for r, k in alike if r == number}) for number, row in enumerate(page.rows)]
    return replace(page, rows=tuple(rows))


def _as_one(inks: Sequence[Any]) -> Leaning:
    """Return a photo's components, or a drawing's strokes, as one of them."""
    if isinstance(inks[0], Component):
        return joined(inks)
    return Stroke(np.concatenate([s.points for s in inks]), Box.around(s.box for s in inks), inks[0].order)


def _probability(item: Hypothesis) -> float:
    return max(item.slash, item.sign_probability) if item.sign else item.slash


def _distance(line: _Line, shape: npt.NDArray[np.float64]) -> float:
    return float(np.linalg.norm(line.shape - shape))


def _with_slashes(row: tuple[Hypothesis, ...], places: set[int]) -> tuple[Hypothesis, ...]:
    """Return a row with the 1s at these places as slashes, where they stand between digits."""
    found = list(row)
    for k in sorted(places):
        if 0 < k < len(row) - 1 and not found[k - 1].sign and not found[k + 1].sign:
            found[k] = replace(found[k], sign="/", slash=max(ENOUGH, found[k].slash))
    return tuple(found)
