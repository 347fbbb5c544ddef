"""Untrusted images to upright RGB, the only way in for them."""

from __future__ import annotations

import io
import struct
import threading
import warnings
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageChops, ImageStat, UnidentifiedImageError

from mnist_app.domain import Photo
from mnist_app.errors import ImageError
from mnist_app.ink.heic import has_decoder, heic_to_tiff, is_heic
from mnist_app.ink.limits import MAX_BYTES, WORKING_SIDE, check_bytes, check_size, too_many_pixels
from mnist_app.ink.tiff import is_tiff, plain_tiff, unusual

_PLAIN = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
FORMATS = (*_PLAIN, "TIFF", *(["HEIC"] if has_decoder() else []))  # that can be read here
SUFFIXES = (".png", ".jpeg", ".jpg", ".webp", ".bmp", ".gif", ".tiff", ".tif", ".heic", ".heif")
MAX_SCANS = 500  # a JPEG has 10; what phones put behind it, as a video, has bytes like theirs in each 64 KB
WHITES = (1, 255, 4_095, 32_767, 65_535)  # of deep gray: fractions, then 8, 12, 15 and 16 bits
_SCAN = b"\xff\xda"
_ADVICE = f"Use a photo as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
_UPRIGHT = {  # what undoes each EXIF orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

PhotoSource = Photo | str | Path | bytes | Image.Image | np.ndarray
_DECODING = threading.Lock()  # one at a time: the largest takes some hundred megabytes while it is unfolded


def load_photo(source: PhotoSource) -> Photo:
    """A path, a file's bytes, a Pillow image or a uint8 array to an upright Photo; a Photo passes as it is.

    Orientation from EXIF is applied, transparency is laid on paper, deep gray is scaled to 8 bits, and of
    animations and documents the first page is taken. Raises ImageError for anything that is no image or too
    large.
    """
    if isinstance(source, Photo):
        return source
    try:
        with _DECODING:
            return _decoded(source)
    except UnidentifiedImageError:
        raise ImageError(f"This is not an image that can be read. {_ADVICE}") from None
    except Image.DecompressionBombError:
        raise too_many_pixels("over 178") from None  # Pillow's own limit
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise ImageError(f"The image is damaged or cut short ({error!s:.80}). Send it again.") from error


def _decoded(source: str | Path | bytes | Image.Image | np.ndarray) -> Photo:
    # Pillow warns of odd metadata. It is told for good: catch_warnings would undo what other threads change.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    if isinstance(source, np.ndarray):
        return _upright(_from_array(source))
    if isinstance(source, Image.Image):
        return _upright(source)
    content = source if isinstance(source, bytes) else _read(Path(source))
    check_bytes(len(content))
    if is_heic(content):
        converted = heic_to_tiff(content)
        return _from_file(converted.tiff, converted.width)
    return _from_file(content)


def _from_file(content: bytes, width: int | None = None) -> Photo:
    """`width` is what the photo had, where it is smaller now."""
    with _opened(content) as image:
        width = width or image.width
        check_size(*image.size)
        image.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
        return _upright(image, reduced=image.width / width)


def _opened(content: bytes) -> Image.Image:
    # Each goes over the whole image, in 30 ms where it is large, and may be empty: 20 MB have room for hours.
    if content.startswith(b"\xff\xd8") and (scans := content.count(_SCAN)) > MAX_SCANS:
        raise ImageError(f"The JPEG has {scans} scans (at most {MAX_SCANS}). Save it again, then try again.")
    if not is_tiff(content):
        return Image.open(io.BytesIO(content), formats=_PLAIN)
    try:
        return Image.open(io.BytesIO(plain_tiff(content)), formats=("TIFF",))
    except UnidentifiedImageError:
        raise unusual("its pixels are of no known kind") from None


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


def _upright(image: Image.Image, reduced: float = 1.0) -> Photo:
    """The image as a Photo; `reduced` is how much smaller the decoder has made it already."""
    check_size(*image.size)
    image.load()
    # First smaller, then all else: each copy of the largest takes 200 MB.
    factor = max(1, max(image.size) // WORKING_SIDE)
    plain = _reducible(_positive(image))
    colours = _eight_bit(plain.reduce(factor) if factor > 1 else plain)
    turn = _orientation(image)
    upright = colours if turn is None else colours.transpose(turn)
    return Photo(np.asarray(_on_paper(upright) if upright.mode == "RGBA" else upright), reduced / factor)


def _orientation(image: Image.Image) -> Image.Transpose | None:
    try:
        return _UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (SyntaxError, ValueError, struct.error):
        return None  # the photo is worth more than its damaged metadata


def _positive(image: Image.Image) -> Image.Image:
    """Pillow takes every CMYK JPEG for a negative, which only Adobe's are."""
    negative = image.format == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info
    return ImageChops.invert(image) if negative else image


def _reducible(image: Image.Image) -> Image.Image:
    """Gray, deep gray, RGB, or RGBA where something may be transparent."""
    if image.mode in ("I", "F") or "16" in image.mode:
        mode = "F"  # all others clip at 255: a 16-bit page would be all white
    elif image.has_transparency_data:
        image = image.convert("LA") if image.mode == "La" else image
        mode = "RGBA"
    else:
        mode = "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Gray or deep gray to RGB. What is white in deep gray is not agreed: the least that holds all of it."""
    if image.mode == "F":
        gray = np.nan_to_num(np.asarray(image), nan=0, posinf=0, neginf=0)
        white = next((white for white in WHITES if gray.max() <= white), gray.max())
        image = Image.fromarray(np.rint(gray.clip(0, white) * (255 / white)).astype(np.uint8))
    return image if image.mode in ("RGB", "RGBA") else image.convert("RGB")


def _on_paper(image: Image.Image) -> Image.Image:
    """Lay transparency on white, or on black where the ink itself is light."""
    *colours, opaque = ImageStat.Stat(image.convert("RGBa")).mean
    light = sum(colours) / 3 > opaque / 2
    clear = opaque < 127  # most of the page is transparent, so what is opaque is the ink
    paper = Image.new("RGBA", image.size, "black" if light and clear else "white")
    return Image.alpha_composite(paper, image).convert("RGB")
