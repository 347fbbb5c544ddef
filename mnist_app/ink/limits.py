"""Limits of untrusted images, and their errors."""

from __future__ import annotations

from mnist_app.errors import ImageError

MAX_BYTES = 20 * 2**20
MAX_PAGES = 500  # of one file; 20 MB of faxes have that many
MAX_PIXELS = 50_000_000  # a 172 KB PNG can unfold to 177 megapixels
WORKING_SIDE = 2_000  # pixels; larger photos are reduced while they are decoded, which JPEG does for free


def check_bytes(count: int) -> None:
    """Raise ImageError for a file of more than MAX_BYTES."""
    if count > MAX_BYTES:
        raise _too_large(f"{count / 2**20:.0f} MB", f"{MAX_BYTES // 2**20} MB")


def check_page(page: int, pages: int) -> None:
    """Raise ImageError for a page that a file of so many pages does not have, or that is beyond MAX_PAGES."""
    if page > MAX_PAGES:
        raise ImageError(
            f"A file's first {MAX_PAGES} pages are read, and this one has more. Split it to read the rest."
        )
    if not 1 <= page <= pages:
        raise ImageError(f"There is no page {page} in this file. Choose one from 1 to {pages}.")


def check_size(width: int, height: int) -> None:
    """Raise ImageError for an image of more than MAX_PIXELS, or without any."""
    pixels = width * height
    if pixels > MAX_PIXELS:
        raise too_many_pixels(f"{pixels / 1e6:.0f}")
    if not pixels:
        raise ImageError(f"The image has no pixels ({width}×{height}). Use another one.")


def too_many_pixels(megapixels: str) -> ImageError:
    """Return the error for an image of more than MAX_PIXELS."""
    return _too_large(f"{megapixels} megapixels", f"{MAX_PIXELS // 10**6} megapixels")


def _too_large(given: str, most: str) -> ImageError:
    return ImageError(f"The image is too large ({given}; at most {most}). Make it smaller, then try again.")
