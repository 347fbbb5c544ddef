"""Pen strokes by known people, split by writer, and their images."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from mnist_app.domain import ByteArray, Drawing, FloatArray, Split
from mnist_app.ink.drawing import ink_from_drawing
from mnist_app.learning.data.rendering import rendered

PENS = (10, 32)  # of INK_SIDE's 160 pixels: from a fineliner to a marker; MNIST's pencil is 20
WOBBLE = 0.03  # of the digit's size, standard deviation of how far a stroke is from where it was written
OVERSHOOT = 0.08  # of the digit's size, the most that a stroke's end goes too far or falls short


@dataclass(frozen=True)
class PenStrokes:
    """Labelled drawings by known people: N drawings, (N,) uint8 labels and (N,) names of their writers."""

    drawings: tuple[Drawing, ...]
    labels: ByteArray
    writers: npt.NDArray[Any]

    def __len__(self) -> int:
        return len(self.labels)

    def chosen(self, mask: np.ndarray) -> PenStrokes:
        """Return the drawings for which the (N,) mask is true."""
        drawings = tuple(self.drawings[k] for k in np.flatnonzero(mask))
        return PenStrokes(drawings, self.labels[mask], self.writers[mask])

    def by_writers(
        self, validation: Iterable[Any], test: Iterable[Any]
    ) -> tuple[PenStrokes, PenStrokes, PenStrokes]:
        """Split into training, validation and test; no writer is in two of them."""
        of_validation, of_test = (np.isin(self.writers, list(names)) for names in (validation, test))
        return self.chosen(~(of_validation | of_test)), self.chosen(of_validation), self.chosen(of_test)


def render(strokes: PenStrokes) -> Split:
    """Render each drawing to one image, as the reader does; dots are left out."""
    return rendered(zip(strokes.drawings, strokes.labels.tolist(), strict=True), ink_from_drawing)


def render_varied(
    strokes: PenStrokes,
    times: int | npt.NDArray[np.intp],
    rng: np.random.Generator,
    pens: tuple[int, int] = PENS,
) -> Split:
    """Render each drawing `times` over, with other pens, strokes that wobble, and ends too long or short.

    `times` is for all drawings, or (N,), one for each.
    """
    each = np.broadcast_to(times, len(strokes)).tolist()
    drawn = (
        ((_varied(drawing, rng), int(rng.integers(pens[0], pens[1] + 1))), label)
        for drawing, label, count in zip(strokes.drawings, strokes.labels.tolist(), each, strict=True)
        for _ in range(count)
    )
    return rendered(drawn, lambda drawing_and_pen: ink_from_drawing(*drawing_and_pen))


def _varied(drawing: Drawing, rng: np.random.Generator) -> Drawing:
    """Change both ends of every stroke, then move each stroke as a whole."""
    side = float(np.ptp(np.concatenate(drawing.strokes), axis=0).max())
    moved = [_with_end(_with_end(s, side, rng)[::-1], side, rng)[::-1] for s in drawing.strokes]
    return Drawing(tuple(s + rng.normal(0, WOBBLE * side, 2).astype(np.float32) for s in moved))


def _with_end(stroke: FloatArray, side: float, rng: np.random.Generator) -> FloatArray:
    """Let a stroke, (n, 2), go on a little at its end, or cut its last points off."""
    length = rng.uniform(-OVERSHOOT, OVERSHOOT) * side
    steps = np.linalg.norm(np.diff(stroke, axis=0), axis=1)
    if length < 0 and steps.sum() > 4 * -length:
        kept = steps.sum() - np.cumsum(np.append(0, steps)) > -length
        return stroke[kept]
    if length > 0 and len(stroke) > 3 and (way := stroke[-1] - stroke[-4]).any():
        return np.vstack([stroke, stroke[-1] + way / np.linalg.norm(way) * length]).astype(np.float32)
    return stroke
