"""An upright photo of handwriting to ink, in any light, on paper of any colour, by any pen."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NoReturn

import cv2
import numpy as np
import numpy.typing as npt

from mnist_app.domain import ByteArray, FloatArray, Photo
from mnist_app.errors import NoDigitError
from mnist_app.ink.pens import inks_by_colour, pale_strengthened
from mnist_app.ink.ruled_lines import without_lines
from mnist_app.ink.sheet import straightened
from mnist_app.ink.stroke_width import stroke_width

# All chosen by eye on photos of many kinds; `tests.benchmarks.photos` measures what a change does.
SIDE = 1_600  # pixels; finer detail than this is paper, not writing
PEN_PIXELS = 12  # pixels; photos with broader strokes are reduced until they have these
GLANCE = 400  # pixels of the longer side, to find the table and the width of the pen
MAX_STROKE = 0.3  # of the shorter side
WHOLE = 0.97  # of a side of the photo; no digit that is cut off there fills more
REACH = 4  # strokes; paper is as near as this to all ink
MIN_TABLE = 0.02  # of the longer side; anything narrower along the border is no table
ALONG = 0.25  # of a side: anything that touches the photo's border for longer is table or a shadow on it
MIN_PAPER = 20  # of 255; darker paper is taken for this, or its grain would be ink
MIN_CONTRAST = 0.04  # of the paper's light; below it there is only grain
GRAIN = 6  # times the paper's own mean deviation: anything nearer to the paper is paper
DEVIATION = 1.4826  # of a normal distribution, over its median absolute deviation
MIN_EDGE = 0.15  # of the ink's usual contrast, at the edge of a stroke
POLARITY_SIDE = 100  # pixels of the longer side
POLARITY_KERNEL = 81  # of those; bold strokes are narrower than half of it


@dataclass(frozen=True)
class PageInk:
    """(H, W) float32 ink of a photo, 1 = ink, measured once; `stroke_width` is the median one, in its pixels.

    `to_photo` is the (3, 3) matrix that brings its pixels to those of the original image: a sheet that lies
    askew on the photo is seen from straight above. `is_unruled` is True if lines were taken out of it, which
    may have been strokes.
    """

    ink: FloatArray
    to_photo: FloatArray
    stroke_width: float
    is_unruled: bool = False


def ink_from_photo(photo: Photo, light: bool | None = None) -> PageInk:
    """Return a photo's ink: all that is darker than the paper beside it, or lighter if the ink is `light`.

    Ink of any colour is found, in any light: everything is measured against the brightest paper within
    reach of a stroke, so neither shadows nor their edges count. Tables along the photo's border are left
    out, and ruled lines. None for `light` lets `light_on_dark` decide. Raises NoDigitError if nothing
    stands out.
    """
    light = light_on_dark(photo.pixels) > 0 if light is None else light
    return next(_inks(photo.pixels, light, _scaled(1 / photo.scale)), None) or _nothing()


def inks_from_photo(photo: Photo) -> Iterator[PageInk]:
    """Yield all that may be a photo's ink, the likeliest first: what reads best is the ink.

    On a sheet of paper, if one lies there, or anywhere; dark ink or light; without tables and ruled lines or
    with them, since digits that fill a photo look like either. Raises NoDigitError if nothing stands out.
    """
    to_photo = _scaled(1 / photo.scale)
    views = [(photo.pixels, to_photo)]
    if sheet := straightened(photo.pixels):
        views.insert(0, (sheet.pixels, to_photo @ sheet.to_photo))
    found = False
    for pixels, matrix in views:
        light = light_on_dark(pixels) > 0
        for page in itertools.chain(_inks(pixels, light, matrix), _inks(pixels, not light, matrix)):
            found = True
            yield page
    if not found:
        _nothing()


def _nothing() -> NoReturn:
    raise NoDigitError("No handwriting stands out here. Use dark ink on plain paper, in good light.")


def _inks(pixels: ByteArray, light: bool, to_photo: FloatArray) -> Iterator[PageInk]:
    """Yield the ink of one polarity: without table and lines, then with what was left out, if anything was.

    `to_photo` brings pixels to those of the original image.
    """
    pixels = 255 - pixels if light else pixels
    scale = min(1.0, GLANCE / max(pixels.shape[:2]))
    small = _resized(pixels, scale)
    reach = max(3, round(MAX_STROKE * min(small.shape[:2])))
    glance = _levels(_contrast(_missing_light(small, reach)))
    table = _table(glance)
    for outside in (table, None) if table.any() else (table,):
        inside = np.ones(glance.shape, bool) if outside is None else outside == 0
        if inside.any():
            strokes = (glance > _otsu(glance[inside])) & inside
            width = stroke_width(strokes.astype(np.float32)) / scale
            yield from _unruled(pixels, outside, width, to_photo)


def _unruled(
    pixels: ByteArray, outside: ByteArray | None, width: float, to_photo: FloatArray
) -> Iterator[PageInk]:
    """Yield ink without ruled lines, and the same with them if there are any; nothing if there is no ink.

    Then with its palest strokes strengthened, and each of two pens alone, if there are such.
    """
    scale = min(1.0, SIDE / max(pixels.shape[:2]), PEN_PIXELS / max(width, 1))
    # Less grain at the price of an edge that is soft anyway.
    small = np.asarray(cv2.GaussianBlur(_resized(pixels, scale), (0, 0), 0.8), np.uint8)
    reach = max(5, round(REACH * width * scale))
    contrast = _contrast(_missing_light(small, reach))
    if outside is not None:
        contrast[_resized(outside, (small.shape[1], small.shape[0])) > 0] = 0
    ink = _ink(contrast)
    if ink is None or (outside is None and _fills_a_side(ink)):
        return
    width = stroke_width(ink)
    to_photo = to_photo @ _scaled(1 / scale)
    for found in (ink, pale_strengthened(ink, width)):
        if found is not None:
            unruled = without_lines(found, width)
            if unruled is not found:
                yield PageInk(unruled, to_photo, stroke_width(unruled), is_unruled=True)
            yield PageInk(found, to_photo, width)
    # Measured again: few photos come so far, and all would hold it in memory.
    for pen in inks_by_colour(ink, _missing_light(small, reach), width):
        yield PageInk(pen, to_photo, stroke_width(pen))


def _fills_a_side(ink: FloatArray) -> bool:
    """Return whether a side of the border is all ink: table, or a slope of light."""
    return max(float((side > 0).mean()) for side in (ink[0], ink[-1], ink[:, 0], ink[:, -1])) > WHOLE


def _scaled(factor: float) -> FloatArray:
    return np.diag([factor, factor, 1]).astype(np.float32)


def light_on_dark(pixels: ByteArray) -> float:
    """Return the evidence for light ink on dark paper, -1..1: strokes are above or below their paper."""
    tiny = _resized(pixels, min(1.0, POLARITY_SIDE / max(pixels.shape[:2])))
    kernel = min(POLARITY_KERNEL, min(tiny.shape[:2]) // 2 * 2 + 1)
    edge = kernel // 2
    # A reflected border: OpenCV's own repeats the last pixel, which may be ink or table.
    framed = cv2.copyMakeBorder(tiny, edge, edge, edge, edge, cv2.BORDER_REFLECT)
    paper = cv2.medianBlur(framed, kernel)[edge : edge + tiny.shape[0], edge : edge + tiny.shape[1]]
    difference = tiny.astype(np.float32) - paper
    # Cubed, so that a few strokes count more than much of a slope of light.
    cubes = np.take_along_axis(difference, np.abs(difference).argmax(axis=2)[..., None], axis=2) ** 3
    return float(cubes.sum() / max(np.abs(cubes).sum(), 1.0))


def _table(contrast: ByteArray) -> ByteArray:
    """Return (h, w) uint8, 1 = not on the paper, of a small photo's contrast."""
    dark = (contrast > _otsu(contrast)).astype(np.uint8)
    # Without anything thin: squares on the paper reach its edge, and the table's.
    broad = np.ones((max(2, round(MIN_TABLE * max(contrast.shape))),) * 2, np.uint8)
    labels = np.asarray(cv2.connectedComponents(cv2.morphologyEx(dark, cv2.MORPH_OPEN, broad))[1])
    sides = ALONG * labels.shape[1], ALONG * labels.shape[0]
    outside = np.isin(labels, along_border(labels, *sides)).astype(np.uint8)
    return np.asarray(cv2.dilate(outside, np.ones((5, 5), np.uint8)), np.uint8)


