"""Untrusted images to upright RGB, the only way in for them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mnist_app.domain import ByteArray
from mnist_app.errors import ImageError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000  # a 172 KB PNG can unfold to 177 megapixels
WORKING_SIDE = 2_000  # pixels; larger photos are reduced while they are decoded, which JPEG does for free
_ADVICE = f"Use a photo as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."

Photo = str | Path | bytes | Image.Image | np.ndarray


def load_photo(photo: Photo) -> ByteArray:
    """A path, a file's bytes, a Pillow image or a uint8 array to upright RGB, (H, W, 3) uint8.

    Orientation from EXIF is applied, transparency is laid on paper, 16 bits are scaled to 8, and of an
    animation the first frame is taken. Raises ImageError for anything that is no image or too large.
    """
    if isinstance(photo, np.ndarray):
        return _upright(_from_array(photo))
    if isinstance(photo, Image.Image):
        return _upright(photo)
    content = photo if isinstance(photo, bytes) else _read(Path(photo))
    if len(content) > MAX_BYTES:
        raise ImageError(_too_large(f"{len(content) / 2**20:.0f} MB", f"{MAX_BYTES // 2**20} MB"))
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            return _upright(image)
    except UnidentifiedImageError:
        raise ImageError(f"This is not an image that can be read. {_ADVICE}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError(_too_large("over 89 megapixels", f"{MAX_PIXELS // 10**6} megapixels")) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise ImageError(f"The image is damaged or cut short ({error!s:.80}). Send it again.") from error


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImageError(f"The file cannot be read: {error.strerror}.") from None


def _from_array(array: np.ndarray) -> Image.Image:
    shape = array.shape
    known = array.ndim == 2 or (array.ndim == 3 and shape[2] in (3, 4))
    if array.dtype != np.uint8 or not known or 0 in shape:
        raise ImageError(
            f"An image array must be (H, W), (H, W, 3) or (H, W, 4) uint8, got {shape} {array.dtype}."
        )
    return Image.fromarray(np.ascontiguousarray(array))


def _upright(image: Image.Image) -> ByteArray:
    if image.width * image.height > MAX_PIXELS:
        given = f"{image.width * image.height / 1e6:.0f} megapixels"
        raise ImageError(_too_large(given, f"{MAX_PIXELS // 10**6} megapixels"))
    image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
    image.load()
    colours = _reduced(_eight_bit(ImageOps.exif_transpose(image)))
    return np.asarray(_on_paper(colours) if colours.mode == "RGBA" else colours)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Any mode to RGB, or to RGBA where something may be transparent."""
    if image.mode in ("I", "F") or "16" in image.mode:
        # Pillow's own conversion clips at 255: a 16-bit page would be all white.
        gray = (np.asarray(image).clip(0, 65_535) // 257).astype(np.uint8)
        return Image.fromarray(gray).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _reduced(image: Image.Image) -> Image.Image:
    return image.reduce(max(1, max(image.size) // WORKING_SIDE))


def _on_paper(image: Image.Image) -> Image.Image:
    """Lay transparency on white, or on black where the ink itself is light."""
    pixels = np.asarray(image, np.float32)
    alpha = pixels[..., 3]
    light = float((pixels[..., :3].mean(axis=2) * alpha).sum()) > 127 * float(alpha.sum())
    clear = float(alpha.mean()) < 127  # most of the page is transparent, so what is opaque is the ink
    paper = Image.new("RGBA", image.size, "black" if light and clear else "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def _too_large(given: str, most: str) -> str:
    return f"The image is too large ({given}; at most {most}). Make it smaller, then try again."
