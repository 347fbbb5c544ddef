"""Untrusted images to upright RGB, the only way in for them."""

from __future__ import annotations

import io
import struct
import threading
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from mnist_app.domain import Photo
from mnist_app.errors import ImageError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MAX_BYTES = 20 * 2**20
MAX_PIXELS = 50_000_000  # a 172 KB PNG can unfold to 177 megapixels
WORKING_SIDE = 2_000  # pixels; larger photos are reduced while they are decoded, which JPEG does for free
_ADVICE = f"Use a photo as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."

PhotoSource = Photo | str | Path | bytes | Image.Image | np.ndarray
_DECODING = threading.Lock()  # one at a time: the largest takes some hundred megabytes while it is unfolded


def load_photo(source: PhotoSource) -> Photo:
    """A path, a file's bytes, a Pillow image or a uint8 array to an upright Photo; a Photo passes as it is.

    Orientation from EXIF is applied, transparency is laid on paper, 16 bits are scaled to 8, and of an
    animation the first frame is taken. Raises ImageError for anything that is no image or too large.
    """
    if isinstance(source, Photo):
        return source
    try:
        with _DECODING:
            return _decoded(source)
    except UnidentifiedImageError:
        raise ImageError(f"This is not an image that can be read. {_ADVICE}") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ImageError(_too_large("over 89 megapixels", f"{MAX_PIXELS // 10**6} megapixels")) from None
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise ImageError(f"The image is damaged or cut short ({error!s:.80}). Send it again.") from error


def _decoded(source: str | Path | bytes | Image.Image | np.ndarray) -> Photo:
    if isinstance(source, np.ndarray):
        return _upright(_from_array(source))
    if isinstance(source, Image.Image):
        return _upright(source)
    content = source if isinstance(source, bytes) else _read(Path(source))
    if len(content) > MAX_BYTES:
        raise ImageError(_too_large(f"{len(content) / 2**20:.0f} MB", f"{MAX_BYTES // 2**20} MB"))
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        width = image.width
        _check_size(image)
        image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
        return _upright(image, reduced=image.width / width)


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


def _check_size(image: Image.Image) -> None:
    pixels = image.width * image.height
    if pixels > MAX_PIXELS:
        raise ImageError(_too_large(f"{pixels / 1e6:.0f} megapixels", f"{MAX_PIXELS // 10**6} megapixels"))
    if not pixels:
        raise ImageError(f"The image has no pixels ({image.width}×{image.height}). {_ADVICE}")


def _upright(image: Image.Image, reduced: float = 1.0) -> Photo:
    """The image as a Photo; `reduced` is how much smaller the decoder has made it already."""
    _check_size(image)
    image.load()
    factor = max(1, max(image.size) // WORKING_SIDE)
    colours = _eight_bit(ImageOps.exif_transpose(image)).reduce(factor)
    return Photo(np.asarray(_on_paper(colours) if colours.mode == "RGBA" else colours), reduced / factor)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Any mode to RGB, or to RGBA where something may be transparent."""
    if image.mode in ("I", "F") or "16" in image.mode:
        # Pillow's own conversion clips at 255: a 16-bit page would be all white.
        gray = (np.asarray(image).clip(0, 65_535) // 257).astype(np.uint8)
        return Image.fromarray(gray).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


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
