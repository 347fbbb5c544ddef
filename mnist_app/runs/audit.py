"""The audit log: who changed what, what was refused, what failed. A line of JSON for each event.

Drawings, photos and what was read from them are in no line. `logging` takes the lines to a file that
MNIST_APP_LOG names; without one, a server prints all but readings.
"""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from mnist_app.errors import MnistAppError

LOG = "MNIST_APP_LOG"


class Event(StrEnum):
    """All that is recorded, under the name that it has in the log and in the metrics."""

    READING = "reading"
    READING_REFUSED = "reading_refused"
    JOB_STARTED = "job_started"
    JOB_STOP_REQUESTED = "job_stop_requested"
    JOB_ENDED = "job_ended"
    RUN_IMPORTED = "run_imported"
    RUN_RENAMED = "run_renamed"
    RUN_ANNOTATED = "run_annotated"
    RUN_DELETED = "run_deleted"
    OWNER_RECOGNIZED = "owner_recognized"
    RIGHT_REFUSED = "right_refused"
    UPLOAD_REFUSED = "upload_refused"
    CHANGE_FAILED = "change_failed"
    ERROR = "error"


# A person looks at these first.
_WARNINGS = {Event.RIGHT_REFUSED, Event.UPLOAD_REFUSED, Event.CHANGE_FAILED, Event.ERROR}
_DETAILS = {Event.READING, Event.READING_REFUSED}

COUNTS: Counter[Event] = Counter()  # of this process; read by the metrics
_LOGGER = logging.getLogger("mnist_app.audit")
_LOGGER.addHandler(logging.NullHandler())
_LOGGER.propagate = False
_WHO: ContextVar[Mapping[str, str]] = ContextVar("who", default=MappingProxyType({}))


def record(event: Event, **facts: Any) -> None:
    """Count an event, and write its line: time, event, who, then these facts."""
    COUNTS[event] += 1
    level = logging.WARNING if event in _WARNINGS else logging.DEBUG if event in _DETAILS else logging.INFO
    if _LOGGER.isEnabledFor(level):
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = {"time": time, "event": event, **_WHO.get(), **facts}
        _LOGGER.log(level, "%s", json.dumps(line, default=str))


@contextmanager
def acting(**who: str) -> Iterator[None]:
    """Name who causes the events of this block."""
    token = _WHO.set(who)
    try:
        yield
    finally:
        _WHO.reset(token)


def start_log(is_server: bool = False) -> None:
    """Write the lines to the file that the environment names. Without one, a server prints them.

    Raises MnistAppError if the file cannot be written.
    """
    if path := os.environ.get(LOG):
        try:
            handler: logging.Handler = logging.FileHandler(path, encoding="utf-8")
        except OSError as error:
            raise MnistAppError(
                f"The log {path!r} that {LOG} names cannot be written: {error.strerror}."
            ) from error
    elif is_server:
        handler = logging.StreamHandler()
    else:
        return
    _LOGGER.setLevel(logging.DEBUG if path else logging.INFO)
    _LOGGER.addHandler(handler)
