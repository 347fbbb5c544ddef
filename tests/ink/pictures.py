"""Image files to decode: one page, and how files hold it or pretend to."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any, Literal

import cv2
import numpy as np
import pytest
from PIL import Image, ImageChops, ImageCms
from PIL.PngImagePlugin import PngInfo

from mnist_app.errors import ImageError
from mnist_app.ink.decode import PhotoSource, load_photo
from mnist_app.ink.limits import MAX_BYTES

PAPER, INK = 230, 30
WIDTH, HEIGHT = 60, 100
# How a camera stores an upright page under each orientation: the inverse of what undoes it.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def page(mode: str = "L", size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """Light paper, dark ink in the left upper quarter; size is width, height."""
    width, height = size
    pixels = np.full((height, width), PAPER, np.uint8)
    pixels[: height // 2, : width // 2] = INK
    return Image.fromarray(pixels).convert(mode, dither=Image.Dither.NONE)


def black_on_clear(mode: str = "RGBA") -> Image.Image:
    """Black ink where the page has it, on nothing at all, which is black too."""
    ink = page().point(lambda value: 255 if value == INK else 0)
    clear = Image.new("LA", ink.size)
    clear.putalpha(ink)
    return clear.convert(mode)


def noise(side: int = 60) -> Image.Image:
    """What no format can compress, so that each part of the file matters."""
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (side, side, 3), np.uint8))


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif_of(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def stored(orientation: int, mode: str = "L") -> Image.Image:
    """The page as a camera stores it that was held so."""
    return page(mode).transpose(STORED[orientation]) if orientation in STORED else page(mode)


def png_of(width: int, height: int) -> bytes:
    """A well-formed PNG header of any size, with almost nothing behind it."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = png_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + body + png_chunk(b"IEND", b"")


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def decoded(source: PhotoSource) -> np.ndarray:
    return load_photo(source).pixels


def assert_is_page(photo: np.ndarray, size: tuple[int, int] = (WIDTH, HEIGHT)) -> None:
    width, height = size
    assert photo.dtype == np.uint8
    assert photo.shape == (height, width, 3)
    assert photo[: height // 2 - 4, : width // 2 - 4].max() < 60
    assert photo[height // 2 + 4 :].min() > 200
    assert photo[:, width // 2 + 4 :].min() > 200


def assert_refused(content: Any, message: str) -> None:
    with pytest.raises(ImageError, match=message) as caught:
        load_photo(content)
    assert_is_sentence(caught.value)


def assert_is_sentence(error: ImageError) -> None:
    assert "\n" not in str(error)
    assert len(str(error)) < 200
    assert str(error).endswith(".")


def animated(kind: str) -> bytes:
    """The page, then a black frame."""
    black = Image.new("L", (WIDTH, HEIGHT))
    return encoded(page(), kind, save_all=True, append_images=[black, black])


def sixteen_bit_png(channels: int) -> bytes:
    """Pillow writes gray only."""
    deep = np.dstack([np.asarray(page()).astype(np.uint16) * 257] * channels)
    return cv2.imencode(".png", deep)[1].tobytes()


def adobe_mark(content: bytes) -> int:
    return content.index(b"\xff\xee\x00\x0eAdobe")


def cmyk_without_mark() -> bytes:
    """CMYK as it is, where Adobe's is a negative and says so."""
    content = encoded(ImageChops.invert(page("CMYK")), "JPEG", quality=95)
    at = adobe_mark(content)
    return content[:at] + content[at + 16 :]


def ycck() -> bytes:
    """Light and colours of the CMY, and black; no K on this page."""
    gray = page().point(lambda value: value)
    none = Image.new("L", gray.size, 127)
    planes = [gray, none, none, Image.new("L", gray.size, 0)]
    content = bytearray(encoded(Image.merge("CMYK", planes), "JPEG", quality=95))
    content[adobe_mark(bytes(content)) + 15] = 2
    return bytes(content)


def mpo(damage: bytes = b"") -> bytes:
    """What many phones call JPEG: several in one file."""
    content = encoded(page("RGB"), "MPO", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))])
    return content.replace(b"MPF\0II*\0", b"MPF\0" + damage) if damage else content


def apng_of_no_frames() -> bytes:
    content = encoded(page(), "PNG")
    return content[:33] + png_chunk(b"acTL", bytes(8)) + content[33:]


def text(key: str, value: str) -> PngInfo:
    info = PngInfo()
    info.add_text(key, value)
    return info


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.html", "<script>alert(1)</script>")
    return buffer.getvalue()


def profile(name: Literal["sRGB", "XYZ"]) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(name)).tobytes()


