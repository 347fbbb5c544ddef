"""Arrays as pictures: ink, maps of evidence over it, and the maps of a layer."""

from __future__ import annotations

from html import escape

import numpy as np

from mnist_app.domain import ByteArray, FloatArray
from mnist_app.ink.canonical import to_bytes
from mnist_app.ui.colours import ORANGE, SKY
from mnist_app.ui.widgets import picture_url

_FOR, _AGAINST = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)], np.float32) for c in (SKY, ORANGE))
FAINT = 0.35  # how bright ink without evidence is, 0..1


def figure(url: str, caption: str, alt: str) -> str:
    """Return an image with its caption as HTML."""
    return f'<figure><img src="{url}" alt="{escape(alt)}"><figcaption>{escape(caption)}</figcaption></figure>'


def ink_url(ink: FloatArray) -> str:
    """Return (H, W) ink, 0..1, as a data URL: white on black, as the model sees it."""
    return picture_url(to_bytes(ink))


def evidence_url(image: FloatArray, evidence: FloatArray) -> str:
    """Return a model input coloured by (28, 28) evidence: sky blue for the digit, orange against it."""
    strength = evidence / max(float(np.abs(evidence).max()), 1e-6)
    share = np.sqrt(np.abs(strength))[..., None]  # weak evidence can be seen, too
    colour = np.where(strength[..., None] >= 0, _FOR, _AGAINST)
    grey = np.full(3, 255 * FAINT, np.float32)
    return _rgb_url(image[..., None] * (share * colour + (1 - share) * grey))


def changed_url(image: FloatArray, mask: FloatArray, is_added: bool) -> str:
    """Return a model input with what was removed in orange, or what was added in sky blue."""
    kept = image if is_added else image - mask
    return _rgb_url(kept[..., None] * 255 + mask[..., None] * (_FOR if is_added else _AGAINST))


def map_url(values: FloatArray, most: float) -> str:
    """Return a channel's (H, W) values, 0 to `most`, as a data URL."""
    return picture_url((values.clip(0, most) * (255 / max(most, 1e-6))).astype(np.uint8))


def photo_url(pixels: ByteArray) -> str:
    """Return (H, W, 3) RGB as a data URL."""
    return _rgb_url(pixels.astype(np.float32))


def _rgb_url(pixels: FloatArray) -> str:
    return picture_url(np.ascontiguousarray(pixels.clip(0, 255).astype(np.uint8)[..., ::-1]))  # OpenCV: BGR
