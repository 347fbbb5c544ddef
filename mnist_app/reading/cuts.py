"""Cuts between touching digits: along seams downwards that cross as little ink as they can.

After seam carving (Avidan and Shamir, "Seam Carving for Content-Aware Image Resizing", 2007).
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import FloatArray
from mnist_app.reading.components import STROKE, Component

# All chosen by eye on painted pages, where digits touch by design (`tests.benchmarks.synthetic.pages`).
MIN_WIDTH = 0.55  # of a digit's height; anything narrower is one digit
MAX_WIDTH = 10.0  # digits' heights; anything wider is a line or a frame
ROWS = 40  # pixels; seams are looked for in a picture of this height
STEP = 0.1  # of a digit's height between two seams' places
MARGIN = 0.15  # of a digit's height at either end, without a seam
# The slants of the lines that seams run along, columns to the right for each row up, and the most that they
# leave them, of a digit's height: straight through a joint, along slanted handwriting, far around a bow.
SLANTS = ((0.0, 0.1), (0.35, 0.1), (0.0, 0.3))
STRAY = 0.02  # of full ink, the cost of a pixel at the end of that
SIDEWAYS = 0.05  # of full ink, the cost of a step to the side; straight seams win if the ink is the same
MAX_THICKNESS = 3.5  # strokes' widths of ink that a seam crosses
PER_DIGIT = 5  # seams in the width of a digit's height
MIN_INK = 0.2  # of a stroke as long as a digit is high, in each part


def cut_apart(component: Component, height: float) -> list[tuple[Component, float]]:
    """Return parts from left to right, each with the ink that the cut before it crosses, in strokes' widths.

    `height` is a digit's, in pixels. More cuts than needed are made. Components as narrow as one digit, wider
    than a number, or without a thin place stay whole.
    """
    if not MIN_WIDTH * height <= component.width <= MAX_WIDTH * height:
        return [(component, 0.0)]
    scale = min(1.0, ROWS / component.height)
    size = (max(1, round(component.width * scale)), max(1, round(component.height * scale)))
    small = np.asarray(cv2.resize(component.ink, size, interpolation=cv2.INTER_AREA), np.float32)
    stroke = max(1.5, component.stroke_width * scale)
    seams, inks = _seams(small, height * scale)
    chosen = _chosen(small, seams, inks / stroke, stroke, height * scale)
    columns = np.arange(size[0])
    side = np.zeros(small.shape, np.uint8)
    for k in chosen:
        side += columns > seams[k][:, None]
    whole = cv2.resize(side, component.ink.shape[::-1], interpolation=cv2.INTER_NEAREST)
    cuts = [0.0, *(float(inks[k] / stroke) for k in chosen)]
    parts = [(_trimmed(component, whole == i), cut) for i, cut in enumerate(cuts)]
    return [(part, cut) for part, cut in parts if part is not None]


def _seams(ink: FloatArray, height: float) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Return (S, h) columns of the cheapest seams near lines of several slants, and the (S,) ink crossed."""
    h, w = ink.shape
    margin = MARGIN * height
    starts = np.arange(margin, w - margin, max(1.0, STEP * height))
    down = np.arange(h) - (h - 1) / 2
    seams = [
        _cheapest(ink, np.rint(starts[:, None] - slant * down).astype(int), max(2, int(bend * height)))
        for slant, bend in SLANTS
        if starts.size
    ]
    found = np.unique(np.concatenate(seams or [np.zeros((0, h), int)]), axis=0)
    framed = np.pad(ink, ((0, 0), (1, 1)))  # beyond either end there is paper
    return found, framed[np.arange(h), found.clip(-1, w) + 1].sum(axis=1)


def _cheapest(ink: FloatArray, lines: npt.NDArray[np.intp], bend: int) -> npt.NDArray[np.intp]:
    """Return (S, h) columns of the cheapest seam within `bend` columns of each of (S, h) lines.

    total[s, b] is the cost of the cheapest way from the top down to here, `b` - bend columns off the line.
    """
    h, w = ink.shape
    every, offsets = np.arange(len(lines)), np.arange(-bend, bend + 1)
    columns = lines[:, :, None] + offsets  # (S, h, 2 bend + 1)
    framed = np.pad(ink, ((0, 0), (1, 1)))
    cost = framed[np.arange(h)[:, None], columns.clip(-1, w) + 1] + STRAY * np.abs(offsets) / bend
    total, steps = cost[:, 0].astype(np.float64), np.zeros(columns.shape, int)
    wall = np.full((len(lines), 1), np.inf)
    for y in range(1, h):
        ways = np.stack(
            [np.hstack([wall, total[:, :-1]]) + SIDEWAYS, total, np.hstack([total[:, 1:], wall]) + SIDEWAYS]
        )
        best = ways.argmin(axis=0)
        steps[:, y], total = best - 1, cost[:, y] + ways.min(axis=0)
    seams, at = np.empty(lines.shape, int), total.argmin(axis=1)
    for y in range(h - 1, -1, -1):  # back from the bottom, by the steps taken
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
    """Return the thinnest seams, from left to right, with ink at either side and between any two of them."""
    chosen: list[int] = []
    left_of = np.arange(ink.shape[1]) <= seams[:, :, None]  # (S, h, w)
    total, least = float(ink.sum()), MIN_INK * stroke * height
    most = 3 + int(PER_DIGIT * ink.shape[1] / height)
    for k in np.argsort(strokes, kind="stable"):
        if strokes[k] > MAX_THICKNESS or len(chosen) == most:
            break
        left = float(ink[left_of[k]].sum())
        between = [float(ink[left_of[k] ^ left_of[other]].sum()) for other in chosen]
        if min([left, total - left, *between]) >= least:
            chosen.append(int(k))
    return sorted(chosen, key=lambda k: float(seams[k].mean()))


def _trimmed(component: Component, mask: npt.NDArray[np.bool_]) -> Component | None:
    """Return the part where the mask is, without its empty margin; None if there is no stroke in it."""
    ink = np.where(mask, component.ink, np.float32(0))
    strokes = ink >= STROKE
    rows, columns = np.flatnonzero(strokes.any(axis=1)), np.flatnonzero(strokes.any(axis=0))
    if not rows.size:
        return None
    inside = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Component(component.left + int(columns[0]), component.top + int(rows[0]), inside)
