from __future__ import annotations

import io
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from mnist_app.errors import ImageError
from mnist_app.ink import limits, sandbox
from mnist_app.ink.decode import FORMATS, SUFFIXES, PhotoSource, count_pages, load_pages, load_photo
from mnist_app.ink.limits import MAX_BYTES, MAX_PAGES, WORKING_SIDE
from tests.ink.documents import ENCRYPTED, PAGE, pdf_of, tiff_of_pages
from tests.ink.pictures import (
    HEIGHT,
    PAGES,
    REFUSED,
    WIDTH,
    assert_is_page,
    assert_is_sentence,
    assert_refused,
    black_on_clear,
    decoded,
    encoded,
    exif_of,
    noise,
    page,
    stored,
)

KINDS = ("PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["L", "RGB", "P", "1"])
def test_every_format_and_mode_gives_the_same_page(kind: str, mode: str) -> None:
    image = page(mode)
    if kind in ("JPEG", "WEBP") and mode in ("P", "1"):
        image = image.convert("RGB")
    assert_is_page(decoded(encoded(image, kind)))


@pytest.mark.parametrize("name", PAGES)
def test_however_a_page_is_stored_it_is_the_same_page(name: str) -> None:
    assert_is_page(decoded(PAGES[name]()))


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_safe_image_is_refused(name: str) -> None:
    make, message = REFUSED[name]
    assert_refused(make(), message)


def test_white_ink_on_transparency_is_laid_on_black() -> None:
    alpha = black_on_clear().getchannel("A")
    white = Image.merge("LA", [Image.new("L", alpha.size, 255), alpha])
    assert_is_page(255 - decoded(encoded(white, "PNG")))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "MPO"])
@pytest.mark.parametrize("orientation", range(10))
def test_every_exif_orientation_is_turned_upright(kind: str, orientation: int) -> None:
    assert_is_page(decoded(encoded(stored(orientation), kind, exif=exif_of(orientation))))


def test_photos_of_one_pixel_and_of_one_row_are_read() -> None:
    assert decoded(encoded(Image.new("L", (1, 1)), "PNG")).shape == (1, 1, 3)
    assert decoded(encoded(Image.new("L", (20_000, 100), 230), "PNG")).shape == (10, 2_000, 3)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_large_photo_is_reduced(kind: str) -> None:
    photo = decoded(encoded(page(size=(6000, 3000)), kind))
    assert max(photo.shape) <= 2 * WORKING_SIDE
    assert_is_page(photo, photo.shape[1::-1])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
@pytest.mark.parametrize("size", [(300, 200), (4200, 3000), (6000, 3000)])
def test_the_scale_leads_back_to_the_original(kind: str, size: tuple[int, int]) -> None:
    photo = load_photo(encoded(page(size=size), kind))
    assert photo.pixels.shape[1] / photo.scale == pytest.approx(size[0], rel=0.01)


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "P", "CMYK", "I;16"])
def test_large_photos_of_all_kinds_are_reduced_alike(mode: str) -> None:
    large = page(size=(4200, 3000))
    if mode == "I;16":
        image = Image.fromarray(np.asarray(large).astype(np.uint16) * 257)
    else:
        image = large.convert(mode)
    assert_is_page(decoded(encoded(image, "TIFF", compression="tiff_lzw")), (2100, 1500))


def test_a_callers_own_image_stays_as_it_is() -> None:
    with Image.open(io.BytesIO(encoded(page(size=(4200, 3000)), "JPEG"))) as image:
        load_photo(image)
        assert image.size == (4200, 3000)


def test_damaged_and_empty_pillow_images_are_refused() -> None:
    cut = Image.open(io.BytesIO(encoded(noise(), "PNG")[:1500]))
    assert_refused(cut, "damaged")
    assert_refused(Image.new("L", (0, 5)), "no pixels")


def test_a_file_over_the_cap_is_refused(tmp_path: Path) -> None:
    (tmp_path / "huge.png").write_bytes(bytes(MAX_BYTES + 1))
    assert_refused(tmp_path / "huge.png", "too large")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.95])
def test_a_truncated_image_is_refused(kind: str, share: float) -> None:
    content = encoded(noise(), kind)
    assert_refused(content[: int(len(content) * share)], "damaged|not an image")


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


def test_formats_and_suffixes_name_the_same_images() -> None:
    assert {f".{name.lower()}" for name in FORMATS} <= set(SUFFIXES)
    assert {".jpg", ".jfif", ".tif", ".heic", ".heif"} <= set(SUFFIXES)


