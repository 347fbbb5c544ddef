"""Untrusted TIFF, PDF and HEIC, decoded in a process with limits.

Their decoders believe what a file says of itself: a few thousand bytes can make them unfold the same tile
again and again, or reserve gigabytes. A process takes a decoder's crashes and its lines on stderr with it.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec

from PIL import Image

from mnist_app.errors import ImageError
from mnist_app.ink import decoder_process
from mnist_app.ink.decoder_process import PAGES, PASSWORD, PIXELS, SIZE, tiff_pages
from mnist_app.ink.limits import MAX_PAGES, MAX_PIXELS, WORKING_SIDE, check_page, check_size

MAX_SECONDS = 10.0  # 50 megapixels of HEIC take 1.3 on two cores
MAX_MEMORY = 2 * 2**30  # bytes of address space; 50 megapixels take under a half
HEIC_HINT = (
    "A HEIC photo cannot be read here. Save it as JPEG, or run `pip install pillow-heif`, then try again."
)
PROGRAM = decoder_process.__file__
# ISO 23008-12, annex B: HEVC stills and sequences, and the two that don't say which codec it is.
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
MAX_HEAD = 1_024  # bytes that tell which kind a file is
BLANK = b"\xef\xbb\xbf\0\t\n\f\r "  # some programs write such bytes before a PDF
TIFFS = {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}  # and BigTIFF


def kind_of(content: bytes) -> str | None:
    """Return "TIFF", "PDF" or "HEIC" if a file says that it is one, else None."""
    if content[:4] in TIFFS:
        return "TIFF"
    if content[:MAX_HEAD].lstrip(BLANK).startswith(b"%PDF-"):
        return "PDF"
    return "HEIC" if content[4:8] == b"ftyp" and content[8:12] in BRANDS else None


def has_heic_decoder() -> bool:
    """Return True if pillow-heif, which is optional, is installed."""
    return find_spec("pillow_heif") is not None


def count_in_sandbox(kind: str, content: bytes) -> int:
    """Return the number of pages of a file, at most MAX_PAGES + 1. Raises as `decode_in_sandbox`."""
    if kind == "TIFF":
        return len(tiff_pages(content, MAX_PAGES + 1))  # a few offsets are safe to follow here
    return _pages(kind, _run(kind, content, 0)) if kind == "PDF" else 1


@dataclass(frozen=True)
class DecodedPage:
    """A page, upright, the whole factor that it was reduced by, and how many the file has."""

    image: Image.Image
    factor: int
    pages: int


def decode_in_sandbox(kind: str, content: bytes, page: int) -> DecodedPage:
    """Decode a page, counted from 1, of a TIFF, PDF or HEIC.

    Raises ImageError if it is too large, cannot be decoded here or takes too long, or has no such page;
    ValueError if a HEIC is damaged.
    """
    if kind == "HEIC" and not has_heic_decoder():
        raise ImageError(HEIC_HINT)
    done = _run(kind, content, page)
    pages = _pages(kind, done)
    check_page(page, pages)
    if len(done.stdout) >= PAGES.size + SIZE.size:
        check_size(*SIZE.unpack_from(done.stdout, PAGES.size))
    start = PAGES.size + SIZE.size + PIXELS.size
    if done.returncode or len(done.stdout) <= start:
        raise _refusal(kind, done)
    factor, width, height, mode = PIXELS.unpack_from(done.stdout, PAGES.size + SIZE.size)
    image = Image.frombytes(mode.rstrip(b"\0").decode(), (width, height), done.stdout[start:])
    return DecodedPage(image, factor, pages)


def _run(kind: str, content: bytes, page: int) -> subprocess.CompletedProcess[bytes]:
    limits = map(str, (MAX_MEMORY, MAX_PIXELS, WORKING_SIDE))
    command = [sys.executable, "-P", "-W", "ignore", PROGRAM, kind, str(page), *limits]
    try:
        return subprocess.run(command, input=content, capture_output=True, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ImageError(
            f"It takes over {MAX_SECONDS:.0f} seconds to decode. Save it as JPEG, then try again."
        ) from None


def _pages(kind: str, done: subprocess.CompletedProcess[bytes]) -> int:
    if len(done.stdout) < PAGES.size:
        raise _refusal(kind, done)
    return min(PAGES.unpack_from(done.stdout)[0], MAX_PAGES + 1)


def _refusal(kind: str, done: subprocess.CompletedProcess[bytes]) -> Exception:
    """Return the error for what the process could not decode."""
    reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].partition(": ")[2]
    if kind == "HEIC":
        return ValueError(reason or "libheif gave up")
    if reason == PASSWORD:
        return ImageError("This PDF is protected by a password. Save it without one, then try again.")
    what, decoder = ("This PDF", "PDFium") if kind == "PDF" else ("This kind of TIFF", "libtiff")
    return ImageError(
        f"{what} cannot be read or is damaged ({reason or f'{decoder} gave up'!s:.80}). "
        "Save it as PNG or JPEG, then try again."
    )
