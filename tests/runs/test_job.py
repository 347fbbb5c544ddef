"""Jobs as folders: what their lock, their status and their log tell."""

from __future__ import annotations

import errno
import os
import shutil
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mnist_app.domain import Status
from mnist_app.runs.job import LOCK_FILE, LOG_FILE, MAX_START_SECONDS, STARTING, STATUS_FILE, Job, JobStatus


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def state(job: Job) -> Status:
    status = job.status()
    assert status is not None
    return status.state


def test_a_job_without_a_process_has_no_status(job: Job) -> None:
    assert job.status() is None
    assert not job.is_alive()


def test_a_job_that_claims_to_run_and_holds_no_lock_has_crashed(job: Job) -> None:
    job.report(JobStatus(Status.RUNNING, "Learning", done=2.5))
    status = job.status()
    assert status is not None
    assert (status.state, status.phase, job.is_alive()) == (Status.CRASHED, "", False)
    assert "killed" in status.reason
    with job.lock:
        assert (state(job), job.is_alive()) == (Status.RUNNING, True)


@pytest.mark.parametrize(
    ("ago", "expected"),
    [(0, Status.QUEUED), (MAX_START_SECONDS + 1, Status.CRASHED), (-3600, Status.CRASHED)],
)
def test_a_process_has_a_while_to_start(job: Job, ago: float, expected: Status) -> None:
    """A clock that was put back is no reason to wait for an hour."""
    job.report(JobStatus(Status.QUEUED, STARTING, at=time.time() - ago))
    assert state(job) == expected


def test_a_job_that_ends_between_two_looks_has_not_crashed(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    job.report(JobStatus(Status.RUNNING))

    def ends(_: Job) -> bool:
        job.report(JobStatus(Status.STOPPED))
        return False

    monkeypatch.setattr(Job, "is_held", ends)
    assert state(job) == Status.STOPPED


def test_a_job_that_begins_between_two_looks_has_not_crashed(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    job.report(JobStatus(Status.RUNNING))
    looks = iter([False, True])
    monkeypatch.setattr(Job, "is_held", lambda _: next(looks))
    assert state(job) == Status.RUNNING


def test_looks_at_a_lock_are_not_mistaken_for_a_process(job: Job) -> None:
    (job.folder / LOCK_FILE).touch()
    seen: list[bool] = []
    threads = [threading.Thread(target=lambda: seen.extend(job.is_held() for _ in range(100))) for _ in "123"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 300
    assert not any(seen)


def test_a_look_at_a_job_that_is_gone_makes_nothing(job: Job) -> None:
    shutil.rmtree(job.folder)
    assert job.status() is None
    assert job.last_lines(3) == []
    assert not job.folder.exists()


def test_on_a_full_disk_a_status_takes_the_room_of_the_one_before(
    job: Job, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    job.report(JobStatus(Status.RUNNING, "a long phase, so that some of it would be left over"))
    monkeypatch.setattr(Path, "write_bytes", full)
    job.report(JobStatus(Status.FAILED, reason="The disk is full."))
    assert job.status() == JobStatus(Status.FAILED, reason="The disk is full.")
    assert [file.name for file in job.folder.iterdir()] == [STATUS_FILE]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "null", "{}", "\xff", "[" * 9999, '{"state": "gone"}', '{"state": ["running"]}'],
)
def test_a_damaged_status_is_said_and_does_no_harm(job: Job, content: str) -> None:
    (job.folder / STATUS_FILE).write_text(content, encoding="latin-1")
    status = job.status()
    assert status is not None
    assert status.state == Status.CRASHED
    assert f"{STATUS_FILE} is damaged" in status.reason
    with job.lock:
        assert state(job) == Status.RUNNING


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "soon", "5"])
def test_a_start_that_no_calendar_has_is_long_ago(job: Job, since: str) -> None:
    (job.folder / STATUS_FILE).write_text(f'{{"state": "stopped", "since": "{since}"}}')
    status = job.status()
    assert status is not None
    assert status.since == datetime.fromtimestamp(0, UTC)


def test_a_process_that_cannot_be_started_has_failed(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    with pytest.raises(FileNotFoundError):
        job.start(["data", "prepare"])
    assert state(job) == Status.FAILED


def test_the_log_shows_the_lines_that_people_want_to_read(job: Job) -> None:
    (job.folder / LOG_FILE).write_bytes(
        b"x" * 50_000
        + b"\nWARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n"
        + b"I0000 00:00:1795302008.489740    4418 port.cc:153] oneDNN custom operations are on.\n"
        + b"Epoch 1/2\n\r 1/10 - loss: 2\r\x1b[1m10/10\x1b[0m - loss: 1\n\n\xff\nlast"
    )
    assert job.last_lines(3) == ["10/10 - loss: 1", "�", "last"]
    assert job.last_lines(4)[0] == "Epoch 1/2"
