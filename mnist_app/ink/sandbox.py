"""Untrusted TIFF and HEIC, decoded in a process with limits.

Their decoders believe what a file says of itself: a few thousand bytes can make them unfold the same tile
again and again, or reserve gigabytes. A process takes a decoder's crashes and its lines on stderr with it.
"""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

from PIL import Image

from mnist_app.errors import ImageError
from mnist_app.ink import decoder_process
from mnist_app.ink.decoder_process import PIXELS, SIZE
from mnist_app.ink.limits import MAX_PIXELS, WORKING_SIDE, check_size

MAX_SECONDS = 10.0  # 50 megapixels of HEIC take 1.3 on two cores
MAX_MEMORY = 2 * 2**30  # bytes of address space; 50 megapixels take under a half
PROGRAM = decoder_process.__file__
# ISO 23008-12, annex B: HEVC stills and sequences, and the two that don't say which codec it is.
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
TIFFS = {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}  # and BigTIFF


def kind_of(content: bytes) -> str | None:
    """Return "TIFF" or "HEIC" if a file says that it is one, else None."""
    if content[:4] in TIFFS:
        return "TIFF"
    return "HEIC" if content[4:8] == b"ftyp" and content[8:12] in BRANDS else None


def has_heic_decoder() -> bool:
    """Return True if pillow-heif, which is optional, is installed."""
    return find_spec("pillow_heif") is not None


def decode_in_sandbox(kind: str, content: bytes) -> tuple[Image.Image, int]:
    """Return the first page of a TIFF or HEIC, upright, and the whole factor that it was reduced by.

    Raises ImageError if it is too large, cannot be decoded here or takes too long; ValueError if a HEIC is
    damaged.
    """
    if kind == "HEIC" and not has_heic_decoder():
        raise ImageError(
            "A HEIC photo cannot be read here. Save it as JPEG, or install pillow-heif, then try again."
        )
    limits = map(str, (MAX_MEMORY, MAX_PIXELS, WORKING_SIDE))
    command = [sys.executable, "-P", "-W", "ignore", PROGRAM, kind, *limits]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ImageError(
            f"The photo takes over {MAX_SECONDS:.0f} seconds to decode. Save it as JPEG, then try again."
        ) from None
    if len(done.stdout) >= SIZE.size:
        check_size(*SIZE.unpack_from(done.stdout))
    start = SIZE.size + PIXELS.size
    if not done.returncode and len(done.stdout) > start:
        factor, width, height, mode = PIXELS.unpack_from(done.stdout, SIZE.size)
        pixels = done.stdout[start:]
        return Image.frombytes(mode.rstrip(b"\0").decode(), (width, height), pixels), factor
    reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2].partition(": ")[2]
    if kind == "HEIC":
        raise ValueError(reason or "libheif gave up")
    raise ImageError(
        f"This kind of TIFF cannot be read or is damaged ({reason or 'libtiff gave up'!s:.80}). "
        "Save it as PNG or JPEG, then try again."
    )
