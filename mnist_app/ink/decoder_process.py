"""Decode one TIFF or HEIC, in a process that `sandbox` starts and limits.

    python decoder_process.py TIFF|HEIC MAX_MEMORY MAX_PIXELS WORKING_SIDE < file > pixels

Run by its path, with nothing but Pillow: importing the package would take longer than decoding. SIZE is
written first, and nothing else if it is too large; then PIXELS and the image, upright and reduced by a whole
factor.
"""

from __future__ import annotations

import io
import struct
import sys

from PIL import Image
from PIL import TiffImagePlugin as Tiff

SIZE = struct.Struct("<LL")  # width and height in pixels
PIXELS = struct.Struct("<LLL4s")  # the factor, the reduced width and height, and Pillow's mode
MODES = {"1": "L", "P": "RGB", "PA": "RGBA", "La": "LA", "RGBa": "RGBA", "I": "F"}
KNOWN = {"L", "LA", "RGB", "RGBA", "CMYK", "F"}
MAX_PIECES = 100_000  # strips or tiles; a scan has at most one for each row and colour
WHITE_IS_ZERO, YCBCR, JPEG, SEPARATE = 0, 6, 7, 2  # values of TIFF 6.0's tags


def main(kind: str, max_memory: str, max_pixels: str, side: str) -> None:
    """Decode standard input. Any exception means that the file is refused."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (int(max_memory), int(max_memory)))
    except (ImportError, ValueError):
        pass  # Windows has no such limits, macOS may refuse them; the time limit is left
    Image.MAX_IMAGE_PIXELS = None  # the size is checked here, before anything is unfolded
    content, output = sys.stdin.buffer.read(), sys.stdout.buffer
    image: Image.Image = Tiff.TiffImageFile(io.BytesIO(content)) if kind == "TIFF" else _heic(content)
    output.write(SIZE.pack(*image.size))
    if not 0 < image.width * image.height <= int(max_pixels):
        return
    if isinstance(image, Tiff.TiffImageFile):
        _check_tiff(image.tag_v2, len(content), int(max_pixels))
    image.info.pop("xmp", None)  # Pillow would parse it to turn the page
    image.load()
    mode = "F" if "16" in image.mode else MODES.get(image.mode, image.mode)
    if mode not in KNOWN:
        raise ValueError(f"pixels of the kind {mode}")
    factor = max(1, max(image.size) // int(side))
    small = (image if image.mode == mode else image.convert(mode)).reduce(factor)
    output.write(PIXELS.pack(factor, *small.size, mode.encode()) + small.tobytes())


def _heic(content: bytes) -> Image.Image:
    import pillow_heif  # GPL, so it is not required

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
    return pillow_heif.HeifImageFile(io.BytesIO(content))


def _check_tiff(tags: Tiff.ImageFileDirectory_v2, size: int, max_pixels: int) -> None:
    """Raise ValueError for a page that Pillow would decode to wrong pixels, or to far more than it has.

    `size` is the file's, in bytes. Limits take care of the rest: huge pieces, odd tags, and time.
    """
    width, height = tags[Tiff.IMAGEWIDTH], tags[Tiff.IMAGELENGTH]
    samples, bits = tags.get(Tiff.SAMPLESPERPIXEL, 1), max(tags.get(Tiff.BITSPERSAMPLE, (1,)))
    light = tags.get(Tiff.PHOTOMETRIC_INTERPRETATION, WHITE_IS_ZERO)
    # Pillow leaves deep negatives as they are, and takes for granted that YCbCr has a colour for each pixel.
    if (light == WHITE_IS_ZERO and bits > 8) or (light == YCBCR and tags.get(Tiff.COMPRESSION) != JPEG):
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
    main(*sys.argv[1:])
