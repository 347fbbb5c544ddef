"""Where touching digits may be cut apart: along seams downwards that cross as little ink as they can.

After seam carving (Avidan and Shamir, "Seam Carving for Content-Aware Image Resizing", 2007).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import FloatArray
from mnist_app.ink.stroke_width import stroke_width
from mnist_app.reading.components import STROKE, Component

MIN_WIDTH = 0.55  # of a digit's height; what is narrower is one digit
MAX_WIDTH = 10.0  # digits' heights; what is wider is a line or a frame
ROWS = 40  # pixels; seams are looked for in a picture of this height
STARTS = 0.1  # of a digit's height between two seams' places
MARGIN = 0.15  # of a digit's height at either end, without a seam
# The slants of the lines that seams run along, columns to the right for each row up, and the most that they
# leave them, of a digit's height: straight through a joint, along slanted handwriting, far around a bow.
WAYS = ((0.0, 0.1), (0.35, 0.1), (0.0, 0.3))
STRAY = 0.02  # of full ink, the price of a pixel at the end of that
SIDEWAYS = 0.05  # of full ink, the price of a step to the side; straight seams win where ink is the same
MAX_THICKNESS = 3.5  # strokes, the most ink that a seam crosses
PER_DIGIT = 5  # seams in the width of a digit's height
LEAST = 0.2  # of a stroke as long as a digit is high; no part has less ink


def cut_apart(piece: Component, height: float) -> list[tuple[Component, float]]:
    """A piece's parts from left to right, each with the ink of the cut before it, in strokes; 0 at first.

    `height` is a digit's, in pixels. More cuts than needed are made. What is as narrow as one digit, what is
    wider than a number, and what no thin seam crosses stays whole.
    """
    if not MIN_WIDTH * height <= piece.width <= MAX_WIDTH * height:
        return [(piece, 0.0)]
    scale = min(1.0, ROWS / piece.height)
    size = (max(1, round(piece.width * scale)), max(1, round(piece.height * scale)))
    small = np.asarray(cv2.resize(piece.ink, size, interpolation=cv2.INTER_AREA), np.float32)
    stroke = max(1.5, stroke_width(piece.ink) * scale)
    seams, inks = _seams(small, height * scale)
    chosen = _chosen(small, seams, inks / stroke, stroke, height * scale)
    columns = np.arange(size[0])
    side = np.zeros(small.shape, np.uint8)
    for k in chosen:
        side += columns > seams[k][:, None]
    whole = cv2.resize(side, piece.ink.shape[::-1], interpolation=cv2.INTER_NEAREST)
    cuts = [0.0, *(float(inks[k] / stroke) for k in chosen)]
    parts = [(_trimmed(piece, whole == i), cut) for i, cut in enumerate(cuts)]
    return [(part, cut) for part, cut in parts if part is not None]


def _seams(ink: FloatArray, height: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """(S, h) columns of the cheapest seams near S lines of several slants, and the ink that each crosses."""
    h, w = ink.shape
    margin = MARGIN * height
    starts = np.arange(margin, w - margin, max(1.0, STARTS * height))
    down = np.arange(h) - (h - 1) / 2
    seams = [
        _cheapest(ink, np.rint(starts[:, None] - slant * down).astype(int), max(2, int(bend * height)))
        for slant, bend in WAYS
        if starts.size
    ]
    found = np.unique(np.concatenate(seams or [np.zeros((0, h), int)]), axis=0)
    framed = np.pad(ink, ((0, 0), (1, 1)))  # beyond either end there is paper
    return found, framed[np.arange(h), found.clip(-1, w) + 1].sum(axis=1)


def _cheapest(ink: FloatArray, lines: npt.NDArray[np.intp], bend: int) -> npt.NDArray[np.intp]:
    """(S, h) columns of the cheapest seam within `bend` columns of each of (S, h) lines."""
    h, w = ink.shape
    every, offsets = np.arange(len(lines)), np.arange(-bend, bend + 1)
    columns = lines[:, :, None] + offsets  # (S, h, 2 bend + 1)
    framed = np.pad(ink, ((0, 0), (1, 1)))
    price = framed[np.arange(h)[:, None], columns.clip(-1, w) + 1] + STRAY * np.abs(offsets) / bend
    total, steps = price[:, 0].astype(np.float64), np.zeros(columns.shape, int)
    wall = np.full((len(lines), 1), np.inf)
    for y in range(1, h):
        ways = np.stack(
            [np.hstack([wall, total[:, :-1]]) + SIDEWAYS, total, np.hstack([total[:, 1:], wall]) + SIDEWAYS]
        )
        best = ways.argmin(axis=0)
        steps[:, y], total = best - 1, price[:, y] + ways.min(axis=0)
    seams, at = np.empty(lines.shape, int), total.argmin(axis=1)
    for y in range(h - 1, -1, -1):
        seams[:, y] = columns[every, y, at]
        at = at + steps[every, y, at]
    return seams


def _chosen(
    ink: FloatArray,
    seams: npt.NDArray[np.intp],
    strokes: npt.NDArray[np.float64],
    stroke: float,
    height: float,
) -> list[int]:
    """The thinnest seams, from left to right, all with ink at either side and between two of them."""
    chosen: list[int] = []
    left_of = np.arange(ink.shape[1]) <= seams[:, :, None]  # (S, h, w)
    total, least = float(ink.sum()), LEAST * stroke * height
    most = 3 + int(PER_DIGIT * ink.shape[1] / height)
    for k in np.argsort(strokes, kind="stable"):
        if strokes[k] > MAX_THICKNESS or len(chosen) == most:
            break
        left = float(ink[left_of[k]].sum())
        between = [float(ink[left_of[k] ^ left_of[other]].sum()) for other in chosen]
        if min([left, total - left, *between]) >= least:
            chosen.append(int(k))
    return sorted(chosen, key=lambda k: float(seams[k].mean()))


def _trimmed(piece: Component, mask: npt.NDArray[np.bool_]) -> Component | None:
    """The part of a piece where the mask is, without the empty margin; None where there is no stroke."""
    ink = np.where(mask, piece.ink, np.float32(0))
    strokes = ink >= STROKE
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    if not rows.size:
        return None
    inside = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Component(piece.left + int(columns[0]), piece.top + int(rows[0]), inside)
