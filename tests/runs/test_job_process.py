"""The process of a job: it reports, heeds requests to stop, and says why it ended."""

from __future__ import annotations

import errno
import os
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import pytest

from mnist_app.domain import Status
from mnist_app.errors import DataError, MnistAppError, RunError
from mnist_app.runs import job_process
from mnist_app.runs.job import STARTING, STOP_FILE, Job, JobStatus
from mnist_app.runs.job_process import reporting

FULL = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
HDF5_FULL = RuntimeError(
    "Can't decrement id ref count (errno = 28, error message = 'No space left on device')"
)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def said(job: Job) -> JobStatus:
    status = job.last_report()
    assert status is not None
    return status


def wait_for_an_interrupt() -> None:
    with suppress(OSError):
        for _ in range(1_000):
            time.sleep(0.02)
    pytest.fail("nobody interrupted")


@pytest.mark.parametrize(
    ("error", "raised", "reason"),
    [
        (DataError("MNIST could not be had."), DataError, "MNIST could not be had."),
        (FULL, RunError, "Free some space"),
        (HDF5_FULL, RunError, "Free some space"),
        (RunError("Runs cannot be saved: No space left on device."), RunError, "Free some space"),
        (OSError(errno.EDQUOT, "Disk quota exceeded"), RunError, "Free some space"),
        (PermissionError(errno.EACCES, "x", "/a/file"), RunError, "Permission denied (/a/file)"),
        (OSError("truncated"), RunError, "truncated"),
        (MemoryError(), RunError, "Close other programs"),
        (ModuleNotFoundError("x", name="keras"), RunError, "pip install 'mnist-app[train]'"),
        (ModuleNotFoundError("x", name="mnist_app.x"), ModuleNotFoundError, "A bug in this app"),
        (ValueError("x is y"), ValueError, "A bug in this app: ValueError('x is y')"),
    ],
)
def test_the_reason_of_a_failure_is_kept(
    job: Job, error: Exception, raised: type[Exception], reason: str
) -> None:
    with pytest.raises(raised) as caught, reporting(job):
        raise error
    assert said(job).state == Status.FAILED
    assert reason in said(job).reason
    if isinstance(caught.value, MnistAppError):
        assert str(caught.value) == said(job).reason


def test_the_reason_names_what_is_kept_and_the_error_is_the_jobs_own(tmp_path: Path) -> None:
    job = Job(tmp_path, kept="sets", error=DataError)
    with pytest.raises(DataError, match="finished sets are kept"), reporting(job):
        raise FULL


def test_figures_are_written_at_most_so_often(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(now=0.0)
    monkeypatch.setattr("time.monotonic", lambda: clock.now)
    with reporting(job) as report:
        report.phase("Learning")
        report.figures(0.1, 2.0, 0.1)
        assert said(job).done == 0
        clock.now += job_process.REPORT_SECONDS
        report.figures(0.2, float("nan"), 0.2)
        assert (said(job).done, said(job).accuracy, said(job).loss) == (0.2, 0.2, None)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_a_job_once(job: Job, number: signal.Signals, monkeypatch: pytest.MonkeyPatch) -> None:
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)]
    write = Job.report

    def impatient(own: Job, status: JobStatus) -> None:
        if status.state == Status.STOPPED:
            os.kill(os.getpid(), number)
        write(own, status)

    monkeypatch.setattr(Job, "report", impatient)
    with pytest.raises(KeyboardInterrupt), reporting(job):
        os.kill(os.getpid(), number)
        wait_for_an_interrupt()
    assert said(job).state == Status.STOPPED
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGINT)] == before


def test_a_ctrl_c_that_is_ignored_stays_ignored(job: Job) -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with reporting(job):
            os.kill(os.getpid(), signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_job_that_is_asked_to_stop_stops(job: Job) -> None:
    with pytest.raises(KeyboardInterrupt), reporting(job):
        job.request_stop()
        wait_for_an_interrupt()
    assert said(job).state == Status.STOPPED
    assert not (job.folder / STOP_FILE).exists()


def test_a_request_to_stop_that_got_lost_is_repeated(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(job_process, "REPEAT_SECONDS", 0.05)
    with pytest.raises(KeyboardInterrupt), reporting(job):
        job.request_stop()
        with suppress(KeyboardInterrupt):  # as a library does that calls back
            wait_for_an_interrupt()
        wait_for_an_interrupt()


def test_a_request_to_stop_counts_before_the_process_has_started(job: Job) -> None:
    job.report(JobStatus(Status.QUEUED, STARTING, at=time.time()))
    job.request_stop()
    with pytest.raises(KeyboardInterrupt), reporting(job):
        wait_for_an_interrupt()


def test_a_request_to_stop_an_earlier_process_is_ignored(job: Job) -> None:
    job.request_stop()
    with reporting(job):
        assert not (job.folder / STOP_FILE).exists()


def test_a_thread_can_be_a_jobs_process_too(job: Job) -> None:
    def work() -> None:
        with reporting(job) as report:
            report.phase("Learning")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert said(job).state == Status.RUNNING
