"""The process's side of a job: report to its status file, heed requests to stop, say why it ended."""

from __future__ import annotations

import errno
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import msgspec

from mnist_app.domain import Status
from mnist_app.errors import MnistAppError
from mnist_app.runs.audit import Event, record
from mnist_app.runs.job import STARTING, STOP_FILE, Job, JobStatus

REPORT_SECONDS = 0.5  # between two reports of figures
LOOK_SECONDS = 0.25  # between two looks for a request to stop
REPEAT_SECONDS = 5.0  # between two interrupts; one that comes while a library calls back may get lost
TRAINING_PACKAGES = ("keras", "optuna", "scipy", "tensorboard", "tensorflow", "unlzw3")
_FULL = (errno.ENOSPC, errno.EDQUOT)


class JobReport:
    """Reports of a job's process to its status file. A full disk does not stop the job here."""

    def __init__(self, job: Job) -> None:
        self._job, self._next = job, 0.0
        said = job.last_report()
        # The process was queued when it was started, however long Python took to come up.
        is_opening = said is not None and said.state is Status.QUEUED and said.phase == STARTING
        self._status = JobStatus(
            Status.QUEUED, since=said.since if said and is_opening else datetime.now(UTC)
        )

    def phase(self, phase: str, state: Status = Status.RUNNING) -> None:
        """Begin another part of the work."""
        self.update(state=state, phase=phase)

    def figures(self, done: float, loss: float, accuracy: float) -> None:
        """Report from within an epoch, at most every REPORT_SECONDS; NaN is left out."""
        if time.monotonic() >= self._next:
            measured = [None if value != value else value for value in (loss, accuracy)]
            self.update(done=done, loss=measured[0], accuracy=measured[1])

    def end(self, state: Status, reason: str = "", **more: Any) -> None:
        """Report the end: FINISHED, STOPPED or FAILED."""
        self.update(state=state, phase="", reason=reason, **more)
        record(Event.JOB_ENDED, job=self._job.folder.name, state=state, reason=reason)

    def update(self, **changes: Any) -> None:
        """Write the status with these changes."""
        self._next = time.monotonic() + REPORT_SECONDS
        self._status = msgspec.structs.replace(self._status, **changes)
        with suppress(OSError):
            self._job.report(self._status)


@contextmanager
def reporting(job: Job) -> Iterator[JobReport]:
    """Report to a job whose lock this process holds, and write down why it ended.

    A request to stop and SIGTERM become KeyboardInterrupt. Whatever is raised inside is reported as the
    reason why the job failed; a full disk and a lack of memory become the job's error with a remedy.
    """
    with _stoppable(job) as stop_event:
        report = JobReport(job)
        try:
            yield report
        except BaseException as error:
            stop_event.set()  # a second Ctrl-C must not keep this from being written
            if isinstance(error, KeyboardInterrupt):
                report.end(Status.STOPPED)
                raise
            reason = _reason(error, job)
            report.end(Status.FAILED, reason or f"A bug in this app: {error!r:.200}")
            if reason is None or reason == str(error):
                raise
            raise job.error(reason) from error


def _reason(error: BaseException, job: Job) -> str | None:
    """Return why a job ended and what to do; None for a bug."""
    # HDF5 and TensorFlow have errors of their own for a full disk.
    if getattr(error, "errno", None) in _FULL or os.strerror(errno.ENOSPC) in str(error):
        return f"The disk is full. Free some space, then go on: finished {job.kept} are kept."
    if isinstance(error, MnistAppError):
        return str(error)
    if isinstance(error, MemoryError):
        return f"There is too little memory. Close other programs, then go on: finished {job.kept} are kept."
    if isinstance(error, ModuleNotFoundError):
        return missing_package(error)
    if not isinstance(error, OSError):
        return None
    if not job.folder.exists():
        return f"{job.folder} was deleted while it was running."
    what = os.strerror(error.errno) if error.errno else f"{error!s:.200}"
    where = f" ({error.filename})" if error.filename else ""
    return f"It could not go on: {what}{where}. Put that right: finished {job.kept} are kept."


@contextmanager
def _stoppable(job: Job) -> Iterator[threading.Event]:
    """Turn a request to stop into SIGTERM, and SIGTERM into KeyboardInterrupt, until the event is set.

    Only the main thread can be interrupted.
    """
    request, stop_event = job.folder / STOP_FILE, threading.Event()
    said = job.last_report()
    if said is None or not said.is_starting:
        request.unlink(missing_ok=True)  # it was meant for an earlier process
    if threading.current_thread() is not threading.main_thread():
        yield stop_event
        return

    def interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 (a handler's signature)
        if not stop_event.is_set():
            raise KeyboardInterrupt

    def watch() -> None:
        while not stop_event.wait(LOOK_SECONDS):
            if request.exists():
                os.kill(os.getpid(), signal.SIGTERM)
                stop_event.wait(REPEAT_SECONDS)

    # A Ctrl-C that is ignored, as after `nohup … &`, stays ignored.
    is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    handled_signals = [signal.SIGTERM] if is_ignored else [signal.SIGTERM, signal.SIGINT]
    before = {number: signal.signal(number, interrupt) for number in handled_signals}
    watcher = threading.Thread(target=watch, name="stop", daemon=True)
    watcher.start()
    try:
        yield stop_event
    finally:
        stop_event.set()
        watcher.join()
        with suppress(OSError):
            request.unlink(missing_ok=True)
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def missing_package(error: ModuleNotFoundError) -> str | None:
    """Return what to install if only training needs the package that is missing; None for a bug."""
    package = (error.name or "").partition(".")[0]
    if package not in TRAINING_PACKAGES:
        return None
    return f"This needs {package}. To install it: pip install 'mnist-app[train]'"
