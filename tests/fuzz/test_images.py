"""Damaged images and documents: a photo, or one sentence that says why there is none."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mnist_app.errors import ImageError
from mnist_app.ink.decode import count_pages, load_photo
from mnist_app.ink.limits import MAX_PAGES
from tests.helpers.fuzzing import EDITS, ENDS, Edits, corrupted, fuzzed
from tests.ink.documents import PAGE, pdf_of, tiff_of_pages
from tests.ink.pictures import PAGES, assert_is_sentence, encoded, exif_of, noise

SMALL = [
    *(encoded(noise(12), kind, exif=exif_of(6)) for kind in ("PNG", "JPEG", "WEBP", "MPO")),
    *(encoded(noise(12).quantize(8), kind) for kind in ("PNG", "BMP", "GIF")),
    encoded(noise(12), "JPEG", progressive=True),
    *(PAGES[name]() for name in ("PNG, animated", "WEBP, animated", "GIF, animated", "JPEG, YCCK")),
]
DOCUMENTS = [
    encoded(noise(12), "TIFF", exif=exif_of(6)),
    encoded(noise(12).quantize(8), "TIFF"),
    *(encoded(noise(12), "TIFF", compression=name) for name in ("tiff_lzw", "tiff_adobe_deflate", "jpeg")),
    encoded(noise(12).convert("1"), "TIFF", compression="group4"),
    encoded(noise(12), "PDF"),
    pdf_of([PAGE, PAGE]),
    tiff_of_pages(noise(12), noise(12)),
]
MAGIC = [
    b"",
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"RIFF\xff\0\0\0WEBPVP8 ",
    b"BM",
    b"GIF89a",
    b"II*\0",
    b"MM\0*",
    b"%PDF-1.7\n",
    b"\0\0\0\x18ftypheic",
]


def assert_is_read_or_refused(content: bytes) -> None:
    try:
        assert load_photo(content).pixels.size
    except ImageError as error:
        assert_is_sentence(error)
    assert 1 <= count_pages(content) <= MAX_PAGES + 1


@fuzzed(150)
@given(st.sampled_from(SMALL), EDITS, ENDS)
def test_a_corrupted_image(content: bytes, edits: Edits, end: float) -> None:
    assert_is_read_or_refused(corrupted(content, edits, end))


@fuzzed(50)
@given(st.sampled_from(DOCUMENTS), EDITS, ENDS)
def test_a_corrupted_document(content: bytes, edits: Edits, end: float) -> None:
    assert_is_read_or_refused(corrupted(content, edits, end))


@fuzzed(50)
@given(st.sampled_from(MAGIC), st.binary(max_size=400))
def test_any_bytes_behind_a_formats_first(magic: bytes, rest: bytes) -> None:
    assert_is_read_or_refused(magic + rest)
