"""Untrusted images, decoded in a process with limits of time and memory.

Decoders believe what a file says of itself: a few thousand bytes can make them unfold the same tile again and
again, or reserve gigabytes. A process takes a decoder's crashes and its lines on stderr with it.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from importlib.util import find_spec
from typing import IO

from PIL import UnidentifiedImageError

from mnist_app.errors import ImageError
from mnist_app.ink import decoder_process
from mnist_app.ink.decoder_process import PAGES, PASSWORD, PIXELS, REQUEST, SIZE, tiff_pages
from mnist_app.ink.limits import MAX_PAGES, MAX_PIXELS, WORKING_SIDE, check_page, check_size

MAX_SECONDS = 10.0  # of computing; 50 megapixels of HEIC take 2.6
MAX_MEMORY = 5 * 2**28  # bytes of address space; 50 megapixels take at most 0.8 GB
MAX_DECODERS = 4  # at a time
PATIENCE = 30.0  # seconds more, on a busy machine, until a process that says nothing is killed
HEIC_HINT = (
    "A HEIC photo cannot be read here. Save it as JPEG, or run `pip install pillow-heif`, then try again."
)
PROGRAM = decoder_process.__file__
COMMAND = (sys.executable, "-P", "-W", "ignore")
# ISO 23008-12, annex B: HEVC stills and sequences, and the two that don't say which codec it is.
BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
MAX_HEAD = 1_024  # bytes that tell which kind a file is
BLANK = b"\xef\xbb\xbf\0\t\n\f\r "  # some programs write such bytes before a PDF
TIFFS = {b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"}  # and BigTIFF
_RUNNING = threading.BoundedSemaphore(MAX_DECODERS)


def kind_of(content: bytes) -> str:
    """Return "TIFF", "PDF" or "HEIC" if a file says that it is one, else "IMAGE"."""
    if content[:4] in TIFFS:
        return "TIFF"
    if content[:MAX_HEAD].lstrip(BLANK).startswith(b"%PDF-"):
        return "PDF"
    return "HEIC" if content[4:8] == b"ftyp" and content[8:12] in BRANDS else "IMAGE"


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
    """A page, upright: Pillow's mode, its width and height, its raw pixels.

    And its width over the original's, at most 1, and how many pages the file has.
    """

    mode: str
    size: tuple[int, int]
    raw: bytes
    scale: float
    pages: int


def decode_in_sandbox(kind: str, content: bytes, page: int) -> DecodedPage:
    """Decode a page, counted from 1, of an image or document.

    Raises ImageError if it is too large, cannot be decoded here or takes too long, or has no such page;
    ValueError if it is damaged, UnidentifiedImageError if it is no image.
    """
    if kind == "HEIC" and not has_heic_decoder():
        raise ImageError(HEIC_HINT)
    done = _run(kind, content, page)
    pages = _pages(kind, done)
    check_page(page, pages)
    if len(done.output) >= PAGES.size + SIZE.size:
        check_size(*SIZE.unpack_from(done.output, PAGES.size))
    start = PAGES.size + SIZE.size + PIXELS.size
    if len(done.output) <= start:
        raise _refusal(kind, done)
    scale, width, height, mode = PIXELS.unpack_from(done.output, PAGES.size + SIZE.size)
    return DecodedPage(mode.rstrip(b"\0").decode(), (width, height), done.output[start:], scale, pages)


@dataclass(frozen=True)
class _Done:
    """Whatever a decoder's process wrote to standard output and standard error, and the time that it took."""

    output: bytes
    messages: bytes
    seconds: float


def _run(kind: str, content: bytes, page: int) -> _Done:
    request = list(map(str, (kind, page, MAX_SECONDS, MAX_MEMORY, MAX_PIXELS, WORKING_SIDE)))
    with _RUNNING:
        if hasattr(os, "fork"):
            return _server.run(" ".join(request).encode().ljust(REQUEST), content)
        command = [*COMMAND, PROGRAM, *request]  # Windows
        try:
            ran = subprocess.run(
                command, input=content, capture_output=True, timeout=MAX_SECONDS, check=False
            )
            return _Done(ran.stdout, ran.stderr, 0.0)
        except subprocess.TimeoutExpired:
            return _Done(b"", b"", MAX_SECONDS)


class _Server:
    """The process that forks decoders; it is started when it is needed, and ends with this one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # held while a request is handed over, never while it is worked on
        self._process: subprocess.Popen[bytes] | None = None
        self._requests = socket.socket()

    def run(self, request: bytes, content: bytes) -> _Done:
        """Return what a decoder made of a file; nothing if it was killed."""
        ours, theirs = socket.socketpair()
        with ours, _memory() as file, _memory() as output, _memory() as messages:
            file.write(content)
            for each in (file, output, messages):
                each.seek(0)
            started = time.monotonic()
            with theirs:
                process = self._hand_over(
                    request, [each.fileno() for each in (file, output, messages, theirs)]
                )
            ours.settimeout(MAX_SECONDS + PATIENCE)
            try:
                ours.recv(1)  # nothing is sent: it ends when the decoder does
            except TimeoutError:  # it never began
                process.kill()
            output.seek(0)
            messages.seek(0)
            return _Done(output.read(), messages.read(), time.monotonic() - started)

    def close(self) -> None:
        """End the process; a decoder that it has forked goes on until its own limits."""
        self._requests.close()
        if self._process:
            self._process.wait()
            self._process = None

    def _hand_over(self, request: bytes, files: list[int]) -> subprocess.Popen[bytes]:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self.close()
                self._requests, theirs = socket.socketpair()
                with theirs:
                    self._process = subprocess.Popen(
                        [*COMMAND, PROGRAM, str(theirs.fileno())],
                        stdin=subprocess.DEVNULL,
                        stdout=subprocess.DEVNULL,
                        pass_fds=[theirs.fileno()],
                    )
            socket.send_fds(self._requests, [request], files)
            return self._process


def _memory() -> IO[bytes]:
    """Return an open file without a name, in memory where that can be had."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("image"), "w+b")
    return tempfile.TemporaryFile()


_server = _Server()
atexit.register(_server.close)


def _pages(kind: str, done: _Done) -> int:
    if len(done.output) < PAGES.size:
        raise _refusal(kind, done)
    return min(PAGES.unpack_from(done.output)[0], MAX_PAGES + 1)


def _refusal(kind: str, done: _Done) -> Exception:
    """Return the error for what the process could not decode."""
    if done.seconds >= MAX_SECONDS:
        return ImageError(
            f"It takes over {MAX_SECONDS:.0f} seconds to decode. Save it as JPEG, then try again."
        )
    error, _, reason = done.messages.decode("utf-8", "replace").strip().rpartition("\n")[2].partition(": ")
    if error.endswith("UnidentifiedImageError"):
        return UnidentifiedImageError()
    if error == "MemoryError":
        return ImageError("It takes too much memory to decode. Make it smaller, then try again.")
    if kind in ("HEIC", "IMAGE"):
        return ValueError(reason or "its decoder gave up")
    if reason == PASSWORD:
        return ImageError("This PDF is protected by a password. Save it without one, then try again.")
    what, decoder = ("This PDF", "PDFium") if kind == "PDF" else ("This kind of TIFF", "libtiff")
    return ImageError(
        f"{what} cannot be read or is damaged ({reason or f'{decoder} gave up'!s:.80}). "
        "Save it as PNG or JPEG, then try again."
    )
