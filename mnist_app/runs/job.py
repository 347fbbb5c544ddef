"""Jobs: commands of this app in processes of their own, which outlive the process that starts them.

A job is a folder with a lock, a status and a log. Its process holds the lock as long as it lives, so the
lock decides whether the job is alive, whatever the status claims. Pages and commands need nothing but the
folder to watch, start and stop a job: from another tab, another process, or after a restart of the server.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from filelock import FileLock, lock_descriptor

from mnist_app.domain import Status
from mnist_app.errors import MnistAppError, RunError
from mnist_app.runs.audit import LOG, Event, record
from mnist_app.runs.decoding import decode_json

LOCK_FILE, STATUS_FILE, LOG_FILE, STOP_FILE = "job.lock", "job.json", "job.log", "job.stop"
STARTING = "Starting"  # the phase of a process that has not said anything yet
MAX_START_SECONDS = 20.0  # until a process takes its lock; it imports Python's libraries before
PATIENCE = 10.0  # seconds to wait for a lock; a look at whether a job is alive holds it for a moment
_MAX_TEXT = 1_000  # characters of a phase or a reason
_LOOKS, _BETWEEN_LOOKS = 3, 0.002  # at a lock, and seconds between them: other looks hold it for microseconds
_TAIL = 16_384  # bytes of a log that are enough for its last lines
# TensorFlow and LiteRT say this whatever they are told.
_CHATTER = re.compile(r"[IW]\d{4} \d\d:\d\d:|WARNING: All log messages before absl|INFO: Created TensorFlow")
_REWRITTEN = re.compile(r"\x1b\[[0-9;]*[A-Za-z]|[^\n]*\r(?!\n)|\x08")  # colours, and a line's earlier states
_NEVER = datetime.fromtimestamp(0, UTC)
_CRASHED = (
    "Its process ended without a word: it was killed, memory ran out, or the machine stopped. See its log."
)


class JobStatus(msgspec.Struct, frozen=True):
    """The last report of a job's process, as its status file has it.

    `since` is when the process was started, `at` the same in seconds since 1970 while nothing has come of
    it. `done`, `loss` and `accuracy` are a training's, `lines` and `missing` those of a preparation of
    image sets.
    """

    state: Status
    phase: str = ""
    reason: str = ""
    since: datetime = _NEVER
    at: float = 0.0
    done: float = 0.0
    loss: float | None = None
    accuracy: float | None = None
    lines: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def is_starting(self) -> bool:
        """True if a process was started a moment ago and has not said anything yet."""
        is_opening = self.state is Status.QUEUED and self.phase == STARTING
        return is_opening and 0 <= time.time() - self.at < MAX_START_SECONDS


@dataclass(frozen=True)
class Job:
    """A job in a folder. `kept` says in a word what stays if it ends early, and `error` is raised then."""

    folder: Path
    kept: str = "epochs"
    error: type[MnistAppError] = RunError

    @property
    def lock(self) -> FileLock:
        """The lock that the job's process holds."""
        return FileLock(self.folder / LOCK_FILE)

    def is_alive(self) -> bool:
        """Return True if a process works on it, or is about to."""
        status = self.status()
        return status is not None and status.state.is_alive

    def is_held(self, lock: str = LOCK_FILE) -> bool:
        """Return True if a process holds the lock. Nothing is made to find out, as the folder may be gone."""
        with suppress(OSError), (self.folder / lock).open("rb") as file:
            for _ in range(_LOOKS):
                if lock_descriptor(file.fileno(), blocking=False):
                    return False
                time.sleep(_BETWEEN_LOOKS)
            return True
        return False

    def status(self) -> JobStatus | None:
        """Return the last report, its state corrected by the lock; None if there never was a process."""
        is_held = self.is_held()
        said = self.last_report()  # after the look at the lock: the end is written before it is released
        if said is None:
            return JobStatus(Status.RUNNING) if is_held else None
        if not is_held and said.state.is_alive and not said.is_starting:
            is_held = self.is_held()  # the process may have begun since
        if is_held:
            return msgspec.structs.replace(
                said, state=Status.QUEUED if said.state is Status.QUEUED else Status.RUNNING, reason=""
            )
        if said.state.is_alive and not said.is_starting:
            return msgspec.structs.replace(said, state=Status.CRASHED, reason=_CRASHED, phase="")
        return said

    def last_report(self) -> JobStatus | None:
        """Return the status file's content; None without one, and CRASHED if it is damaged."""
        try:
            said = decode_json((self.folder / STATUS_FILE).read_bytes(), JobStatus)
            since = said.since.astimezone(UTC)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except (OSError, ValueError, OverflowError):
            why = f"{STATUS_FILE} is damaged; finished {self.kept} are kept."
            return JobStatus(Status.CRASHED, reason=why)
        return msgspec.structs.replace(
            said, phase=said.phase[:_MAX_TEXT], reason=said.reason[:_MAX_TEXT], since=since
        )

    def report(self, status: JobStatus) -> None:
        """Write a status whole; on a full disk over the one before, where there is room. Raises OSError.

        It is not forced to the disk, which would cost too much twice a second.
        """
        file, content = self.folder / STATUS_FILE, msgspec.json.encode(status)
        unfinished = file.with_name(f"{file.name}.tmp")
        try:
            unfinished.write_bytes(content)
            unfinished.replace(file)
        except OSError:
            unfinished.unlink(missing_ok=True)
            with file.open("r+b") as stream:
                stream.write(content)
                stream.truncate()

    def start(self, arguments: list[str], **environment: str) -> None:
        """Start a command of this app as the job's process; it does not end with this one. Raises OSError.

        Its output is appended to the log.
        """
        now = datetime.now(UTC)
        (self.folder / STOP_FILE).unlink(missing_ok=True)
        self.report(JobStatus(Status.QUEUED, STARTING, since=now, at=now.timestamp()))
        try:
            _spawn(arguments, self.folder / LOG_FILE, environment)
        except OSError as error:
            with suppress(OSError):
                self.report(
                    JobStatus(Status.FAILED, reason=f"It can't be started: {error.strerror}.", since=now)
                )
            raise
        record(Event.JOB_STARTED, job=self.folder.name, command=arguments)

    def request_stop(self) -> None:
        """Ask the job's process to stop. Raises OSError."""
        (self.folder / STOP_FILE).touch()
        record(Event.JOB_STOP_REQUESTED, job=self.folder.name)

    def clear_log(self) -> None:
        """Delete what the process before wrote. Raises OSError."""
        (self.folder / LOG_FILE).unlink(missing_ok=True)

    def last_lines(self, lines: int) -> list[str]:
        """Return the last lines of the log; a progress line counts as its last state."""
        try:
            with (self.folder / LOG_FILE).open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
                text = _REWRITTEN.sub("", file.read().decode("utf-8", "replace"))
        except OSError:
            return []
        return [line for line in text.splitlines() if line.strip() and not _CHATTER.match(line)][-lines:]


def _spawn(arguments: list[str], log: Path, environment: dict[str, str]) -> None:
    package = Path(__file__).resolve().parents[1]
    for name in ("MNIST_APP_DATA", "XDG_CACHE_HOME", LOG):
        if named := os.environ.get(name):
            environment[name] = str(Path(named).resolve())  # the process is started in another folder
    with log.open("ab") as stream:
        process = subprocess.Popen(
            [
                sys.executable,
                "-u",
                "-m",
                package.name,
                *arguments,
            ],  # -u: lines are logged as they are printed
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=subprocess.STDOUT,
            cwd=package.parent,
            env={**os.environ, **environment},
            start_new_session=True,  # Ctrl-C for the server must not reach it
        )
    # Reap the child, or it stays a zombie.
    threading.Thread(target=process.wait, name=f"process {process.pid}", daemon=True).start()