def along_border(labels: npt.NDArray[Any], across: float, down: float) -> list[int]:
    """Return the labels of (H, W) that touch the top or bottom for more than `across` pixels.

    Or the left or right for more than `down` pixels. 0 is the paper and left out.
    """
    sides = ((labels[0], across), (labels[-1], across), (labels[:, 0], down), (labels[:, -1], down))
    return [int(k) for side, least in sides for k in np.flatnonzero(np.bincount(side) > least) if k]


def _missing_light(pixels: ByteArray, reach: int) -> FloatArray:
    """Return the share that is missing of the light of the paper within `reach` pixels, (H, W, 3) 0..1."""
    # A closing: anything dark and narrower than this is filled with its surroundings, edges stay.
    kernel = np.ones((reach | 1, reach | 1), np.uint8)
    paper = cv2.morphologyEx(pixels, cv2.MORPH_CLOSE, kernel, borderType=cv2.BORDER_REFLECT)
    # In place: each copy of a page takes 23 MB.
    share = np.maximum(paper, MIN_PAPER).astype(np.float32)
    np.divide(pixels, share, out=share)
    np.subtract(1, share, out=share)
    return share.clip(0, 1, out=share)


def _contrast(missing: FloatArray) -> FloatArray:
    """Return how much darker each pixel is than the paper, (H, W) 0..1."""
    return np.asarray(np.sqrt(np.einsum("hwc,hwc->hw", missing, missing) / missing.shape[2]), np.float32)


def _ink(contrast: FloatArray) -> FloatArray | None:
    """Return contrast with the paper as ink: 0 if it may be grain, 1 if it is as dark as most strokes.

    None if nothing stands out.
    """
    paper = float(np.median(contrast))
    grain = paper + GRAIN * DEVIATION * float(np.median(np.abs(contrast - paper)))
    strong = contrast[contrast > max(grain, MIN_CONTRAST)]
    full = strong[strong > _otsu(_levels(strong)) / 255] if strong.size else strong
    if not full.size:
        return None
    most = float(np.median(full))
    least = min(max(grain, MIN_EDGE * most), 0.9 * most)
    return ((contrast - least) / (most - least)).clip(0, 1).astype(np.float32)


def _otsu(levels: ByteArray) -> float:
    return float(cv2.threshold(levels.reshape(-1, 1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def _levels(contrast: FloatArray) -> ByteArray:
    return np.asarray((contrast * 255).round(), np.uint8)


def _resized(pixels: ByteArray, to: float | tuple[int, int]) -> ByteArray:
    """Resize by a factor, at most 1, or to a (width, height)."""
    height, width = pixels.shape[:2]
    size = to if isinstance(to, tuple) else (max(1, round(width * to)), max(1, round(height * to)))
    method = cv2.INTER_NEAREST if size[0] > width else cv2.INTER_AREA
    return pixels if size == (width, height) else np.asarray(cv2.resize(pixels, size, interpolation=method))
