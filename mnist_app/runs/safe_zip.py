"""Untrusted files, read within limits; of zips, only plain files."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from pathlib import Path

from mnist_app.errors import ImportRefusedError

MAX_BYTES = 256 * 2**20  # bytes, packed or unpacked; the largest run that is shipped has 5 MB
MAX_FILES = 1_000  # a run has ten; TensorBoard's files are two more with each time it is resumed
_ENTRY = b"PK\x01\x02"  # begins each line of a zip's table of contents
_ENCRYPTED = 0x1  # of an entry's flags
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
)


def read_bounded(file: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the bytes of a file that is to be imported. Raises ImportRefusedError."""
    try:
        if not file.is_file():
            raise ImportRefusedError(f"{str(file)!r} is no file. Name one that `runs export` or Keras wrote.")
        if file.stat().st_size > max_bytes:
            raise ImportRefusedError(f"{str(file)!r} is too large: at most {max_bytes // 2**20} MB are read.")
        return file.read_bytes()
    except OSError as error:
        raise ImportRefusedError(f"{str(file)!r} cannot be read: {error.strerror}.") from None


def unzip(content: bytes) -> dict[str, bytes]:
    """Return a zip's files by name, without folders. Raises ValueError for anything but a plain zip."""
    with _open(content) as archive:
        entries = _checked(archive)
        try:
            return {entry.filename: archive.read(entry) for entry in entries if not entry.is_dir()}
        except BROKEN as error:
            raise ValueError(f"a zip in it is damaged ({error!s:.80})") from error


def check_zip(content: bytes) -> None:
    """Check that a zip is within the limits that `unzip` has. Raises ValueError."""
    with _open(content) as archive:
        _checked(archive)


def _open(content: bytes) -> zipfile.ZipFile:
    # Counted before the table of contents is read, because that takes memory for each of its lines.
    if len(content) > MAX_BYTES or content.count(_ENTRY) > 2 * MAX_FILES:
        raise ValueError(f"it is too large: at most {MAX_BYTES // 2**20} MB and {MAX_FILES:,} files are read")
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except BROKEN as error:
        raise ValueError(f"it is no whole zip ({error!s:.80})") from error


def _checked(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the entries if all are plain and together not too large. Raises ValueError."""
    entries = archive.infolist()
    for entry in entries:
        if not entry.filename:
            raise ValueError("it has a file without a name")
        kind = stat.S_IFMT(entry.external_attr >> 16)
        if kind not in (0, stat.S_IFDIR if entry.is_dir() else stat.S_IFREG):
            raise ValueError(f"{entry.filename!r:.80} in it is a link, or something else that is no file")
        if entry.flag_bits & _ENCRYPTED or entry.compress_type not in _METHODS:
            raise ValueError(f"{entry.filename!r:.80} in it is encrypted, or packed in an unusual way")
    if len({entry.filename for entry in entries}) < len(entries):
        raise ValueError("it has two files of the same name")
    # zipfile reads no more of an entry than it says here.
    if len(entries) > MAX_FILES or sum(entry.file_size for entry in entries) > MAX_BYTES:
        raise ValueError(
            f"it is too large unpacked: at most {MAX_BYTES // 2**20} MB and {MAX_FILES:,} files are read"
        )
    return entries