PAGES: dict[str, Callable[[], bytes]] = {
    "PNG, black ink on transparency": lambda: encoded(black_on_clear(), "PNG"),
    "PNG, gray with alpha": lambda: encoded(black_on_clear("LA"), "PNG"),
    "PNG, a palette with one clear colour": lambda: encoded(page("P"), "PNG", transparency=255),
    "PNG, a palette with alpha": lambda: encoded(black_on_clear().quantize(4), "PNG"),
    "PNG, one clear gray": lambda: encoded(page(), "PNG", transparency=230),
    "PNG, 1 bit": lambda: encoded(page("1"), "PNG"),
    "PNG, 16 bits": lambda: sixteen_bit_png(1),
    "PNG, 16 bits, RGB": lambda: sixteen_bit_png(3),
    "PNG, sRGB profile": lambda: encoded(page("RGB"), "PNG", icc_profile=profile("sRGB")),
    "PNG, broken profile": lambda: encoded(page("RGB"), "PNG", icc_profile=b"not a profile"),
    "PNG, animated": lambda: animated("PNG"),
    "PNG, an animation of no frames": apng_of_no_frames,
    "PNG, a ZIP behind it": lambda: encoded(page(), "PNG") + zipped(),
    "PNG, damaged EXIF": lambda: encoded(page(), "PNG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff"),
    "PNG, no EXIF at all in EXIF": lambda: encoded(page(), "PNG", exif=b"Exif\0\0hello world"),
    "PNG, EXIF cut short": lambda: encoded(page(), "PNG", exif=b"Exif\0\0MM\0*"),
    "PNG, damaged EXIF as text": lambda: encoded(
        page(), "PNG", pnginfo=text("Raw profile type exif", "\n\n\nno")
    ),
    "WEBP, lossless": lambda: encoded(page("RGB"), "WEBP", lossless=True),
    "WEBP, black ink on transparency": lambda: encoded(black_on_clear(), "WEBP"),
    "WEBP, animated": lambda: animated("WEBP"),
    "GIF, animated": lambda: animated("GIF"),
    "GIF, one clear colour": lambda: encoded(page("P"), "GIF", transparency=255),
    "GIF, a script in its comment": lambda: encoded(page(), "GIF", comment=b"*/=1;alert(1)//"),
    "BMP, 1 bit": lambda: encoded(page("1"), "BMP"),
    "JPEG, gray": lambda: encoded(page(), "JPEG"),
    "JPEG, progressive": lambda: encoded(page("RGB"), "JPEG", progressive=True),
    "JPEG, CMYK as Adobe writes it": lambda: encoded(page("CMYK"), "JPEG"),
    "JPEG, CMYK as it is": cmyk_without_mark,
    "JPEG, YCCK": ycck,
    "JPEG, wide gamut": lambda: encoded(page("RGB"), "JPEG", icc_profile=profile("XYZ")),
    "JPEG, damaged EXIF": lambda: encoded(page(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\xff\x01\x12\0\3"),
    "JPEG, no EXIF at all in EXIF": lambda: encoded(page(), "JPEG", exif=b"Exif\0\0hello world"),
    "JPEG, several pictures": mpo,
    "JPEG, several pictures, damaged": lambda: mpo(b"II*\xff"),
    "JPEG, a video behind it": lambda: encoded(page(), "JPEG") + b"\0\0\0\x18ftypmp42" + bytes(range(256)),
}
AVIF = b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf"
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "not an image"),
    "a word": (lambda: b"hello", "not an image"),
    "zeros": (lambda: bytes(5000), "not an image"),
    "SVG": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not an image"),
    "a PDF's first line": (lambda: b"%PDF-1.7", "This PDF cannot be read or is damaged"),
    "ZIP": (zipped, "not an image"),
    "AVIF": (lambda: AVIF, "not an image"),
    "PPM": (lambda: encoded(page(), "PPM"), "not an image"),
    "ICO": (lambda: encoded(page(), "ICO"), "not an image"),
    "EPS": (lambda: encoded(page(), "EPS"), "not an image"),
    "a script called GIF": (
        lambda: b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)",
        "damaged|not an image|no pixels",
    ),
    "177 megapixels": (lambda: png_of(13_300, 13_300), "too large .177 megapixels"),
    "400 megapixels": (lambda: png_of(20_000, 20_000), "too large .400 megapixels"),
    "64 megapixels": (lambda: png_of(8_000, 8_000), "too large .64 megapixels"),
    "a JPEG of 60 megapixels": (lambda: encoded(page(size=(8_000, 7_500)), "JPEG"), "too large .60 mega"),
    "100,000 × 600": (lambda: png_of(100_000, 600), "too large .60 megapixels"),
    "no width": (lambda: png_of(0, 100), "not an image"),
    "no height": (
        lambda: encoded(page(), "BMP").replace(b"\x64\0\0\0", bytes(4), 1),
        "not an image|no pixels",
    ),
    "over the cap": (lambda: bytes(MAX_BYTES + 1), "too large .20 MB"),
}
