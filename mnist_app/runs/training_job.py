"""The training of a run as a job: start it, stop it, and be its process. One training runs at a time."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from mnist_app.domain import Run, Status
from mnist_app.errors import RunError, RunNotFoundError
from mnist_app.runs import job
from mnist_app.runs.folders import cache_dir
from mnist_app.runs.job import Job
from mnist_app.runs.job_process import LOOK_SECONDS, JobReport, reporting
from mnist_app.runs.store import DRAFT, RunStore

MACHINE_FILE = "mnist-app-training.lock"


def start(store: RunStore, name: str, finish: bool = False) -> None:
    """Start a process that trains a run, or goes on; with `finish`, one that saves the best epoch so far.

    It does not end with this process. Raises RunNotFoundError, or RunError if it can't be started.
    """
    run = store.unfinished(name)
    if run.status.is_alive:
        raise RunError(f"The training {name!r} is running already.")
    store.settings(name)
    arguments = ["train", "--resume", name, *["--finish"] * finish]
    try:
        Job(run.path).start(arguments, MNIST_APP_MODELS=str(store.root.resolve()))
    except OSError as error:
        raise store.unwritable(error) from error


def stop(store: RunStore, name: str) -> None:
    """Ask a run's process, if there is one, to stop; finished epochs are kept.

    Raises RunNotFoundError or RunError.
    """
    run = store.unfinished(name)
    if not run.status.is_alive:
        return
    try:
        Job(run.path).request_stop()
    except OSError as error:
        raise store.unwritable(error) from error


def log(store: RunStore, name: str, lines: int) -> list[str]:
    """Return the last lines that a run's process wrote; a progress line counts as its last state."""
    return Job(store.path(name)).last_lines(lines)


def waiting(store: RunStore) -> list[str]:
    """Return the names of the runs that wait for their turn, the longest-waiting first."""
    found = {}
    for name in store.names():
        status = Job(store.path(name)).status()
        if status is not None and status.state is Status.QUEUED:
            found[name] = status.since
    return sorted(found, key=found.__getitem__)


@contextmanager
def training_process(store: RunStore, name: str, say: Callable[[str], None] = print) -> Iterator[JobReport]:
    """Be the process that trains a run: alone with its folder, and the only training on this machine.

    Waits while another training is running, and tells so by `say`. Ends as `job_process.reporting` says.
    Raises RunNotFoundError, or RunError if another process trains this run.
    """
    with _alone(store, name) as run, reporting(Job(run.path)) as report, _machine(store, name, report, say):
        yield report


@contextmanager
def _alone(store: RunStore, name: str) -> Iterator[Run]:
    lock = Job(store.path(name)).lock
    try:
        store.unfinished(name)  # the lock would make a folder if there is none
        lock.acquire(timeout=job.PATIENCE)
        run = store.unfinished(name)  # it may have been finished while we waited
    except Timeout:
        raise RunError(f"The training {name!r} is running already, in another process.") from None
    except OSError as error:
        raise store.unwritable(error) from error
    except RunNotFoundError:
        lock.release()
        raise
    try:
        for draft in run.path.glob(f"{DRAFT}*"):  # of a process that was killed
            shutil.rmtree(draft, ignore_errors=True)
        yield run
    finally:
        lock.release()


def machine_lock() -> FileLock:
    """Return the lock of the one training that runs on this machine; if the cache is read-only, elsewhere."""
    folder = cache_dir()
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    if not os.access(folder, os.W_OK):
        folder = Path(tempfile.gettempdir())
    return FileLock(folder / MACHINE_FILE, mode=0o666)  # for every user, if they share it


@contextmanager
def _machine(store: RunStore, name: str, report: JobReport, say: Callable[[str], None]) -> Iterator[None]:
    lock = machine_lock()
    report.phase(job.STARTING, Status.QUEUED)
    if not _acquired_in_turn(lock, store, name):
        # In this order: whoever sees the phase finds the sentence in the log.
        say("Another training is running on this machine. This one begins when that has ended.")
        report.phase("Waiting for another training", Status.QUEUED)
        while not _acquired_in_turn(lock, store, name):
            time.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _acquired_in_turn(lock: FileLock, store: RunStore, name: str) -> bool:
    """Acquire the machine's lock, unless it is taken or another run has waited longer."""
    if waiting(store)[:1] not in ([], [name]):
        return False
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
