"""What is being done, on a line of a terminal that is written anew again and again."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from typing import TextIO

DELAY = 0.5  # seconds; nobody wants to be told what is over by then
PAUSE = 0.1  # seconds between two states of the line


class Progress:
    """A line on a terminal; nothing where the stream is none."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._is_shown = stream.isatty()
        self._next = clock() + DELAY
        self._length = 0

    def show(self, text: str) -> None:
        """Write the line, unless that was done a moment ago."""
        if not self._is_shown or self._clock() < self._next:
            return
        self._next = self._clock() + PAUSE
        columns = shutil.get_terminal_size().columns
        line = text if len(text) < columns else text[: columns - 2] + "…"
        self._write("\r" + line.ljust(self._length))
        self._length = len(line)

    def clear(self) -> None:
        """Take the line away, for what is to stay."""
        if self._length:
            self._write("\r" + " " * self._length + "\r")
            self._length = 0

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