GRAYS = (40, 120, 220)
LEVELS = [Image.new("L", (WIDTH, HEIGHT), gray) for gray in GRAYS]
THREE = {
    "TIFF": tiff_of_pages(*LEVELS),
    "TIFF, compressed": tiff_of_pages(*LEVELS, compression="tiff_lzw"),
    "BigTIFF": tiff_of_pages(*LEVELS, big_tiff=True),
    "PDF": pdf_of([f"{gray / 255:.3f} g 0 0 {WIDTH} {HEIGHT} re f" for gray in GRAYS]),
    "PDF of scans": encoded(LEVELS[0], "PDF", save_all=True, append_images=LEVELS[1:]),
}


def levels(source: PhotoSource) -> list[int | str]:
    """The gray of each page, or its error."""
    pages = load_pages(source)
    return [str(page) if isinstance(page, ImageError) else int(page.pixels[9, 9, 0]) for page in pages]


@pytest.mark.parametrize("kind", THREE)
def test_every_page_of_a_document_is_decoded_with_its_number(kind: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(THREE[kind])
    for source in (THREE[kind], tmp_path / "file"):
        assert count_pages(source) == 3
        pages = [page for page in load_pages(source) if not isinstance(page, ImageError)]
        assert [int(page.pixels[9, 9, 0]) for page in pages] == pytest.approx(GRAYS, abs=2)
        assert [(page.page, page.pages) for page in pages] == [(1, 3), (2, 3), (3, 3)]
        assert load_photo(source).pages == 3
        assert load_photo(source, 2).pixels.mean() == pytest.approx(GRAYS[1], abs=2)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF", "MPO"])
def test_an_animation_and_several_pictures_in_a_jpeg_are_one_page(kind: str) -> None:
    content = encoded(LEVELS[0], kind, save_all=True, append_images=LEVELS[1:])
    assert count_pages(content) == 1
    assert levels(content) == pytest.approx([GRAYS[0]], abs=2)


@pytest.mark.parametrize("kind", ["TIFF", "PDF", "PNG"])
@pytest.mark.parametrize("page", [-1, 0, 4])
def test_a_page_that_is_not_there_is_refused(kind: str, page: int) -> None:
    content = THREE.get(kind) or encoded(LEVELS[0], kind)
    with pytest.raises(
        ImageError, match=f"There is no page {page} in this file. Choose one from 1 to [13]"
    ) as error:
        load_photo(content, page)
    assert_is_sentence(error.value)


def test_an_array_and_a_pillow_image_are_one_page() -> None:
    assert levels(np.asarray(LEVELS[1])) == levels(LEVELS[1]) == [GRAYS[1]]


@pytest.mark.parametrize(
    "source", [b"hello", b"", pdf_of([]), pdf_of([PAGE], trailer=ENCRYPTED), "/nowhere.pdf"]
)
def test_what_cannot_be_opened_is_one_page_with_its_error(source: bytes | str) -> None:
    assert count_pages(source) == 1
    (error,) = load_pages(source)
    assert isinstance(error, ImageError)
    assert_is_sentence(error)


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_more_pages_than_are_read_are_said_to_be_there(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (limits, sandbox):
        monkeypatch.setattr(module, "MAX_PAGES", 2)
    *read, last = levels(THREE[kind])
    assert read == list(GRAYS[:2])
    assert last == "A file's first 2 pages are read, and this one has more. Split it to read the rest."


def test_a_document_of_thousands_of_pages_costs_no_more_than_its_first() -> None:
    many = pdf_of([PAGE] * 10_000), tiff_of_pages(*[Image.new("1", (8, 8))] * (MAX_PAGES + 5))
    started = time.process_time()
    for content in many:
        assert count_pages(content) == MAX_PAGES + 1
        assert load_photo(content).pages == MAX_PAGES + 1
    assert time.process_time() - started < 5


def test_photos_are_decoded_in_many_threads_without_mixing_them_up() -> None:
    files = [encoded(Image.new("L", (40, 40), level), kind) for level in (20, 120, 220) for kind in KINDS]
    with ThreadPoolExecutor(8) as pool:
        levels = [photo.pixels.mean() for photo in pool.map(load_photo, files * 4)]
    assert levels == pytest.approx([level for level in (20, 120, 220) for _ in KINDS] * 4, abs=2)


def test_no_file_stays_open(tmp_path: Path) -> None:
    before = psutil.Process().num_fds()
    for number, make in enumerate([*PAGES.values(), *(make for make, _ in REFUSED.values())]):
        (tmp_path / str(number)).write_bytes(make())
        try:
            load_photo(tmp_path / str(number))
        except ImageError as error:
            assert_is_sentence(error)
    assert psutil.Process().num_fds() == before
