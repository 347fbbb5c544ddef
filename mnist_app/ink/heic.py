"""Untrusted HEIC to TIFF, in a process that can be stopped.

A few thousand bytes can name the same tile again and again, inside of one another, and keep libheif busy for
hours, whatever size the photo says it has. A process of its own also takes libheif's crashes with it.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec

from mnist_app.errors import ImageError
from mnist_app.ink.limits import MAX_PIXELS, WORKING_SIDE, check_size

# ISO 23008-12, annex B: HEVC stills and sequences, and the two that don't say which codec it is.
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
MAX_SECONDS = 10.0  # 50 megapixels take 1.3 on two cores
MAX_MEMORY = 2 * 2**30  # bytes of address space; 50 megapixels take under a half
_CONVERT = f"""
import io, sys
try:
    import resource
    resource.setrlimit(resource.RLIMIT_AS, ({MAX_MEMORY}, {MAX_MEMORY}))
except (ImportError, ValueError):
    pass  # Windows has no such limits, macOS may refuse them
import pillow_heif
pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
image = pillow_heif.HeifImageFile(io.BytesIO(sys.stdin.buffer.read()))
for side in image.size:
    sys.stdout.buffer.write(side.to_bytes(4, "little"))
if 0 < image.width * image.height <= {MAX_PIXELS}:
    image.load()
    mode = {{"I;16": "F", "RGBa": "RGBA"}}.get(image.mode, image.mode)
    image = image if mode == image.mode else image.convert(mode)
    tiff = io.BytesIO()
    image.reduce(max(1, max(image.size) // {WORKING_SIDE})).save(tiff, "TIFF")
    sys.stdout.buffer.write(tiff.getvalue())
"""


@dataclass(frozen=True)
class Converted:
    """A photo as TIFF, which may be smaller, and the width in pixels that it had as HEIC."""

    tiff: bytes
    width: int


def is_heic(content: bytes) -> bool:
    """Whether a file says that it is HEIC or its relative HEIF."""
    return content[4:8] == b"ftyp" and content[8:12] in BRANDS


def has_decoder() -> bool:
    """Whether pillow-heif is there, which many can do without."""
    return find_spec("pillow_heif") is not None


def heic_to_tiff(content: bytes) -> Converted:
    """Turned upright. Raises ImageError for what is too large or cannot be decoded here, else ValueError."""
    if not has_decoder():
        raise ImageError(
            "A HEIC photo cannot be read here. Save it as JPEG, or install pillow-heif, then try again."
        )
    command = [sys.executable, "-P", "-W", "ignore", "-c", _CONVERT]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=MAX_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise ImageError(
            f"The photo takes over {MAX_SECONDS:.0f} seconds to decode. Save it as JPEG, then try again."
        ) from None
    size, tiff = done.stdout[:8], done.stdout[8:]
    width, height = (int.from_bytes(side, "little") for side in (size[:4], size[4:]))
    if len(size) == 8:
        check_size(width, height)
    if done.returncode or not tiff:
        reason = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise ValueError(reason.partition(": ")[2] or "libheif gave up")
    return Converted(tiff, width)
