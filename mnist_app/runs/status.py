"""What the process of a training last said of itself, in its folder's status.json.

Anything may stand in that file: what makes no sense there is left out, never an error.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mnist_app.runs.process import STARTING

STATUS_FILE = "status.json"
OPENING = "Starting"  # the phase of a process that has not said anything yet
_STATES = ("queued", "running", "stopped", "failed")
_MAX_TEXT = 1_000  # characters of a phase or a reason
_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True)
class Status:
    """What `Training` has of it. `state` is "crashed" where the file is damaged; `at`: when it was opened."""

    state: str = "stopped"
    phase: str = ""
    done: float = 0.0
    loss: float = math.nan
    accuracy: float = math.nan
    reason: str = ""
    since: datetime = _NEVER
    at: float = 0.0

    @property
    def is_alive(self) -> bool:
        """Whether a process says that it is at it, which is for its lock to prove."""
        return self.state in ("queued", "running")

    @property
    def is_opening(self) -> bool:
        """Whether a process was started, and has not said anything yet."""
        return self.state == "queued" and self.phase == OPENING

    @property
    def is_new(self) -> bool:
        """Whether that was a moment ago."""
        return self.is_opening and 0 <= time.time() - self.at < STARTING


def read_status(folder: Path) -> Status:
    """The status in a training's folder; "stopped" where none is, for nobody was ever at it."""
    try:
        raw = json.loads((folder / STATUS_FILE).read_bytes())
        if raw["state"] not in _STATES:
            raise ValueError(f"{raw['state']!r} is no state")
    except FileNotFoundError:
        return Status()
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return Status("crashed", reason=f"{STATUS_FILE} is damaged; finished epochs are kept.")
    return Status(
        state=raw["state"],
        phase=str(raw.get("phase", ""))[:_MAX_TEXT],
        done=_number(raw, "done", 0.0),
        loss=_number(raw, "loss"),
        accuracy=_number(raw, "accuracy"),
        reason=str(raw.get("reason", ""))[:_MAX_TEXT],
        since=_moment(raw),
        at=_number(raw, "at", 0.0),
    )


def write_status(folder: Path, status: Mapping[str, Any]) -> None:
    """Write a status whole, on a full disk over the one before, where there is room. Raises OSError.

    It is not forced to the disk as what must outlast a power cut is: that would cost more than it is worth,
    twice a second.
    """
    file, content = folder / STATUS_FILE, json.dumps(status).encode()
    unfinished = file.with_name(f"{file.name}.tmp")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(file)
    except OSError:
        unfinished.unlink(missing_ok=True)
        with file.open("r+b") as stream:
            stream.write(content)
            stream.truncate()


def _number(raw: Mapping[str, Any], key: str, missing: float = math.nan) -> float:
    try:
        number = float(raw[key])
    except (KeyError, TypeError, ValueError, OverflowError):
        return missing
    return number if math.isfinite(number) else missing


def _moment(raw: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(str(raw.get("since"))).astimezone(UTC)
    except (ValueError, OverflowError):
        return _NEVER
