"""Decode a page of an image or document, in a process that `sandbox` starts and that limits itself.

    python decoder_process.py KIND PAGE SECONDS MAX_MEMORY MAX_PIXELS WORKING_SIDE < file > pixels
    python decoder_process.py SOCKET

The second form stays: for each file it gets a line of arguments as above, three open files for the standard
streams, and a fourth that is closed when all is done. It forks a process for it, which takes a millisecond
where starting one takes a hundred, and nothing of one visitor's file is left in the next one's process.
KIND is IMAGE, TIFF, PDF or HEIC.

Run by its path, with nothing but Pillow and a decoder: importing the package would take longer than decoding.
PAGES is written first, and nothing else for page 0; then SIZE, and nothing else if it is too large; then
PIXELS and the image, upright and reduced. A PDF's page is drawn as large as WORKING_SIDE.
"""

from __future__ import annotations

import io
import os
import signal
import socket
import struct
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from PIL import ExifTags, Image, ImageChops
from PIL import TiffImagePlugin as Tiff

if sys.platform != "win32":
    import resource

PLAIN = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
REQUEST = 128  # bytes of a line of arguments, padded with spaces
MAX_OUTPUT = 2**27  # bytes that a decoder may write to any file; the largest picture has half of it
UPRIGHT = {  # undo each EXIF orientation
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

PAGES = struct.Struct("<L")  # how many the file has
SIZE = struct.Struct("<LL")  # width and height in pixels
PIXELS = struct.Struct("<dLL4s")  # the width over the original's, width and height, and Pillow's mode
MAX_PIECES = 100_000  # strips or tiles; a scan has at most one for each row and colour
MAX_DIRECTORIES = 5_000  # of a TIFF; any beyond counts as a page, so that a count of pages has an end
PASSWORD = "it needs a password"
NEW_SUBFILE_TYPE, REDUCED_OR_MASK = 254, 1 | 4  # TIFF 6.0's tag, and its bits for what is no page
WHITE_IS_ZERO, YCBCR, CIELAB, JPEG, SEPARATE = 0, 6, 8, 7, 2  # values of TIFF 6.0's tags

Document = tuple[int, Callable[[int], Image.Image]]  # its number of pages, and how to open one of them


def serve(number: str) -> None:
    """Answer requests from a socket, given by its number, until it is closed; fork a process for each."""
    requests = socket.socket(fileno=int(number))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how they end, and none stays a zombie
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the app, with which this ends
    Image.init()  # all formats, which each process would else import
    while True:
        line, files, _, _ = socket.recv_fds(requests, REQUEST, 4)
        if not line:
            return
        if not os.fork():
            requests.close()  # the next files are none of its business
            for stream, file in enumerate(files[:3]):
                os.dup2(file, stream)
            main(*line.decode().split())
            sys.stdout.flush()
            os._exit(0)
        for file in files:
            os.close(file)


def main(kind: str, page: str, seconds: str, max_memory: str, max_pixels: str, side: str) -> None:
    """Decode a page of standard input, counted from 1. Any exception means that the file is refused."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_PROF, float(seconds))  # of its own time, however busy the machine is
        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_OUTPUT, MAX_OUTPUT))
        with suppress(ValueError):  # macOS may refuse it
            resource.setrlimit(resource.RLIMIT_AS, (int(max_memory), int(max_memory)))
    Image.MAX_IMAGE_PIXELS = None  # the size is checked here, before anything is unfolded
    content, output = sys.stdin.buffer.read(), sys.stdout.buffer
    openers = {"IMAGE": _image, "TIFF": _tiff, "PDF": _pdf, "HEIC": _heic}
    pages, open_page = openers[kind](content, int(side))
    output.write(PAGES.pack(pages))
    if page == "0":
        return
    if int(page) > pages:
        raise ValueError(f"it has no page {page}")
    image = open_page(int(page) - 1)
    output.write(SIZE.pack(*image.size))
    if not 0 < image.width * image.height <= int(max_pixels):
        return
    if isinstance(image, Tiff.TiffImageFile):
        _check_tiff(image.tag_v2, len(content), int(max_pixels))
    width = image.width
    image.draft("RGB", (int(side), int(side)))  # a JPEG is reduced while it is decoded, for free
    scale = image.width / width
    image.info.pop("xmp", None)  # Pillow would parse it to turn the page
    small, factor = reduced(image, int(side))
    if kind == "IMAGE":  # the others were turned by their decoders
        small = turned_upright(small, image)
    output.write(PIXELS.pack(scale / factor, *small.size, small.mode.encode()))
    output.write(small.tobytes())


def reduced(image: Image.Image, side: int) -> tuple[Image.Image, int]:
    """Return an image as L, F (deep gray), RGB or RGBA, reduced by a whole factor, and the factor."""
    image.load()
    # Pillow takes every CMYK JPEG for a negative, which only Adobe's are.
    is_wrong = image.format == "JPEG" and image.mode == "CMYK" and "adobe" not in image.info
    plain = ImageChops.invert(image) if is_wrong else image
    if image.mode in ("I", "F") or "16" in image.mode:
        mode = "F"  # all others clip at 255: a 16-bit page would be all white
    elif image.has_transparency_data:
        plain = plain.convert("LA") if plain.mode == "La" else plain
        mode = "RGBA"
    else:
        mode = "L" if image.mode in ("1", "L") else "RGB"
    # First smaller, then all else: each copy of the largest takes 200 MB.
    factor = max(1, max(image.size) // side)
    plain = plain if plain.mode == mode else plain.convert(mode)
    return plain.reduce(factor) if factor > 1 else plain, factor


def turned_upright(small: Image.Image, image: Image.Image) -> Image.Image:
    """Return a reduced image, turned as the EXIF of the whole one says."""
    with suppress(SyntaxError, ValueError, struct.error):  # damaged EXIF is no reason to refuse a photo
        turn = UPRIGHT.get(image.getexif().get(ExifTags.Base.Orientation, 1))
        return small if turn is None else small.transpose(turn)
    return small


def _image(content: bytes, _: int) -> Document:
    """Return one picture: of an animation, or of several in a JPEG, the first."""
    return 1, lambda _: Image.open(io.BytesIO(content), formats=PLAIN)


def _heic(content: bytes, _: int) -> Document:
    """Return its primary image alone: the others are a burst's."""
    import pillow_heif  # GPL, so it is not required

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return 1, lambda _: pillow_heif.HeifImageFile(io.BytesIO(content))


def _pdf(content: bytes, side: int) -> Document:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise ValueError(PASSWORD if "password" in str(error) else "no page of it can be opened") from None
    pages = len(document)
    if not pages:
        raise ValueError("it has no pages")

    def drawn(index: int) -> Image.Image:
        try:
            page = document[index]
        except pypdfium2.PdfiumError:
            raise ValueError("this page is missing") from None
        return page.render(scale=side / max(page.get_size())).to_pil()

    return pages, drawn


def _tiff(content: bytes, _: int) -> Document:
    pages, layout = tiff_pages(content), _layout(content)

    def opened(index: int) -> Image.Image:
        # A file that begins with this page: damage in those before does no harm.
        start = content[: layout.first] + struct.pack(layout.offsets, pages[index])
        return Tiff.TiffImageFile(io.BytesIO(start + content[len(start) :]))

    return len(pages), opened


class _Layout(NamedTuple):
    """Layout of a TIFF: the place of its first directory's offset, the forms of offsets, counts, entries."""

    first: int
    offsets: str
    counts: str
    entry: int  # bytes


def _layout(content: bytes) -> _Layout:
    order = "<" if content[:2] == b"II" else ">"
    is_big = 43 in content[2:4]  # BigTIFF
    return _Layout(8, f"{order}Q", f"{order}Q", 20) if is_big else _Layout(4, f"{order}L", f"{order}H", 12)


def tiff_pages(content: bytes, most: int = MAX_DIRECTORIES) -> list[int]:
    """Return the offsets of the directories of a TIFF's pages, at most so many and at least the first.

    Thumbnails, other reduced copies and masks are no pages. A directory that is cut off is the last page.
    """
    first, offset, count, entry = _layout(content)
    directory = start = _unpacked(offset, content, first) or 0
    pages: list[int] = []
    seen: set[int] = set()
    while directory and directory not in seen and len(pages) < most:
        seen.add(directory)
        entries = directory + struct.calcsize(count)
        number = _unpacked(count, content, directory)
        # Entries are sorted by tag, and this is the lowest there is. Its value is as wide as an offset.
        is_typed = _unpacked(f"{offset[0]}H", content, entries) == NEW_SUBFILE_TYPE
        value = _unpacked(f"{offset[0]}L", content, entries + entry - struct.calcsize(offset))
        if not (number and is_typed and (value or 0) & REDUCED_OR_MASK) or len(seen) > MAX_DIRECTORIES:
            pages.append(directory)
        directory = 0 if number is None else _unpacked(offset, content, entries + number * entry) or 0
    return pages or [start]


def _unpacked(form: str, content: bytes, at: int) -> int | None:
    """Return the number at an offset, None if the file ends before."""
    return struct.unpack_from(form, content, at)[0] if at + struct.calcsize(form) <= len(content) else None


def _check_tiff(tags: Tiff.ImageFileDirectory_v2, size: int, max_pixels: int) -> None:
    """Raise ValueError for a page that Pillow would decode to wrong pixels, or to far more than it has.

    `size` is the file's, in bytes. Limits take care of the rest: huge pieces, odd tags, and time.
    """
    width, height = tags[Tiff.IMAGEWIDTH], tags[Tiff.IMAGELENGTH]
    samples, bits = tags.get(Tiff.SAMPLESPERPIXEL, 1), max(tags.get(Tiff.BITSPERSAMPLE, (1,)))
    light = tags.get(Tiff.PHOTOMETRIC_INTERPRETATION, WHITE_IS_ZERO)
    # Pillow leaves deep negatives as they are, and takes for granted that YCbCr has a colour for each pixel.
    is_wrong = light == CIELAB or (light == YCBCR and tags.get(Tiff.COMPRESSION) != JPEG)
    if is_wrong or (light == WHITE_IS_ZERO and bits > 8):
        raise ValueError(f"{bits} bits of photometric interpretation {light}")
    across = tags.get(Tiff.TILEWIDTH, width)
    down = tags.get(Tiff.TILELENGTH, min(tags.get(Tiff.ROWSPERSTRIP, height), height))
    if not across or not down:
        raise ValueError(f"pieces of {across}×{down} pixels")
    columns, rows = -(-width // across), -(-height // down)
    pieces = columns * rows * (samples if tags.get(Tiff.PLANAR_CONFIGURATION) == SEPARATE else 1)
    if pieces > MAX_PIECES or columns * across * rows * down > 2 * max_pixels:
        raise ValueError(f"{pieces} pieces of {across}×{down} pixels")
    offsets = tags.get(Tiff.TILEOFFSETS, tags.get(Tiff.STRIPOFFSETS, ()))
    counts = tags.get(Tiff.TILEBYTECOUNTS, tags.get(Tiff.STRIPBYTECOUNTS, ()))
    if not len(offsets) == len(counts) == pieces:
        raise ValueError(f"{len(offsets)} pieces of {pieces}")
    # A small file whose pieces share bytes can unfold to hours of work.
    if sum(counts) > size or any(at + count > size for at, count in zip(offsets, counts, strict=True)):
        raise ValueError("its end is missing")


if __name__ == "__main__":
    serve(sys.argv[1]) if len(sys.argv) == 2 else main(*sys.argv[1:])
