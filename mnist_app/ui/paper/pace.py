"""The pace of unfinished strokes: all who draw send theirs as often as the server has time for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

MIN_INTERVAL = 0.125  # seconds; eight answers a second are as many as one can follow
MAX_INTERVAL = 4.0  # seconds; no stroke takes so long, so only finished ones are sent
SHARE = 0.5  # of a core, for everything; what is left is for finished strokes that come together
PERIOD = 0.5  # seconds from one look at the share to the next
MAX_STEP = 2.0  # times, of the interval from one look to the next


class Pace:
    """The interval from one unfinished drawing of a visitor to the next, longer the busier the process is."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, used: Callable[[], float] = time.process_time
    ) -> None:
        self._clock, self._used = clock, used
        self._interval = MIN_INTERVAL
        self._last = clock(), used()
        self._lock = threading.Lock()

    def interval(self) -> float:
        """Return the interval in seconds."""
        with self._lock:
            now = self._clock()
            seconds = now - self._last[0]
            if seconds >= PERIOD:
                used = self._used()
                step = (used - self._last[1]) / seconds / SHARE
                step = min(MAX_STEP, max(1 / MAX_STEP, step))
                self._interval = min(MAX_INTERVAL, max(MIN_INTERVAL, self._interval * step))
                self._last = now, used
            return self._interval


PACE = Pace()  # of this process
