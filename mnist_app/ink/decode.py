"""Untrusted images to upright RGB: the only way in for them."""

from __future__ import annotations

import io
import struct
import threading
import warnings
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import ExifTags, Image, ImageChops, ImageStat, UnidentifiedImageError

from mnist_app.domain import Photo
from mnist_app.errors import ImageError
from mnist_app.ink.limits import (
    MAX_BYTES,
    WORKING_SIDE,
    check_bytes,
    check_page,
    check_size,
    too_many_pixels,
)
from mnist_app.ink.sandbox import MAX_HEAD, count_in_sandbox, decode_in_sandbox, has_heic_decoder, kind_of

_PLAIN = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
FORMATS = (*_PLAIN, "TIFF", "PDF", *(["HEIC"] if has_heic_decoder() else []))  # that can be read here
SUFFIXES = (
    *(".png", ".jpeg", ".jpg", ".jfif", ".webp", ".bmp", ".gif"),
    *(".tiff", ".tif", ".pdf", ".heic", ".heif"),
)
MAX_SCANS = 500  # a JPEG has 10; a phone's video behind it has bytes like theirs in each 64 KB
WHITES = (1, 255, 4_095, 32_767, 65_535)  # of deep gray: fractions, then 8, 12, 15 and 16 bits
_SCAN = b"\xff\xda"
_ADVICE = f"Use a photo as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."
_UPRIGHT = {  # undo each EXIF orientation
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


def load_photo(source: PhotoSource, page: int = 1) -> Photo:
    """Decode a path, a file's bytes, a Pillow image or a uint8 array to an upright Photo.

    A Photo is returned as it is. Orientation from EXIF is applied, transparency is laid on paper, and deep
    gray is scaled to 8 bits. PDF and TIFF are documents: one `page` is taken, counted from 1, and a PDF's is
    drawn with WORKING_SIDE pixels on its longer side. Animations, bursts and several pictures in a JPEG are
    one picture, their first. Raises ImageError if it is not an image, damaged or too large, or has no such
    page.
    """
    if isinstance(source, Photo):
        return source
    try:
        with _DECODING:
            return _decoded(source, page)
    except UnidentifiedImageError:
        raise ImageError(f"This is not an image that can be read. {_ADVICE}") from None
    except Image.DecompressionBombError:
        raise too_many_pixels("over 178") from None  # Pillow's own limit
    except (OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise ImageError(f"The image is damaged or cut short ({error!s:.80}). Send it again.") from error


def load_pages(source: PhotoSource) -> Iterator[Photo | ImageError]:
    """Decode each page of a PDF or TIFF as it is asked for; anything else is one page.

    The error of a page stands in its place, and the pages behind it follow. If there are more than MAX_PAGES,
    the last is an error that says so.
    """
    if isinstance(source, str | Path):
        try:
            source = _read(Path(source))
        except ImageError as error:
            yield error
            return
    for page in range(1, count_pages(source) + 1):
        try:
            yield load_photo(source, page)
        except ImageError as error:
            yield error


def count_pages(source: PhotoSource) -> int:
    """Return how many pages a PDF or TIFF has, at most MAX_PAGES + 1, without decoding them.

    1 for anything else, also for what can't be decoded: `load_photo` says why.
    """
    try:
        if isinstance(source, str | Path):
            with Path(source).open("rb") as file:
                head = file.read(MAX_HEAD)
                source = head + file.read(MAX_BYTES) if kind_of(head) else head
        if not isinstance(source, bytes) or len(source) > MAX_BYTES:
            return 1
        with _DECODING:
            return count_in_sandbox(kind, source) if (kind := kind_of(source)) else 1
    except (OSError, ImageError):
        return 1


def _decoded(source: str | Path | bytes | Image.Image | np.ndarray, page: int) -> Photo:
    # Pillow warns of odd metadata. It is told for good: catch_warnings would undo what other threads change.
    warnings.filterwarnings("ignore", module=r"PIL\.")
    if isinstance(source, np.ndarray):
        return _upright(_from_array(source))
    if isinstance(source, Image.Image):
        return _upright(source)
    content = source if isinstance(source, bytes) else _read(Path(source))
    check_bytes(len(content))
    if kind := kind_of(content):
        decoded = decode_in_sandbox(kind, content, page)
        return replace(_upright(decoded.image, 1 / decoded.factor), page=page, pages=decoded.pages)
    check_page(page, 1)
    # Each scan goes over the whole image, in 30 ms if it is large, and may be empty: 20 MB hold hours of it.
    if content.startswith(b"\xff\xd8") and (scans := content.count(_SCAN)) > MAX_SCANS:
        raise ImageError(f"The JPEG has {scans} scans (at most {MAX_SCANS}). Save it again, then try again.")
    with Image.open(io.BytesIO(content), formats=_PLAIN) as file:
        width = file.width
        check_size(*file.size)
        file.draft("RGB", (WORKING_SIDE, WORKING_SIDE))
        return _upright(file, file.width / width)


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
    """Return the image as a Photo; its decoder has made it `reduced` times as wide already, at most 1."""
    check_size(*image.size)
    image.load()
    # Pillow takes every CMYK JPEG for a negative, which only Adobe's are.
    is_wrong = image.format == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info
    plain = _reducible(ImageChops.invert(image) if is_wrong else image)
    # First smaller, then all else: each copy of the largest takes 200 MB.
    factor = max(1, max(image.size) // WORKING_SIDE)
    upright = _eight_bit(plain.reduce(factor) if factor > 1 else plain)
    with suppress(SyntaxError, ValueError, struct.error):  # damaged EXIF is no reason to refuse a photo
        turn = _UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        upright = upright if turn is None else upright.transpose(turn)
    return Photo(np.asarray(_on_paper(upright) if upright.mode == "RGBA" else upright), reduced / factor)


def _reducible(image: Image.Image) -> Image.Image:
    """Return it as gray, deep gray, RGB, or RGBA if something may be transparent."""
    if image.mode in ("I", "F") or "16" in image.mode:
        mode = "F"  # all others clip at 255: a 16-bit page would be all white
    elif image.has_transparency_data:
        image = image.convert("LA") if image.mode == "La" else image
        mode = "RGBA"
    else:
        mode = "L" if image.mode in ("1", "L") else "RGB"
    return image if image.mode == mode else image.convert(mode)


def _eight_bit(image: Image.Image) -> Image.Image:
    """Return gray or deep gray as RGB. Deep gray has no agreed white: the least that holds all is taken."""
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
