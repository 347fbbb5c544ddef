from __future__ import annotations

import contextlib
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from mnist_app.domain import Photo
from mnist_app.errors import ImageError
from mnist_app.ink.decode import load_pages, load_photo
from mnist_app.ink.decoder_process import MAX_DIRECTORIES, tiff_pages
from mnist_app.ink.limits import WORKING_SIDE
from tests.ink.documents import ENCRYPTED, PAGE, pdf_of, stream_of, tiff_of_pages
from tests.ink.pictures import (
    HEIGHT,
    INK,
    WIDTH,
    assert_is_page,
    assert_refused,
    black_on_clear,
    decoded,
    encoded,
    exif_of,
    noise,
    page,
    stored,
)

COMPRESSIONS = [None, "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "group4"]
GRAY = page().tobytes()
Tags = dict[int, tuple[int, ...]]


def tiff_of(data: bytes, tags: Tags, order: str = "<") -> bytes:
    """An uncompressed gray page of one strip, but for other tags. All values are longs."""
    usual = {256: (WIDTH,), 257: (HEIGHT,), 258: (8,), 259: (1,), 262: (1,), 277: (1,), 278: (HEIGHT,)}
    strips = {} if 322 in tags else {273: (8,), 279: (len(data),)}
    values = usual | strips | tags
    start = 8 + len(data)
    entries, behind = b"", b""
    for tag, many in sorted(values.items()):
        packed = struct.pack(f"{order}{len(many)}L", *many)
        if len(many) != 1:
            packed, behind = (
                struct.pack(f"{order}L", start + 6 + 12 * len(values) + len(behind)),
                behind + packed,
            )
        entries += struct.pack(f"{order}HHL", tag, 4, len(many)) + packed
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(f"{order}HL", 42, start)
    return head + data + struct.pack(f"{order}H", len(values)) + entries + bytes(4) + behind


def tiles_of(side: int) -> bytes:
    """The page in tiles, as those have to be that reach over the border."""
    pixels = np.pad(np.asarray(page()), ((0, -HEIGHT % side), (0, -WIDTH % side)))
    rows, columns = pixels.shape[0] // side, pixels.shape[1] // side
    tiles = pixels.reshape(rows, side, columns, side).swapaxes(1, 2).tobytes()
    count = rows * columns
    offsets = tuple(8 + k * side * side for k in range(count))
    return tiff_of(tiles, {322: (side,), 323: (side,), 324: offsets, 325: (side * side,) * count})


MODES = [
    (name, mode) for name in COMPRESSIONS[:4] for mode in ("1", "L", "RGB", "CMYK", "P", "LA", "PA", "RGBA")
]
MODES += [("jpeg", mode) for mode in ("L", "RGB", "YCbCr", "CMYK", "RGBA")] + [("group4", "1")]


@pytest.mark.parametrize(("compression", "mode"), MODES)
def test_every_compression_and_mode_gives_the_same_page(compression: str | None, mode: str) -> None:
    assert_is_page(decoded(encoded(page(mode), "TIFF", compression=compression)))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
def test_black_ink_on_transparency_is_laid_on_white(mode: str) -> None:
    assert_is_page(decoded(encoded(black_on_clear(mode), "TIFF", compression="tiff_lzw")))


def test_gray_that_its_alpha_has_darkened_gives_the_same_page() -> None:
    ink = np.asarray(page()) == INK
    pixels = np.dstack([np.where(ink, 0, 230), np.where(ink, 255, 230)]).astype(np.uint8)
    assert_is_page(decoded(tiff_of(pixels.tobytes(), {258: (8, 8), 277: (2,), 338: (1,)})))


@pytest.mark.parametrize("order", ["<", ">"])
def test_both_byte_orders_give_the_same_page(order: str) -> None:
    assert_is_page(decoded(tiff_of(GRAY, {}, order)))


def test_white_is_zero_gives_the_same_page() -> None:
    negative = ImageOps.invert(page())
    assert_is_page(decoded(tiff_of(negative.tobytes(), {262: (0,)})))
    strokes = negative.point(lambda value: value > 127, "1").resize((64, HEIGHT))
    photo = decoded(tiff_of(strokes.tobytes(), {256: (64,), 258: (1,), 262: (0,)}))
    assert_is_page(photo, (64, HEIGHT))


@pytest.mark.parametrize("white", [1, 255, 65_535])
def test_gray_of_any_depth_is_scaled_to_its_white(white: int) -> None:
    deep = Image.fromarray(np.asarray(page(), np.float32) * np.float32(white / 255))
    assert_is_page(decoded(encoded(deep, "TIFF")))
    assert_is_page(decoded(encoded(deep, "TIFF", compression="tiff_adobe_deflate")))


def test_twelve_and_sixteen_bits_are_scaled_to_their_white() -> None:
    twelve = np.repeat(np.asarray(page(), np.uint16), 2, axis=1)[:, : WIDTH * 3 // 2]  # 1.5 bytes a pixel
    assert decoded(tiff_of(twelve.astype(np.uint8).tobytes(), {258: (12,)})).max() > 200
    for values in (np.asarray(page()).astype(np.uint16) * 257, np.asarray(page()).astype(np.uint16) * 16):
        assert_is_page(decoded(encoded(Image.fromarray(values), "TIFF")))


def test_what_is_no_number_is_dark() -> None:
    values = np.asarray(page(), np.float32).copy()
    values[0, 0], values[0, 1], values[0, 2] = np.nan, np.inf, -np.inf
    assert_is_page(decoded(encoded(Image.fromarray(values), "TIFF")))


def test_sixteen_bits_of_each_colour_give_the_same_page() -> None:
    deep = np.dstack([np.asarray(page()).astype(np.uint16) * 257] * 3)
    assert_is_page(decoded(cv2.imencode(".tif", deep)[1].tobytes()))


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("orientation", [3, 6])
def test_the_orientation_is_applied_once(orientation: int, compression: str | None) -> None:
    image = stored(orientation, "1" if compression == "group4" else "L")
    exif = exif_of(orientation)
    assert_is_page(decoded(encoded(image, "TIFF", compression=compression, exif=exif)))


@pytest.mark.parametrize("side", [16, 128])
def test_tiles_give_the_same_page(side: int) -> None:
    assert_is_page(decoded(tiles_of(side)))


@pytest.mark.parametrize("compression", [None, "tiff_lzw"])
def test_the_first_page_of_many_is_taken(compression: str | None) -> None:
    black = Image.new("L", page().size)
    assert_is_page(decoded(tiff_of_pages(page(), black, black, compression=compression)))


def test_the_pages_before_a_damaged_one_are_read_and_those_behind_it() -> None:
    many = tiff_of_pages(page(), noise().convert("L"))
    nowhere = tiff_of(GRAY, {})[:-4] + struct.pack("<L", 10**6)
    for content in (many[: len(many) - 100], nowhere):
        first, second = load_pages(content)
        assert isinstance(first, Photo)
        assert_is_page(first.pixels)
        assert isinstance(second, ImageError)
        assert "damaged" in str(second)
    odd = tiff_of_pages(page(), page(), page())
    at = tiff_pages(odd)[1]
    broken = odd[: at + 10] + struct.pack("<L", 0) + odd[at + 14 :]  # it is as wide as nothing
    assert [type(each) for each in load_pages(broken)] == [Photo, ImageError, Photo]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("kind", "is_page"), [(0, True), (2, True), (1, False), (4, False)])
def test_thumbnails_and_masks_are_no_pages(order: str, kind: int, is_page: bool) -> None:
    first = tiff_of(GRAY, {254: (kind,)}, order)
    second = tiff_of(bytes(len(GRAY)), {254: (kind,)}, order)
    assert len(tiff_pages(first)) == 1  # the only one, whatever it calls itself
    both = joined_tiffs(tiff_of(GRAY, {}, order), second, order)
    assert len(tiff_pages(both)) == 1 + is_page
    assert_is_page(decoded(both))
    assert_is_page(
        decoded(joined_tiffs(tiff_of(bytes(len(GRAY)), {254: (1,)}, order), tiff_of(GRAY, {}, order), order))
    )


def joined_tiffs(first: bytes, second: bytes, order: str) -> bytes:
    """Two TIFFs as one: the second's offsets are moved behind the first."""
    long, short, shift = f"{order}L", f"{order}H", len(first)
    (start,) = struct.unpack_from(long, second, 4)
    moved = bytearray(second)
    for k in range(*struct.unpack_from(short, second, start)):
        entry = start + 2 + 12 * k
        if struct.unpack_from(short, second, entry) == (273,):
            struct.pack_into(long, moved, entry + 8, shift + 8)
    (head,) = struct.unpack_from(long, first, 4)
    end = head + 2 + 12 * struct.unpack_from(short, first, head)[0]
    return first[:end] + struct.pack(long, shift + start) + first[end + 4 :] + bytes(moved)


def test_a_loop_of_directories_ends() -> None:
    content = tiff_of(GRAY, {})
    (start,) = struct.unpack_from("<L", content, 4)
    loop = content[:-4] + struct.pack("<L", start)
    assert tiff_pages(loop) == [start]
    assert_is_page(decoded(loop))


def test_a_count_of_thumbnails_has_an_end() -> None:
    directory = struct.pack("<HHHLL", 1, 254, 4, 1, 1)  # a thumbnail; the next is behind its offset
    chain = b"II*\0" + struct.pack("<L", 8)
    for k in range(MAX_DIRECTORIES + 10):
        chain += directory + struct.pack("<L", 8 + 18 * (k + 1))
    assert len(tiff_pages(chain, 5)) == 5


def test_a_page_of_a_pdf_is_drawn_as_large_as_a_photo_whatever_its_size() -> None:
    for box in ((WIDTH, HEIGHT), (0.75, 1.25), (16_800, 28_000)):  # 10 m high
        scaled = f"{box[0] / WIDTH} 0 0 {box[1] / HEIGHT} 0 0 cm {PAGE}"
        assert_is_page(decoded(pdf_of([scaled], box)), (1_200, WORKING_SIDE))
    assert decoded(pdf_of([PAGE], (10**9, 1))).shape == (1, WORKING_SIDE, 3)
    assert max(decoded(pdf_of([PAGE], (0, 0))).shape) == WORKING_SIDE


def test_a_pdf_is_upright_on_white_and_has_what_was_written_over_it() -> None:
    turned = load_photo(pdf_of([PAGE], entries="/Rotate 90")).pixels
    assert_is_page(np.rot90(turned), (1_200, WORKING_SIDE))
    ink = PAGE.partition("f ")[2]  # without the paper
    assert_is_page(decoded(pdf_of([ink])), (1_200, WORKING_SIDE))
    look = stream_of(ink.encode(), "/Type /XObject /Subtype /Form /BBox [0 0 60 100]")
    note = "/Annots [<< /Type /Annot /Subtype /Stamp /Rect [0 0 60 100] /F 4 /AP << /N 3 0 R >> >>]"
    assert_is_page(decoded(pdf_of([""], entries=note, objects=[look])), (1_200, WORKING_SIDE))


def test_a_page_of_a_pdf_that_is_missing_is_one_error() -> None:
    gone = pdf_of([PAGE] * 3).replace(b"5 0 obj", b"99 0 ob")
    first, second, third = load_pages(gone)
    assert [type(first), type(third)] == [Photo, Photo]
    assert "this page is missing" in str(second)


def test_a_pdf_of_no_pages_or_with_a_password_gets_a_sentence() -> None:
    assert_refused(pdf_of([]), "no page of it can be opened")
    assert_refused(pdf_of([PAGE], trailer=ENCRYPTED), "protected by a password. Save it without one")


def test_blanks_before_a_pdf_do_no_harm() -> None:
    assert_is_page(decoded(b"\xef\xbb\xbf\r\n " + pdf_of([PAGE])), (1_200, WORKING_SIDE))


def test_strange_private_tags_do_no_harm() -> None:
    private = {282: (1,) * 1000, 700: (1,) * 1000, 34_665: (8,), 34_853: (8,), 65_000: (1,)}
    assert_is_page(decoded(tiff_of(GRAY, private)))


FEW = zlib.compress(GRAY)
MANY = (8,) * 160_000
DEEP = {258: (16, 16, 16), 277: (3,), 262: (2,)}
UNUSUAL: dict[str, tuple[bytes, Tags]] = {
    "JPEG of the old kind": (GRAY, {259: (6,)}),
    "fax group 3": (GRAY, {259: (3,)}),
    "Zstandard": (GRAY, {259: (50_000,)}),
    "Lab": (GRAY * 3, {262: (8,), 258: (8, 8, 8), 277: (3,)}),
    "YCbCr that is no JPEG": (GRAY * 3, {262: (6,), 258: (8, 8, 8), 277: (3,)}),
    "a deep negative": (GRAY * 2, {262: (0,), 258: (16,)}),
    "64 bits": (GRAY * 8, {258: (64,)}),
    "many samples": (GRAY, {277: (2**31,)}),
    "a row of a million pixels": (GRAY, {256: (10**6,), 257: (1,)}),
    "160,000 tiles": (GRAY, {256: (400,), 257: (400,), 322: (1,), 323: (1,), 324: MANY, 325: MANY}),
    "a tile of gigabytes": (FEW, {259: (8,), 322: (60_000,), 323: (60_000,), 324: (8,), 325: (len(FEW),)}),
    "a strip of 294 MB": (FEW, {259: (8,), 256: (7_000,), 257: (7_000,), 278: (7_000,)} | DEEP),
    "tiles without a side": (GRAY, {322: (0,), 323: (16,), 324: (8,), 325: (6000,)}),
    "strips without rows": (GRAY, {278: (0,)}),
    "far larger tiles": (GRAY, {256: (1,), 257: (60_000,), 322: (6_000,), 323: (16,), 324: (8,), 325: (1,)}),
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_an_unusual_tiff_is_refused(name: str) -> None:
    assert_refused(tiff_of(*UNUSUAL[name]), "This kind of TIFF cannot be read .* PNG or JPEG")


def test_a_width_that_is_no_whole_number_is_refused() -> None:
    rational = tiff_of(GRAY, {}).replace(struct.pack("<HH", 256, 4), struct.pack("<HH", 256, 5))
    assert_refused(rational, r"This kind of TIFF cannot be read .*\(Invalid dimensions\)")


def test_nothing_is_logged_about_too_many_samples(caplog: pytest.LogCaptureFixture) -> None:
    assert_refused(tiff_of(GRAY, {277: (7,)}), "This kind of TIFF cannot be read")
    assert not caplog.records


def test_bigtiff_is_refused() -> None:
    assert_refused(b"II+\0\x08\0\0\0\x10" + bytes(100), "This kind of TIFF cannot be read")


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ({256: (13_300,), 257: (13_300,)}, "too large .177 megapixels"),
        ({256: (2**32 - 1,), 257: (2**32 - 1,)}, "too large"),
        ({256: (0,)}, "This kind of TIFF cannot be read"),
        ({279: (len(GRAY) * 2,)}, "its end is missing"),
        ({273: (8, 8)}, "2 pieces of 1"),
        ({278: (1,), 273: (8,) * HEIGHT, 279: (len(GRAY),) * HEIGHT}, "its end is missing"),
    ],
    ids=["too large", "far too large", "no pixels", "too few bytes", "too many strips", "strips share bytes"],
)
def test_wrong_sizes_are_refused(tags: Tags, message: str) -> None:
    assert_refused(tiff_of(GRAY, tags), message)


@pytest.mark.parametrize("compression", COMPRESSIONS)
@pytest.mark.parametrize("share", [0.01, 0.3, 0.7, 0.99])
def test_a_truncated_file_is_refused(compression: str | None, share: float) -> None:
    image = noise().convert("1") if compression == "group4" else noise()
    content = encoded(image, "TIFF", compression=compression)
    assert_refused(content[: int(len(content) * share)], "damaged|not an image")


@pytest.mark.parametrize("compression", [4, 5, 7, 8])
def test_damaged_strips_write_nothing_to_stderr(compression: int, capfd: pytest.CaptureFixture[str]) -> None:
    bilevel: Tags = {258: (1,), 262: (0,)} if compression == 4 else {}
    damaged = tiff_of(bytes(range(255, 0, -1)) * 20, {259: (compression,)} | bilevel)
    with contextlib.suppress(ImageError):  # of a fax, the rows that are not damaged can be read
        load_photo(damaged)
    assert capfd.readouterr().err == ""
