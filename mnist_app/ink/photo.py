"""An upright photo of handwriting to ink, whatever the light, the paper's colour and the pen's."""

from __future__ import annotations

import cv2
import numpy as np

from mnist_app.domain import ByteArray, FloatArray, Photo
from mnist_app.errors import NoDigitError

SIDE = 800  # pixels; finer detail than this is paper, not writing
PAPER_SIDE = 100  # pixels; the scale at which light and shadow are estimated
PAPER_KERNEL = 81  # pixels at PAPER_SIDE; bold strokes are narrower than half of it, shadows wider
LEAST_CONTRAST = 24  # of 255 between ink and paper; below it there is only grain
GRAIN = 3.0  # times the paper's median contrast: fainter than that is paper
FULL = 75  # percentile of the ink's contrast that counts as fully inked


def ink_from_photo(photo: Photo) -> tuple[FloatArray, float]:
    """A photo to its ink, (h, w) float32, 1 = ink, and the ink's pixels per pixel of the original image.

    Ink is whatever differs from the paper around it, darker or lighter or of another colour.
    Raises NoDigitError where nothing does.
    """
    scale = min(1.0, SIDE / max(photo.pixels.shape[:2]))
    small = _resized(photo.pixels, scale) if scale < 1 else photo.pixels
    contrast = _contrast(small)
    threshold, _ = cv2.threshold(contrast, 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    strong = contrast[contrast > threshold]
    if not strong.size or strong.mean() < LEAST_CONTRAST:
        raise NoDigitError("No handwriting stands out here. Use dark ink on plain paper, in good light.")
    grain = GRAIN * float(np.median(contrast[contrast <= threshold]))
    ink = (contrast.astype(np.float32) - grain) / max(float(np.percentile(strong, FULL)) - grain, 1.0)
    return ink.clip(0, 1).astype(np.float32), scale * photo.scale


def _contrast(photo: ByteArray) -> ByteArray:
    """How far each pixel is from the paper around it, (H, W) uint8, in the channel that shows it best."""
    scale = min(1.0, PAPER_SIDE / max(photo.shape[:2]))
    tiny = _resized(photo, scale)
    kernel = min(PAPER_KERNEL, min(tiny.shape[:2]) // 2 * 2 + 1)
    edge = kernel // 2
    # Median of a reflected border: OpenCV would repeat the last pixel, which may be ink or table.
    framed = cv2.copyMakeBorder(tiny, edge, edge, edge, edge, cv2.BORDER_REFLECT)
    paper = cv2.medianBlur(framed, kernel)[edge : edge + tiny.shape[0], edge : edge + tiny.shape[1]]
    paper = cv2.resize(paper, photo.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.absdiff(photo, paper).max(axis=2))


def _resized(photo: ByteArray, scale: float) -> ByteArray:
    height, width = photo.shape[:2]
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(photo, size, interpolation=cv2.INTER_AREA))
