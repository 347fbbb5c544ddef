"""Untrusted TIFF to plain TIFF: its first page, checked, with no tags but those that its pixels need.

Decoders believe a TIFF's tags: a small file can make them build millions of strips, unfold the same bytes
again and again, or reserve gigabytes for a tile. Tags, their kinds and defaults are those of TIFF 6.0.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import struct

from PIL import ExifTags, _imaging
from PIL import TiffImagePlugin as Tiff

from mnist_app.errors import ImageError
from mnist_app.ink.limits import MAX_PIXELS, check_size

MAX_SIDE = 65_535  # pixels, as in JPEG; a fax decoder keeps 16 bytes for each pixel of a row
MAX_PIECES = 100_000  # strips or tiles; a scan has one for each row and colour at the most
MAX_PIECE = 4 * MAX_PIXELS  # bytes that one strip or tile may unfold to
MAX_SAMPLES = 6  # a pixel's: CMYK and two more
NONE, FAX, LZW, JPEG, DEFLATE, PACKBITS, OLD_DEFLATE = 1, 4, 5, 7, 8, 32773, 32946
COMPRESSIONS = {NONE, FAX, LZW, JPEG, DEFLATE, PACKBITS, OLD_DEFLATE}
WHITE_IS_ZERO, YCBCR = 0, 6
PHOTOMETRICS = {WHITE_IS_ZERO, 1, 2, 3, 5, YCBCR}  # black is zero, RGB, palette, CMYK
SEPARATE = 2  # planar configuration: each colour has strips of its own
MISSING = "its end is missing"
KINDS = {1: "B", 3: "H", 4: "L", 7: "B"}  # byte, short, long, undefined
STRIPS = {Tiff.STRIPOFFSETS: MAX_PIECES, Tiff.STRIPBYTECOUNTS: MAX_PIECES, Tiff.ROWSPERSTRIP: 1}
TILES = {
    Tiff.TILEOFFSETS: MAX_PIECES,
    Tiff.TILEBYTECOUNTS: MAX_PIECES,
    Tiff.TILEWIDTH: 1,
    Tiff.TILELENGTH: 1,
}
TAGS = {  # and how many values each may have
    Tiff.IMAGEWIDTH: 1,
    Tiff.IMAGELENGTH: 1,
    Tiff.BITSPERSAMPLE: MAX_SAMPLES,
    Tiff.COMPRESSION: 1,
    Tiff.PHOTOMETRIC_INTERPRETATION: 1,
    Tiff.FILLORDER: 1,
    ExifTags.Base.Orientation: 1,
    Tiff.SAMPLESPERPIXEL: 1,
    Tiff.PLANAR_CONFIGURATION: 1,
    Tiff.PREDICTOR: 1,
    Tiff.COLORMAP: 3 * 256,
    Tiff.EXTRASAMPLES: MAX_SAMPLES,
    Tiff.SAMPLEFORMAT: MAX_SAMPLES,
    Tiff.JPEGTABLES: 65_535,
    Tiff.YCBCRSUBSAMPLING: 2,
}

Entry = tuple[int, int, int, bytes]  # tag, kind, how many values, and these or where they are
Values = dict[int, tuple[int, ...]]


def is_tiff(content: bytes) -> bool:
    """Whether a file says that it is TIFF, or BigTIFF."""
    return content[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def plain_tiff(content: bytes) -> bytes:
    """A TIFF to one of the same first page that has nothing else and can be decoded without surprises.

    Raises ImageError for what is too large or unusual, ValueError for what is damaged.
    """
    _silence()
    order = "<" if content.startswith(b"II") else ">"
    try:
        version, start = struct.unpack_from(f"{order}HL", content, 2)
        if version != 42:
            raise unusual(f"version {version}")
        # The new directory goes to the end, so that all offsets stay what they are.
        content = content[:4] + struct.pack(f"{order}L", len(content)) + content[8:]
        entries = _entries(content, order, start)
        values = {tag: _values(content, order, entry) for tag, entry in entries.items()}
    except struct.error:
        raise ValueError(MISSING) from None
    _check(values, len(content))
    directory = [struct.pack(f"{order}HHL4s", *entries[tag]) for tag in sorted(entries)]
    return b"".join([content, struct.pack(f"{order}H", len(directory)), *directory, bytes(4)])


def unusual(what: str) -> ImageError:
    """The error for a TIFF that may be fine but is not read here."""
    return ImageError(f"This kind of TIFF cannot be read ({what}). Save it as PNG or JPEG, then try again.")


def _entries(content: bytes, order: str, start: int) -> dict[int, Entry]:
    """The first directory's entries that are needed, by tag."""
    (count,) = struct.unpack_from(f"{order}H", content, start)
    table = content[start + 2 : start + 2 + 12 * count]
    entries = {entry[0]: entry for entry in struct.iter_unpack(f"{order}HHL4s", table)}
    known = TAGS.keys() | (TILES if Tiff.TILEWIDTH in entries else STRIPS).keys()
    return {tag: entry for tag, entry in entries.items() if tag in known}


