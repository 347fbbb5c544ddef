"""The preparation of image sets as a job: pages start it, watch it and outlive it. One runs at a time."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import Timeout

from mnist_app.domain import Status
from mnist_app.errors import DataError
from mnist_app.runs.folders import MNIST_FILE, cache_dir
from mnist_app.runs.image_sets import SetStore, unwritable
from mnist_app.runs.job import Job, JobStatus
from mnist_app.runs.job_process import JobReport, reporting

PATIENCE = 2.0  # seconds; a look at whether a preparation is alive holds its lock for a moment
_STARTING = threading.Lock()


def status() -> JobStatus | None:
    """Return how far the preparation has come, with a line for each set; None if there never was one.

    `missing` names the sets that can't be had, and why; `reason` says why it ended early.
    """
    return _job().status()


def is_data_at_hand() -> bool:
    """Return True if MNIST can be had without a download: it is named, or in the cache."""
    return bool(os.environ.get("MNIST_APP_DATA")) or (cache_dir() / MNIST_FILE).is_file()


def start(offline: bool) -> None:
    """Start a process that prepares, unless there is one; `offline`, it downloads nothing.

    It does not end with this process. Raises DataError if it can't be started.
    """
    with _STARTING:  # the first visitors may come at once
        said = status()
        if said is not None and said.state.is_alive:
            return
        job = _job()
        try:
            job.folder.mkdir(parents=True, exist_ok=True)
            job.clear_log()
            job.start(["data", "prepare", *["--offline"] * offline])
        except OSError as error:
            raise unwritable(error) from error


class PreparationReport:
    """Report of a preparation: a line for each set that was made."""

    def __init__(self, report: JobReport) -> None:
        self._report, self._lines = report, list[str]()

    def add(self, line: str) -> None:
        """Report another set."""
        self._lines.append(line)
        self._report.update(lines=tuple(self._lines))

    def end(self, missing: list[str]) -> None:
        """Report the end: all sets were made but those that are missing."""
        self._report.end(Status.FINISHED, missing=tuple(missing))


@contextmanager
def preparation_process() -> Iterator[PreparationReport]:
    """Be the process that prepares. Raises DataError if there is another, or nothing can be written.

    Whatever is raised inside is written down as the reason why it ended.
    """
    job = _job()
    lock = job.lock
    try:
        job.folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=PATIENCE)
    except Timeout:
        raise DataError("The images are being prepared already, by another process.") from None
    except OSError as error:
        raise unwritable(error) from error
    try:
        with reporting(job) as report:
            report.phase("Preparing images")
            SetStore().delete_abandoned()
            yield PreparationReport(report)
    finally:
        lock.release()


def _job() -> Job:
    return Job(SetStore().root, kept="sets", error=DataError)
