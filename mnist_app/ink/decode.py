"""Untrusted images to upright RGB: the only way in for them."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageStat, UnidentifiedImageError

from mnist_app.domain import ByteArray, Photo
from mnist_app.errors import ImageError
from mnist_app.ink.decoder_process import PLAIN, reduced, turned_upright
from mnist_app.ink.limits import MAX_BYTES, WORKING_SIDE, check_bytes, check_size
from mnist_app.ink.sandbox import MAX_HEAD, count_in_sandbox, decode_in_sandbox, has_heic_decoder, kind_of

FORMATS = (*PLAIN, "TIFF", "PDF", *(["HEIC"] if has_heic_decoder() else []))  # that can be read here
SUFFIXES = (
    *(".png", ".jpeg", ".jpg", ".jfif", ".webp", ".bmp", ".gif"),
    *(".tiff", ".tif", ".pdf", ".heic", ".heif"),
)
WHITES = (1, 255, 4_095, 32_767, 65_535)  # of deep gray: fractions, then 8, 12, 15 and 16 bits
_ADVICE = f"Use a photo as {', '.join(FORMATS[:-1])} or {FORMATS[-1]}."

PhotoSource = Photo | str | Path | bytes | Image.Image | np.ndarray


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
        return _decoded(source, page)
    except UnidentifiedImageError:
        raise ImageError(f"This is not an image that can be read. {_ADVICE}") from None
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
                source = head if kind_of(head) == "IMAGE" else head + file.read(MAX_BYTES)
        if not isinstance(source, bytes) or len(source) > MAX_BYTES:
            return 1
        return count_in_sandbox(kind_of(source), source)
    except (OSError, ImageError):
        return 1


def _decoded(source: str | Path | bytes | Image.Image | np.ndarray, page: int) -> Photo:
    if isinstance(source, np.ndarray | Image.Image):
        image = source if isinstance(source, Image.Image) else _from_array(source)
        check_size(*image.size)
        small, factor = reduced(image, WORKING_SIDE)
        return Photo(_pixels(turned_upright(small, image)), 1 / factor)
    content = source if isinstance(source, bytes) else _read(Path(source))
    check_bytes(len(content))
    decoded = decode_in_sandbox(kind_of(content), content, page)
    width, height = decoded.size
    if decoded.mode == "RGB":  # through Pillow it would be copied twice
        pixels = np.frombuffer(decoded.raw, np.uint8).reshape(height, width, 3)
    else:
        pixels = _pixels(Image.frombytes(decoded.mode, decoded.size, decoded.raw))
    return Photo(pixels, decoded.scale, page, decoded.pages)


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


def _pixels(image: Image.Image) -> ByteArray:
    """Return (H, W, 3) RGB of gray, deep gray, RGB or RGBA."""
    image = _eight_bit(image)
    return np.asarray(_on_paper(image) if image.mode == "RGBA" else image)


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