def _values(content: bytes, order: str, entry: Entry) -> tuple[int, ...]:
    tag, kind, count, value = entry
    most = (TAGS | STRIPS | TILES)[tag]
    if kind not in KINDS or not 1 <= count <= most:
        raise unusual(f"{count} values of kind {kind} for tag {tag}")
    form = f"{order}{count}{KINDS[kind]}"
    size = struct.calcsize(form)
    if size <= len(value):
        return struct.unpack_from(form, value)
    return struct.unpack_from(form, content, *struct.unpack(f"{order}L", value))


def _check(tags: Values, size: int) -> None:
    """Raise an error for a page that is too large, unusual or damaged; `size` is the file's, in bytes."""
    first = {tag: values[0] for tag, values in tags.items()}
    width, height = first.get(Tiff.IMAGEWIDTH, 0), first.get(Tiff.IMAGELENGTH, 0)
    check_size(width, height)
    samples = first.get(Tiff.SAMPLESPERPIXEL, 1)
    if max(width, height) > MAX_SIDE or samples > MAX_SAMPLES:
        raise unusual(f"{width}×{height} pixels of {samples} samples")
    bits = max(tags.get(Tiff.BITSPERSAMPLE, (1,)))
    _check_kind(first, bits)
    across = first.get(Tiff.TILEWIDTH, width)
    down = first.get(Tiff.TILELENGTH, min(first.get(Tiff.ROWSPERSTRIP, height), height))
    if not across or not down or across * down * bits * samples > 8 * MAX_PIECE:
        raise unusual(f"pieces of {across}×{down} pixels")
    columns, rows = -(-width // across), -(-height // down)
    if columns * across * rows * down > 2 * MAX_PIXELS:
        raise unusual(f"{columns * rows} pieces of {across}×{down} pixels")
    planes = samples if first.get(Tiff.PLANAR_CONFIGURATION) == SEPARATE else 1
    _check_pieces(tags, columns * rows * planes, size)


def _check_kind(first: dict[int, int], bits: int) -> None:
    compression = first.get(Tiff.COMPRESSION, NONE)
    if compression not in COMPRESSIONS:
        raise unusual(f"compression {compression}")
    light = first.get(Tiff.PHOTOMETRIC_INTERPRETATION, WHITE_IS_ZERO)
    # Pillow leaves deep negatives as they are, and takes for granted that YCbCr has a colour for each pixel.
    wrong = (light == WHITE_IS_ZERO and bits > 8) or (light == YCBCR and compression != JPEG)
    if wrong or light not in PHOTOMETRICS:
        raise unusual(f"{bits} bits of photometric interpretation {light}")


def _check_pieces(tags: Values, pieces: int, size: int) -> None:
    offsets = tags.get(Tiff.TILEOFFSETS, tags.get(Tiff.STRIPOFFSETS, ()))
    counts = tags.get(Tiff.TILEBYTECOUNTS, tags.get(Tiff.STRIPBYTECOUNTS, ()))
    if not len(offsets) == len(counts) == pieces:
        raise ValueError(f"{len(offsets)} pieces of {pieces}")
    # Where pieces share bytes, a small file can keep a decoder busy for hours.
    if sum(counts) > size or any(at + count > size for at, count in zip(offsets, counts, strict=True)):
        raise ValueError(MISSING)


@functools.cache
def _silence() -> None:
    """Stop libtiff from writing a line to stderr for each damaged row: Pillow says all that matters."""
    with contextlib.suppress(AttributeError, OSError):  # builds that don't show their libtiff
        ctypes.CDLL(_imaging.__file__).TIFFSetErrorHandler(None)
