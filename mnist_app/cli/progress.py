"""The line of a terminal that says what is being done."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from typing import TextIO

DELAY = 0.5  # seconds before the line is shown; most commands are over by then
INTERVAL = 0.1  # seconds between two states of the line


class ProgressLine:
    """A line of a terminal that is overwritten; nothing if the stream is not a terminal."""

    def __init__(self, stream: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._clock = stream, clock
        self._is_shown = stream.isatty()
        self._next = clock() + DELAY
        self._length = 0

    def show(self, text: str) -> None:
        """Write the line, unless it was written a moment ago."""
        if not self._is_shown or self._clock() < self._next:
            return
        self._next = self._clock() + INTERVAL
        columns = shutil.get_terminal_size().columns
        line = text if len(text) < columns else text[: columns - 2] + "…"
        print("\r" + line.ljust(self._length), end="", file=self._stream, flush=True)
        self._length = len(line)

    def clear(self) -> None:
        """Remove the line, to make room for text that stays."""
        if self._length:
            print("\r" + " " * self._length + "\r", end="", file=self._stream, flush=True)
            self._length = 0
