from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from mnist_app.errors import ImageError
from mnist_app.ink.decode import MAX_BYTES, WORKING_SIDE, PhotoSource, load_photo

PAPER, INK = 230, 30


def page(mode: str = "L", size: tuple[int, int] = (60, 100)) -> Image.Image:
    """Light paper, dark ink in the left upper quarter; size is width, height."""
    width, height = size
    pixels = np.full((height, width), PAPER, np.uint8)
    pixels[: height // 2, : width // 2] = INK
    return Image.fromarray(pixels).convert(mode, dither=Image.Dither.NONE)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def decoded(source: PhotoSource) -> np.ndarray:
    return load_photo(source).pixels


def assert_is_page(photo: np.ndarray, size: tuple[int, int] = (60, 100)) -> None:
    width, height = size
    assert photo.dtype == np.uint8
    assert photo.shape == (height, width, 3)
    assert photo[: height // 2 - 4, : width // 2 - 4].max() < 60
    assert photo[height // 2 + 4 :].min() > 200


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1"])
def test_every_format_and_mode_gives_the_same_page(kind: str, mode: str) -> None:
    image = page(mode)
    if kind in ("JPEG", "WEBP") and mode in ("P", "1"):
        image = image.convert("RGB")
    assert_is_page(decoded(encoded(image, kind)))


def test_cmyk_is_converted() -> None:
    assert_is_page(decoded(encoded(page("CMYK"), "JPEG")))


def test_a_colour_profile_does_no_harm() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert_is_page(decoded(encoded(page("RGB"), "PNG", icc_profile=profile)))


def test_sixteen_bits_are_scaled_not_clipped() -> None:
    deep = Image.fromarray(np.asarray(page()).astype(np.uint16) * 257)
    assert_is_page(decoded(encoded(deep, "PNG")))


def test_black_ink_on_transparency_is_laid_on_white() -> None:
    clear = np.zeros((100, 60, 4), np.uint8)
    clear[:50, :30, 3] = 255
    assert_is_page(decoded(encoded(Image.fromarray(clear), "PNG")))


def test_white_ink_on_transparency_is_laid_on_black() -> None:
    clear = np.full((100, 60, 4), 255, np.uint8)
    clear[..., 3] = 0
    clear[:50, :30, 3] = 255
    assert_is_page(255 - decoded(encoded(Image.fromarray(clear), "PNG")))


def test_a_palette_with_transparency_is_laid_on_white() -> None:
    image = page("P")
    assert_is_page(decoded(encoded(image, "GIF", transparency=255)))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_is_turned_upright(orientation: int) -> None:
    # How a camera stores an upright page under each orientation: the inverse of what undoes it.
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = page().transpose(undo[orientation]) if orientation in undo else page()
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert_is_page(decoded(encoded(stored, "JPEG", exif=exif)))


def test_the_first_frame_of_an_animation_is_taken() -> None:
    frames = [page(), Image.new("L", (60, 100), 0)]
    assert_is_page(decoded(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_large_photo_is_reduced(kind: str) -> None:
    photo = decoded(encoded(page(size=(6000, 4000)), kind))
    assert max(photo.shape) <= 2 * WORKING_SIDE
    assert_is_page(photo, photo.shape[1::-1])


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("size", [(300, 200), (4200, 3000), (6000, 4000)])
def test_the_scale_leads_back_to_the_original(kind: str, size: tuple[int, int]) -> None:
    photo = load_photo(encoded(page(size=size), kind))
    assert photo.pixels.shape[1] / photo.scale == pytest.approx(size[0], rel=0.01)


def test_a_callers_own_image_stays_as_it_is() -> None:
    with Image.open(io.BytesIO(encoded(page(size=(4200, 3000)), "JPEG"))) as image:
        load_photo(image)
        assert image.size == (4200, 3000)


def test_damaged_and_closed_pillow_images_are_refused() -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (60, 60), np.uint8))
    cut = Image.open(io.BytesIO(encoded(noise, "PNG")[:1500]))
    assert_refused(cut, "damaged")
    assert_refused(Image.new("L", (0, 5)), "no pixels")


def png_of(width: int, height: int) -> bytes:
    """A well-formed PNG header of any size, with almost nothing behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body + chunk(b"IEND", b"")


def assert_refused(content: Any, message: str) -> None:
    with pytest.raises(ImageError, match=message) as caught:
        load_photo(content)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("size", [(8_000, 8_000), (13_300, 13_300), (20_000, 20_000), (100_000, 600)])
def test_a_decompression_bomb_is_refused_before_it_unfolds(size: tuple[int, int]) -> None:
    assert_refused(png_of(*size), "too large")


def test_a_file_over_the_cap_is_refused(tmp_path: Path) -> None:
    (tmp_path / "huge.png").write_bytes(bytes(MAX_BYTES + 1))
    assert_refused(bytes(MAX_BYTES + 1), "too large")
    assert_refused(tmp_path / "huge.png", "too large")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "GIF"])
@pytest.mark.parametrize("share", [0.3, 0.7, 0.95])
def test_a_truncated_image_is_refused(kind: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (60, 60, 3), np.uint8)
    content = encoded(Image.fromarray(noise), kind)
    assert_refused(content[: int(len(content) * share)], "damaged|not an image")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"\x00" * 5000]
)
def test_what_is_no_image_is_refused(content: bytes) -> None:
    assert_refused(content, "not an image")


def test_a_format_off_the_list_is_refused() -> None:
    assert_refused(encoded(page(), "TIFF"), "not an image")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    assert_refused(tmp_path / "nothing.png", "cannot be read")
    assert_refused(tmp_path, "cannot be read")


@pytest.mark.parametrize("channels", [None, 3, 4])
def test_arrays_are_read_like_files(channels: int | None) -> None:
    gray = np.asarray(page())
    array = gray if channels is None else np.dstack([gray] * 3 + [np.full_like(gray, 255)])[..., :channels]
    assert_is_page(decoded(array))


@pytest.mark.parametrize(
    "array",
    [np.zeros((5, 5)), np.zeros((0, 5), np.uint8), np.zeros((5, 5, 2), np.uint8), np.zeros(5, np.uint8)],
)
def test_other_arrays_are_refused(array: np.ndarray) -> None:
    assert_refused(array, "uint8")
